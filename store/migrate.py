"""Migrations: brings a database to this program's schema, and refuses one that is newer."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from store.database import Database, StoreError
from store.lock import only_one

FOLDER = Path(__file__).parent / "migrations"
WAIT = 60
"""Seconds to wait for another process that is migrating."""


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

    Another process that does so is waited for. Raises NewerDatabase, StoreError where the database cannot be reached, and Locked."""
    if not needs_upgrade(store):
        return False
    with only_one(store, "migrate", WAIT):
        _upgrade(store)
    return True


def needs_upgrade(store: Database) -> bool:
    """Whether the schema is older than this program's. Raises NewerDatabase or StoreError."""
    found = held(store)
    demand_known(found, "the database")
    return found != head()


def held(store: Database) -> str | None:
    """The revision of the database's schema; None where it is empty. Raises StoreError where it cannot be reached."""
    try:
        with store.reading() as connection:
            return _held(connection)
    except DatabaseError as error:
        raise StoreError(f"the database cannot be opened: {_plain(error)}; correct PLACEBRIDGE_DATABASE_URL or start the server") from None


def demand_known(revision: str | None, what: str) -> None:
    """Raises NewerDatabase where this program does not know a schema; `what` has it: the database, a backup."""
    if revision is not None and revision not in revisions():
        raise NewerDatabase(
            f"{what} was written by a newer version of Placebridge (its schema is {revision}, this program knows up to {head()});"
            " install that version, or restore a backup made before the upgrade"
        )


def _held(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(store: Database) -> None:
    from alembic import command

    with store.rebuilding() as connection:
        command.upgrade(alembic_config(connection), "head")
        _demand_whole(connection)


def alembic_config(connection: Connection) -> Any:
    """Alembic's own configuration, to work on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def _demand_whole(connection: Connection) -> None:
    """Raises StoreError, which undoes the migration, where a row of SQLite's points at one that is not there."""
    if connection.dialect.name != "sqlite":
        return
    broken = sorted({str(row[0]) for row in connection.execute(text("PRAGMA foreign_key_check"))})
    if broken:
        raise StoreError(f"the upgrade would leave rows that point at nothing ({', '.join(broken)}), so nothing was changed; report this")


def _plain(error: Exception) -> str:
    """The driver's own words in one line, without the statement."""
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split())
