"""`placebridge upgrade`: the database brought to this program's schema, by one process at a time."""

from contextlib import closing
from pathlib import Path

from placebridge.keeping import backup, files
from placebridge.keeping.rest import at_rest
from placebridge.output import say
from placebridge.settings import load as load_settings
from store import migrate
from store.database import Database
from store.lock import demand_writable

WAIT = 60
"""Seconds to wait for a sync, or for another upgrade."""


def upgrade(config: Path | None) -> None:
    """Upgrades the database, after a backup where it is SQLite. Raises NewerDatabase, StoreError and Locked."""
    settings = load_settings(config)
    with closing(Database(settings.database_url)) as store:
        demand_writable(store)
        if migrate.needs_upgrade(store):
            with at_rest(store, WAIT):
                _upgrade(store)
        else:
            say(f"The database is up to date (schema {migrate.head()}).")
        if settings.settings.worker.engine == "procrastinate" and not store.is_sqlite:
            _queue(store)


def _queue(store: Database) -> None:
    from placebridge.worker.queue import bring_up

    if bring_up(store):
        say("The queue of the workers is made anew; workers hand out what is due again.")


def _upgrade(store: Database) -> None:
    found = migrate.held(store)
    if not migrate.needs_upgrade(store):
        say(f"Another process has just upgraded the database (schema {migrate.head()}).")
        return
    if found is not None and store.file is not None:
        kept = files.unused(store.file.with_name(f"{store.file.name}.{found}.backup"))
        with files.private(kept) as unfinished:
            backup.write(store, unfinished)
        say(f"A backup of the old database is in {kept}; delete it when you are content.")
    migrate.upgrade(store)
    say(
        f"The database is upgraded from schema {found} to {migrate.head()}."
        if found
        else f"The database is set up (schema {migrate.head()})."
    )
