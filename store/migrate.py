"""Migrations: brings a database to this program's schema, and refuses one that is newer."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError, OperationalError

from store.database import Database, StoreError
from store.lock import only_one


class NewerDatabase(StoreError):
    """The database was written by a newer version of Placebridge."""


@cache
def _script() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent / "migrations"))


def head() -> str:
    """The revision that this program needs."""
    return str(_script().get_current_head())


def upgrade(store: Database) -> bool:
    """Brings the schema to this program's, under a lock; True where anything was to do.

    Raises NewerDatabase, and StoreError where the database cannot be reached."""
    if not needs_upgrade(store):
        return False
    with only_one(store, "migrate"):
        _upgrade(store)
    return True


def needs_upgrade(store: Database) -> bool:
    """Whether the schema is older than this program's. Raises NewerDatabase or StoreError."""
    try:
        with store.reading() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except (OperationalError, DatabaseError) as error:
        raise StoreError(f"the database cannot be opened: {_plain(error)}; correct PLACEBRIDGE_DATABASE_URL or start the server") from None
    known = {revision.revision for revision in _script().walk_revisions()}
    if found is not None and found not in known:
        raise NewerDatabase(
            f"the database was written by a newer version of Placebridge (its schema is {found}, this program knows up to {head()});"
            " install that version, or restore a backup made before the upgrade"
        )
    return found != head()


def _upgrade(store: Database) -> None:
    with store.connect() as connection:
        _without_foreign_keys(connection)
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _without_foreign_keys(connection: Connection) -> None:
    # SQLite rebuilds a table to change it; with foreign keys on, dropping the old one would delete what points at it.
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))


def _plain(error: Exception) -> str:
    """The driver's own words in one line, without the statement."""
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split())
