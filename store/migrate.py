"""Migrations: brings a database to this program's schema, and refuses one that is newer."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from store.database import Database, StoreError
from store.lock import only_one

FOLDER = Path(__file__).parent / "migrations"


class NewerDatabase(StoreError):
    """The database was written by a newer version of Placebridge."""


def revisions() -> list[str]:
    """Every revision that this program knows, oldest first: the numbers that the migrations' file names begin with."""
    # Asking Alembic costs a quarter of a second, which every command would pay.
    return sorted(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def head() -> str:
    """The revision that this program needs."""
    return revisions()[-1]


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
            found = _held(connection)
    except DatabaseError as error:
        raise StoreError(f"the database cannot be opened: {_plain(error)}; correct PLACEBRIDGE_DATABASE_URL or start the server") from None
    if found is not None and found not in revisions():
        raise NewerDatabase(
            f"the database was written by a newer version of Placebridge (its schema is {found}, this program knows up to {head()});"
            " install that version, or restore a backup made before the upgrade"
        )
    return found != head()


def _held(connection: Connection) -> str | None:
    """The revision of the database; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(store: Database) -> None:
    from alembic import command

    with store.connect() as connection:
        _without_foreign_keys(connection)
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Any:
    """Alembic's own configuration, to work on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def _without_foreign_keys(connection: Connection) -> None:
    # SQLite rebuilds a table to change it; with foreign keys on, dropping the old one would delete what points at it.
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))


def _plain(error: Exception) -> str:
    """The driver's own words in one line, without the statement."""
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split())
