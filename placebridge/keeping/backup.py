"""`placebridge backup`: the database in one file, as it is at one moment, while syncs go on."""

from contextlib import closing
from pathlib import Path

from placebridge.faults import UserError
from placebridge.keeping import files
from placebridge.output import say
from placebridge.settings import load as load_settings
from store import migrate, postgres_tools, sqlite_copy
from store.database import Database


def backup(config: Path | None, file: Path, overwrite: bool) -> None:
    """Writes a checked backup. Raises UserError where there is nothing to back up or the file cannot be written, and StoreError."""
    with closing(Database(load_settings(config).database_url)) as store:
        revision = _demand_database(store)
        with files.private(file, overwrite) as unfinished:
            write(store, unfinished)
    say(
        f"The database (schema {revision}) is backed up in {file}: {files.size(file)}, checked. It holds people's data: keep it as safe as a CRM."
    )
    say("config.env, field maps and rules are not in it: keep a copy of them, apart from it, as config.env holds passwords.")


def write(store: Database, target: Path) -> None:
    """Copies the database into the empty file `target`, and checks the copy. Raises StoreError."""
    if store.file is not None:
        sqlite_copy.copy(store.file, target)
    else:
        postgres_tools.dump(store, target)
        postgres_tools.revision(store, target, "the backup")


def _demand_database(store: Database) -> str:
    """Its revision. Raises UserError where there is none."""
    if store.file is not None and not store.file.exists():
        raise UserError(f"there is no database {store.file} to back up; correct PLACEBRIDGE_DATABASE_URL, or run `placebridge sync` first")
    revision = migrate.held(store)
    if revision is None:
        raise UserError(
            "the database is empty, so there is nothing to back up; correct PLACEBRIDGE_DATABASE_URL, or run `placebridge sync` first"
        )
    return revision
