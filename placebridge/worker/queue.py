"""Procrastinate's queue in PostgreSQL, in a schema of its own. It only hands out work: what is due and what became of it is in our tables, so
a queue of another version, or one that was lost, is made anew and nothing is lost with it."""

from typing import Any

import procrastinate
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from store import migrate
from store.database import Database
from store.lock import only_one
from store.postgres_tools import parameters

SCHEMA = "placebridge_queue"
CONNECTIONS = 8
"""At most, of one worker: two that listen, and what the queue's own work needs."""


def app_on(store: Database) -> procrastinate.App:
    """Procrastinate on this database."""
    kept = parameters(store)
    kept["options"] = f"{kept.get('options', '')} -c search_path={SCHEMA}".strip()
    return procrastinate.App(connector=procrastinate.PsycopgConnector(kwargs=kept, min_size=1, max_size=CONNECTIONS))


def bring_up(store: Database) -> bool:
    """Makes the queue where it is missing or of another version; True where anything was to do. Raises Locked and StoreError."""
    if _is_ours(store):
        return False
    with only_one(store, "migrate", migrate.WAIT):
        if _is_ours(store):
            return False
        with store.unguarded() as connection:
            _make(connection)
    return True


def _is_ours(store: Database) -> bool:
    with store.unguarded() as connection:
        if connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.made_by"}) is None:
            return False
        return bool(connection.scalar(text(f"SELECT version FROM {SCHEMA}.made_by")) == procrastinate.__version__)


def _make(connection: Connection) -> None:
    for statement in (f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}", f"SET LOCAL search_path TO {SCHEMA}"):
        connection.execute(text(statement))
    raw: Any = connection.connection.driver_connection  # many statements with functions' bodies in them: as they stand
    raw.execute(SchemaManager.get_schema())
    connection.execute(text("CREATE TABLE made_by (version text NOT NULL)"))
    connection.execute(text("INSERT INTO made_by VALUES (:version)"), {"version": procrastinate.__version__})
