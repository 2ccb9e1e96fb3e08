"""Alembic's entry: migrates on the connection that store.migrate hands it, with the views out of its way."""

from alembic import context
from sqlmodel import SQLModel

import store.tables  # noqa: F401 - fills the metadata
from store import views

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    # A view over a table keeps SQLite from rebuilding it and PostgreSQL from changing it.
    views.drop(connection)
    context.run_migrations()
    views.create(connection)
