"""Settings: one file of PLACEBRIDGE_ lines and the environment over it, every mistake reported at once."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, SerializeAsAny, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from placebridge.connection_settings import ConnectionSettings, ReadSettings, read, said
from placebridge.notice_settings import NoticeSettings
from placebridge.review_settings import ReviewSettings
from placebridge.settings_file import PREFIX, badly_named, in_environment, in_file, in_folders
from placebridge.worker_settings import WorkerSettings

DEFAULT_FILE = "config.env"
OUTSIDE = {"PLACEBRIDGE_TRACEBACK", "PLACEBRIDGE_SECRETS_DIR"}
"""Names that only the environment may hold."""


class ConfigError(Exception):
    """The configuration has mistakes; `mistakes` holds every one."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("is no time zone; write one as in Europe/London") from None
    return name


def checked_database_url(url: str) -> str:
    """The URL, where it names a database that can be used; raises ValueError with what is wrong with it, which never shows it."""
    wanted = "write sqlite:///placebridge.db or postgresql://user:password@host/name"
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError(f"is no database; {wanted}") from None
    if backend not in {"sqlite", "postgresql"}:
        raise ValueError(f"is no database; {wanted}")
    if "@" in (parsed.host or ""):
        raise ValueError("has an @ in its password; write it as %40 (and : as %3A, / as %2F, # as %23, % as %25)")
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ValueError(f"names no file, so nothing would be kept; {wanted}")
    return url


class Settings(BaseSettings):
    """The whole configuration. Relative paths are relative to the folder of the file that it came from."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid")
    database_url: Annotated[str, AfterValidator(checked_database_url)] = "sqlite:///placebridge.db"
    timezone: Annotated[str, AfterValidator(_zone)] = "Europe/London"
    policy: Path | None = None
    themes: Path | None = None
    places: Path | None = None
    titles: Path | None = None
    sectors: Path | None = None
    worker: WorkerSettings = WorkerSettings()
    notices: NoticeSettings = NoticeSettings()
    review: ReviewSettings = ReviewSettings()
    connections: dict[str, SerializeAsAny[ConnectionSettings]] = Field(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over: it has merged the file and the environment, so that no name goes unchecked."""
        return (init_settings,)


@dataclass(frozen=True)
class Config:
    """Checked settings, with every path absolute."""

    settings: Settings
    folder: Path
    named: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The texts that they were made from, secrets among them, by their names: `made` makes them again in another process."""
    zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", ZoneInfo(self.settings.timezone))

    def path(self, path: Path | None) -> Path | None:
        """A path of the settings as an absolute one."""
        return None if path is None else (self.folder / path.expanduser())

    @property
    def secret_ends(self) -> dict[str, date]:
        """The last day of each connection's secret, where the settings say it."""
        ends = {name: getattr(found, "secret_expires", None) for name, found in sorted(self.settings.connections.items())}
        return {name: day for name, day in ends.items() if day is not None}

    @property
    def database_url(self) -> str:
        """The database URL, SQLite's file relative to the folder."""
        url = make_url(self.settings.database_url)
        if url.get_backend_name() == "sqlite" and url.database:
            url = url.set(database=str(self.folder / url.database))
        return url.render_as_string(hide_password=False)


def load(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """Reads and checks the settings of `file` (config.env here, unless said), with those of secrets' folders and the environment over them.

    Raises ConfigError with every mistake."""
    path = file or Path(DEFAULT_FILE)
    if not path.is_file():
        hint = "`placebridge init` writes one" if file is None else "correct the name after --config"
        raise ConfigError([f"there is no file {path}; {hint}"])
    named, mistakes = _named(path, os.environ if environment is None else environment)
    return made(named, path.resolve().parent, mistakes)


def made(named: Mapping[str, str], folder: Path, mistakes: Sequence[str] = ()) -> Config:
    """Settings from their names and texts. Raises ConfigError with every mistake, those that were found before among them."""
    nested = _nested(named)
    connections, more = _connections(nested.pop("connections", {}))
    try:
        settings = Settings(**nested, connections=connections)
    except ValidationError as error:
        raise ConfigError([*mistakes, *sorted({*more, *_mistakes(error)})]) from None
    if more:
        raise ConfigError([*mistakes, *sorted(more)])
    config = Config(settings, folder, named)
    if found := [*mistakes, *_missing_files(config)]:
        raise ConfigError(found)
    return config


def _named(path: Path, environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What the file, the folders of secrets and the environment name, each over the one before; and the mistakes of their lines."""
    parts = in_file(path), in_folders(environment), in_environment(environment)
    merged = {name: value for named, _ in parts for name, value in named.items()}
    held = {name: value for name, value in merged.items() if name not in OUTSIDE and value}
    bad = dict(badly_named(held))
    mistakes = [mistake for _, found in parts for mistake in found]
    mistakes += [f"{name} stands in {path.name}; set it in the environment instead" for name in sorted(OUTSIDE & parts[0][0].keys())]
    return {name: value for name, value in held.items() if name not in bad}, [*mistakes, *bad.values()]


def _nested(named: Mapping[str, str]) -> dict[str, Any]:
    """PLACEBRIDGE_CONNECTIONS__COUNCIL__KIND=files as {"connections": {"council": {"kind": "files"}}}."""
    found: dict[str, Any] = {}
    for name, value in named.items():
        *parents, last = name.removeprefix(PREFIX).lower().split("__")
        at = found
        for parent in parents:
            inner = at.setdefault(parent, {})
            at = inner if isinstance(inner, dict) else {}
        at[last] = value
    return found


def _connections(nested: Any) -> tuple[dict[str, ConnectionSettings], set[str]]:
    """The connections that are right, and the mistakes of the others."""
    found: dict[str, ConnectionSettings] = {}
    mistakes: set[str] = set()
    for name, given in nested.items():
        settings, more = read(name, given)
        mistakes.update(more)
        if settings is not None:
            found[name] = settings
    return found, mistakes


def _mistakes(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_input=False, include_url=False):
        first, *inner = (str(part) for part in item["loc"])
        group = _group(first)
        if group is None:
            yield f"{PREFIX}{first.upper()} {said(item, first, Settings)}"
        elif inner:
            yield f"{PREFIX}{first.upper()}__{inner[0].upper()} {said(item, inner[0], group)}"
        else:
            yield f"{PREFIX}{first.upper()} is a group of settings; write {PREFIX}{first.upper()}__{next(iter(group.model_fields)).upper()}=value"


def _group(name: str) -> type[BaseModel] | None:
    """The settings of a group of names, as in PLACEBRIDGE_WORKER__…"""
    found = Settings.model_fields[name].annotation if name in Settings.model_fields else None
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def _missing_files(config: Config) -> Iterator[str]:
    settings = config.settings
    for name in ("policy", "themes", "places", "titles", "sectors"):
        path = config.path(getattr(settings, name))
        if path and not path.is_file():
            yield f"{PREFIX}{name.upper()}: there is no file {path}"
    for name, connection in settings.connections.items():
        path = config.path(connection.mapping) if isinstance(connection, ReadSettings) else None
        if path and not path.is_file():
            yield f"{PREFIX}CONNECTIONS__{name.upper()}__MAPPING: there is no file {path}; `placebridge init --from FOLDER` writes a first one"
