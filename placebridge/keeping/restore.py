"""`placebridge restore`: what a backup holds in the place of what the database holds, wholly or not at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

from placebridge.faults import UserError
from placebridge.keeping import files
from placebridge.keeping.rest import at_rest
from placebridge.output import counted, say
from placebridge.settings import load as load_settings
from store import contents, migrate, postgres_tools, sqlite_copy
from store.database import Database, StoreError
from store.lease import free_all
from store.lock import demand_writable

KINDS = {sqlite_copy.MAGIC: "SQLite", postgres_tools.MAGIC: "PostgreSQL"}


def restore(config: Path | None, file: Path, yes: bool) -> None:
    """Restores a backup, and upgrades it where it is older than this program.

    Raises UserError where the file is no backup for this database or the database holds anything (unless `yes`), NewerDatabase,
    StoreError and Locked. Then nothing was changed."""
    with closing(Database(load_settings(config).database_url)) as store:
        _demand_backup(file, "SQLite" if store.is_sqlite else "PostgreSQL", store.file)
        revision = _revision(store, file)
        demand_writable(store)
        with at_rest(store):
            _put(store, file, yes)
            upgraded = migrate.upgrade(store)
            free_all(store)
        rows = sum(contents.counts(store).values())
    done = f"{file} is restored: {counted(rows, 'row')}, schema {revision}"
    say(f"{done}, upgraded to {migrate.head()}." if upgraded else f"{done}.")
    say("`placebridge sync` goes on from there: it reads what changed since the backup.")


def _demand_backup(file: Path, wanted: str, database: Path | None) -> None:
    if not file.is_file():
        raise UserError(f"there is no file {file}; correct its name")
    if database is not None and database.exists() and database.samefile(file):
        raise UserError(f"{file} is the database itself; name a backup of it")
    with file.open("rb") as held:
        start = held.read(16)
    kind = next((kind for magic, kind in KINDS.items() if start.startswith(magic)), None)
    if kind is None:
        raise UserError(
            f"{file} is no backup, or a damaged one: it does not begin as `placebridge backup` writes them; nothing was changed"
        )
    if kind != wanted:
        raise UserError(
            f"{file} is a backup of {kind} and PLACEBRIDGE_DATABASE_URL names {wanted}; restore it into a {kind} database and"
            " go over with `placebridge database move`"
        )


def _revision(store: Database, file: Path) -> str:
    """The backup's revision, once all of it was read. Raises StoreError where it is damaged, UserError where it is none of ours."""
    look = sqlite_copy.examine(file, str(file)) if store.is_sqlite else postgres_tools.revision(store, file, str(file))
    if look is None:
        raise UserError(f"{file} holds no database of Placebridge; nothing was changed")
    migrate.demand_known(look, str(file))
    return look


def _put(store: Database, file: Path, yes: bool) -> None:
    if not yes and not _is_empty(store):
        raise UserError(
            f"the database holds data, which {file} would replace; look whether PLACEBRIDGE_DATABASE_URL names the right one, then add --yes"
        )
    if store.file is not None:
        _put_sqlite(store, store.file, file)
    else:
        postgres_tools.restore(store, file, _ours(store))


def _is_empty(store: Database) -> bool:
    """Whether nothing is lost with it. A damaged file may hold something yet."""
    if store.file is not None and not store.file.exists():
        return True
    return not _is_damaged(store) and contents.is_empty(store)


def _put_sqlite(store: Database, database: Path, file: Path) -> None:
    """By SQLite itself, as somebody may have the database open to read; a damaged one is moved away."""
    kept = files.unused(database.with_name(f"{database.name}.before-restore"))
    if not database.exists():
        sqlite_copy.overwrite(database, file)
        return
    if _is_damaged(store):
        store.close()
        for ending in ("", "-wal", "-shm"):
            part = database.with_name(database.name + ending)
            if part.exists():
                part.rename(kept.with_name(kept.name + ending))
        say(f"The database was damaged; what is left of it is now {kept}.")
    else:
        with files.private(kept) as unfinished:
            sqlite_copy.copy(database, unfinished)
        say(f"What the database held is kept in {kept}; delete it when you are content.")
    sqlite_copy.overwrite(database, file)


def _is_damaged(store: Database) -> bool:
    if store.file is None:
        return False
    try:
        with closing(sqlite3.connect(store.file)) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as fault:
        if isinstance(fault, sqlite3.OperationalError):
            raise StoreError(f"the database cannot be opened: {fault}") from None
        return True


def _ours(store: Database) -> list[str]:
    """Our tables that are there, quoted: a newer schema's that the backup does not know must go too."""
    quote = store.engine.dialect.identifier_preparer.quote
    with store.reading() as connection:
        there = contents.tables(connection)
    return [quote(name) for name in [*(table.name for table in contents.ours() if table.name in there), contents.VERSION]]
