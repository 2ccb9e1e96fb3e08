"""What every command that works on data begins with: settings, database, rules, sources."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, select

from connector.http import Clock, SystemClock
from connector.kind import Context, Kind, LookupKind
from connector.kinds import kind_of
from jobs.adding import ADDED
from jobs.lookup import LookupSource
from jobs.pipeline import Source
from jobs.rules import Rules
from mappings.field_map import FieldMapError
from mappings.field_map import load as load_field_map
from placebridge.connection_settings import ConnectionSettings, ReadSettings, own_fields
from placebridge.output import counted
from placebridge.settings import Config, ConfigError
from placebridge.settings import load as load_settings
from placebridge.settings_file import CONNECTIONS
from store import bulk, migrate
from store.database import Database, StoreError
from store.lock import demand_writable
from store.migrate import NewerDatabase
from store.tables import Connection as ConnectionRow
from store.tables import LookupAnswer, Record

connections, record, answer = bulk.table_of(ConnectionRow), bulk.table_of(Record), bulk.table_of(LookupAnswer)


@dataclass(frozen=True)
class Opened:
    """A checked configuration and its database."""

    config: Config
    store: Database


@contextmanager
def opened(file: Path | None, write: bool = False) -> Iterator[Opened]:
    """Settings and database. To write, the schema is brought up to date; to read, it must be there.

    Raises ConfigError, StoreError."""
    config = load_settings(file)
    store = Database(config.database_url)
    try:
        if write:
            demand_writable(store)
            migrate.upgrade(store)
        elif store.file is not None and not store.file.exists():
            raise ConfigError([f"there is no database {store.file} yet; run `placebridge sync` first"])
        elif outdated(store):
            raise ConfigError(["the database is empty or older than this program; run `placebridge sync` once to bring it up to date"])
        yield Opened(config, store)
    finally:
        store.close()


def outdated(store: Database) -> bool:
    """Whether the schema is older than this program's. Raises StoreError, saying so where it is SQLite's folder that cannot be written."""
    try:
        return migrate.needs_upgrade(store)
    except NewerDatabase:
        raise
    except StoreError:
        demand_writable(store)
        raise


def rules_of(config: Config) -> Rules:
    """The rules, a council's own included. Raises ConfigError with the faults of its files."""
    settings = config.settings
    try:
        return Rules.load(*(config.path(path) for path in (settings.policy, settings.themes, settings.places, settings.titles)))
    except ValueError as error:
        raise ConfigError(str(error).splitlines()) from None


def sources_of(config: Config, names: Sequence[str] = (), clock: Clock | None = None) -> list[Source]:
    """The configured connections (those named, if any), each with its connector and checked field map. Raises ConfigError."""
    known = config.settings.connections
    read = {name: settings for name, settings in known.items() if isinstance(settings, ReadSettings)}
    wanted = _wanted(names) or sorted(read)
    if not read:
        raise ConfigError([f"no connection is configured; add {CONNECTIONS}COUNCIL__KIND=files and its other lines"])
    mistakes = [f"there is no connection '{name}'; known are {', '.join(sorted(known))}" for name in wanted if name not in known]
    sources = []
    for name in wanted:
        if name in read:
            try:
                sources.append(_source(config, name, read[name], clock or SystemClock()))
            except FieldMapError as error:
                mistakes += [f"{fault}  ({name})" for fault in error.faults]
    if mistakes:
        raise ConfigError(mistakes)
    return sources


def lookups_of(config: Config, names: Sequence[str] = (), clock: Clock | None = None) -> list[LookupSource]:
    """The configured lookups (those named, if any), in the order of their names; names of other connections are left to `sources_of`."""
    known = {name: found for name, found in config.settings.connections.items() if not isinstance(found, ReadSettings)}
    return [_lookup(config, name, known[name], clock or SystemClock()) for name in _wanted(names) or sorted(known) if name in known]


def _wanted(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name.strip().lower() for name in names))


def unconfigured(store: Database, config: Config) -> list[tuple[str, str]]:
    """Each connection that was synced but no longer stands in the settings, with what to do about it."""
    count = select(func.count()).where(record.c.connection_id == connections.c.id, record.c.deleted_on.is_(None)).scalar_subquery()
    asked = select(func.count()).where(answer.c.connection == connections.c.name).scalar_subquery()
    with store.reading() as connection:
        rows = connection.execute(select(connections.c.name, count.label("held"), asked.label("asked")).order_by(connections.c.id)).all()
    return [
        (row.name, _left_behind(row.name, counted(row.asked, "answer") if row.asked else counted(row.held, "record")))
        for row in rows
        if row.name not in config.settings.connections and row.name != ADDED
    ]


def _left_behind(name: str, held: str) -> str:
    return (
        f"it is not in the settings any more. What was read of it ({held}) stays and still counts. Write its lines again to go"
        f" on reading it; `placebridge connection rename {name} NEW` if it has another name now; `placebridge connection remove {name}`"
        " removes them"
    )


def _source(config: Config, name: str, settings: ReadSettings, clock: Clock) -> Source:
    field_map = load_field_map(config.folder / settings.mapping.expanduser())
    context = Context(name, config.folder, field_map.options, clock=clock)
    kind = cast("Kind[Any]", kind_of(settings.kind))  # only such a kind has a mapping
    return Source(
        name,
        settings.kind,
        settings.side,
        lambda budget: kind.open(settings, replace(context, budget=budget)),
        field_map,
        [settings.kind, *(_shown(config, getattr(settings, field)) for field in own_fields(settings.kind)), repr(field_map)],
    )


def _lookup(config: Config, name: str, settings: ConnectionSettings, clock: Clock) -> LookupSource:
    context = Context(name, config.folder, clock=clock)
    kind = cast("LookupKind[Any]", kind_of(settings.kind))  # any other kind has a mapping
    bounds = {field: getattr(settings, field) for field in ("keep_days", "per_run") if hasattr(settings, field)}
    return LookupSource(
        name,
        settings.kind,
        settings.side,
        lambda budget: kind.open(settings, replace(context, budget=budget)),
        clock=clock,
        **bounds,
    )


def _shown(config: Config, setting: object) -> str:
    """A setting's text, by which two connections are compared. A secret's is hidden."""
    return str((config.folder / setting.expanduser()).resolve() if isinstance(setting, Path) else setting)
