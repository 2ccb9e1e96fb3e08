"""Alembic's entry: migrates on the connection that store.migrate hands it, with the views out of its way."""

from alembic import context
from sqlmodel import SQLModel

from store import views
from store.tables import everything

connection = context.config.attributes["connection"]
everything()  # fills the metadata
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    # A view over a table keeps SQLite from rebuilding it and PostgreSQL from changing it.
    views.drop(connection)
    context.run_migrations()
    views.create(connection)
