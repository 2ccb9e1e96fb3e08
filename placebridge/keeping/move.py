"""`placebridge database move`: all that the database holds copied into another, which the settings then name."""

from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from sqlalchemy import make_url

from placebridge.faults import UserError
from placebridge.keeping.rest import at_rest
from placebridge.output import counted, say, show
from placebridge.settings import Config, checked_database_url
from placebridge.settings import load as load_settings
from store import contents, migrate
from store.database import Database
from store.transfer import transfer

LINE = "PLACEBRIDGE_DATABASE_URL"


def move(config: Path | None, url: str) -> None:
    """Copies the configured database into an empty one. Neither the settings nor the source are changed.

    Raises UserError where either cannot be used for it, StoreError, NewerDatabase and Locked."""
    settings = load_settings(config)
    target_url = _target_url(settings, url)
    with ExitStack() as stack:
        source, target = (stack.enter_context(closing(Database(of))) for of in (settings.database_url, target_url))
        _demand_source(source)
        _demand_other(source, target)
        stack.enter_context(at_rest(source))
        _prepare(target)
        stack.enter_context(at_rest(target))
        if not contents.is_empty(target):
            raise UserError("the other database holds rows already; name an empty one")
        rows = transfer(source, target)
        left = _not_ours(source)
    show([{"table": name, "rows": count} for name, count in sorted(rows.items())], ("table", "rows"), "table", "")
    say(f"{counted(sum(rows.values()), 'row')} copied, read back and found the same. The old database is as it was.")
    if left:
        say(f"Not copied, as they are not Placebridge's: {', '.join(left)}.")
    say(f"Now write this line into {config or 'config.env'} in the place of the one that is there, before the next sync:")
    print(f"{LINE}={make_url(url).render_as_string()}")
    if make_url(url).password:
        say("with the password in the place of ***.")


def _target_url(settings: Config, url: str) -> str:
    """The URL as the settings would read it. Raises UserError."""
    try:
        checked = checked_database_url(url)
    except ValueError as fault:
        raise UserError(f"the URL {fault}") from None
    return replace(settings, settings=settings.settings.model_copy(update={"database_url": checked})).database_url


def _demand_source(source: Database) -> None:
    if source.file is not None and not source.file.exists():
        raise UserError(f"there is no database {source.file} to move; correct {LINE}")
    if migrate.needs_upgrade(source):
        raise UserError("the database is older than this program; run `placebridge upgrade`, then move it")


def _demand_other(source: Database, target: Database) -> None:
    where = [database.file.resolve() if database.file else (database.url.host, database.url.port or 5432, database.url.database)
             for database in (source, target)]  # fmt: skip
    if where[0] == where[1]:
        raise UserError(f"that is the database that {LINE} names now; name another one")


def _prepare(target: Database) -> None:
    """Makes the tables in an empty database. Raises UserError where it is none."""
    if target.file is not None and not target.file.parent.is_dir():
        raise UserError(f"there is no folder {target.file.parent}; create it or correct the URL")
    if not migrate.needs_upgrade(target):
        return
    with target.reading() as connection:
        if contents.tables(connection):
            raise UserError("the other database holds tables already; name an empty one")
    migrate.upgrade(target)


def _not_ours(source: Database) -> list[str]:
    known = {table.name for table in contents.ours()}
    with source.reading() as connection:
        return [name for name in contents.tables(connection) if name not in known]
