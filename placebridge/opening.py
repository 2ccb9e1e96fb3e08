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
from jobs import versions
from jobs.adding import ADDED
from jobs.rules import Rules
from jobs.setup import Configured, Setup
from jobs.sources import LookupSource, Source
from jobs.versions import FIELD_MAP, Version
from mappings.field_map import FieldMap, FieldMapError
from mappings.field_map import load as load_field_map
from mappings.field_map import read as read_field_map
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


def rules_of(config: Config, store: Database | None) -> Rules:
    """The rules, a council's own included; what was saved on the page wins over its files (without a `store`, the files alone count).

    Raises ConfigError with the faults of either, and StoreError."""
    told, files = _told(store), rule_files(config)
    own = {kind: told[kind, ""].as_file() if (kind, "") in told else files.get(kind) for kind in versions.RULES}
    try:
        return Rules.load(own["policy"], own["themes"], own["places"], own["titles"], own["sectors"])
    except ValueError as error:
        raise ConfigError(str(error).splitlines()) from None


def rule_files(config: Config) -> dict[str, Path]:
    """The files of a council's own rules that the settings name, by their setting."""
    named = {kind: config.path(getattr(config.settings, kind)) for kind in versions.RULES}
    return {kind: path for kind, path in named.items() if path is not None}


def _told(store: Database | None) -> dict[versions.Key, Version]:
    """What was saved on the page. Raises StoreError, saying so where it is SQLite's folder that cannot be written."""
    if store is None:
        return {}
    try:
        return versions.in_force(store)
    except NewerDatabase:
        raise
    except StoreError:
        demand_writable(store)
        raise


def sources_of(config: Config, store: Database | None, names: Sequence[str] = (), clock: Clock | None = None) -> list[Source]:
    """The configured connections (those named, if any), each with its connector and checked field map: that which was saved on the page,
    or its file (without a `store`, its file). Raises ConfigError and StoreError."""
    known = config.settings.connections
    read = {name: settings for name, settings in known.items() if isinstance(settings, ReadSettings)}
    wanted = _wanted(names) or sorted(read)
    if not read:
        raise ConfigError([f"no connection is configured; add {CONNECTIONS}COUNCIL__KIND=files and its other lines"])
    mistakes = [f"there is no connection '{name}'; known are {', '.join(sorted(known))}" for name in wanted if name not in known]
    sources = []
    told = _told(store)
    for name in wanted:
        if name in read:
            try:
                sources.append(_source(config, name, read[name], _field_map(config, read[name], told.get((FIELD_MAP, name))), clock))
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


def setup_of(config: Config) -> Setup:
    """What pages need to know of the settings."""
    found = {name: _configured(config, name, settings) for name, settings in sorted(config.settings.connections.items())}
    return Setup(found, rule_files(config), config.settings.review.upload_mb * 1_000_000)


def _configured(config: Config, name: str, settings: ConnectionSettings) -> Configured:
    known = Configured(name, settings.kind, settings.side, settings.schedule, config.secret_ends.get(name))
    if not isinstance(settings, ReadSettings):
        return replace(known, lookup=lambda: _lookup(config, name, settings, SystemClock()), why_no_upload="It is a register, which is asked.")
    path = getattr(settings, "path", None) if settings.kind == "files" else None
    known = replace(
        known,
        map_file=config.folder / settings.mapping.expanduser(),
        source=lambda field_map: _source(config, name, settings, field_map, None),
    )
    if not isinstance(path, Path):
        return replace(known, why_no_upload=NO_FILES if path is None else NOT_HERE)
    return replace(
        known,
        folder=config.folder / path.expanduser(),
        source_at=lambda field_map, folder: _source(config, name, settings.model_copy(update={"path": folder}), field_map, None),
    )


NO_FILES = "It is read over the network, so there is no file to upload."
NOT_HERE = "Its exports lie on an SFTP server, where this page cannot put a file. Put the file there as whoever sends the others does."


def _field_map(config: Config, settings: ReadSettings, told: Version | None) -> FieldMap:
    return read_field_map(told.text or "", told.name) if told else load_field_map(config.folder / settings.mapping.expanduser())


def _source(config: Config, name: str, settings: ReadSettings, field_map: FieldMap, clock: Clock | None) -> Source:
    context = Context(name, config.folder, field_map.options, clock=clock or SystemClock())
    kind = cast("Kind[Any]", kind_of(settings.kind))  # only such a kind has a mapping
    return Source(
        name,
        settings.kind,
        settings.side,
        lambda budget: kind.open(settings, replace(context, budget=budget)),
        field_map,
        kind.reads_ahead,
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
