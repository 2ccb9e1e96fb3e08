"""The settings: every mistake in them and in the environment, and who else can read their secrets."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr, ValidationError
from sqlalchemy import make_url

from placebridge.doctor.finding import Finding
from placebridge.settings import DEFAULT_FILE, Config, ConfigError, Settings, load
from placebridge.settings_file import PREFIX, in_environment, in_file, in_folders


@dataclass(frozen=True)
class Read:
    """The settings as far as they can be used; `findings` say what is wrong with them."""

    config: Config | None
    findings: list[Finding]


def settings(file: Path | None) -> Read:
    """Reads the settings. Where they have mistakes: database and zone, if those are right, so that the rest can be looked at."""
    path = file or Path(DEFAULT_FILE)
    try:
        config = load(file)
    except ConfigError as fault:
        wrong = [Finding("settings", mistake, f"correct it in {path} or the environment") for mistake in fault.mistakes]
        return Read(_what_is_right(path), wrong)
    said = f"{path.resolve()}: {len(config.settings.connections)} connections, {config.settings.timezone} time"
    return Read(config, [Finding("settings", said), *_readable(path, config)])


def _what_is_right(path: Path) -> Config | None:
    if not path.is_file():
        return None
    named = in_file(path)[0] | in_folders(os.environ)[0] | in_environment(os.environ)[0]
    wanted = {name: named[f"{PREFIX}{name.upper()}"] for name in ("database_url", "timezone") if named.get(f"{PREFIX}{name.upper()}")}
    try:
        return Config(Settings(**wanted), path.resolve().parent)  # type: ignore[arg-type]
    except ValidationError:
        return None


def _readable(path: Path, config: Config) -> Iterator[Finding]:
    """Files with secrets that any user of the machine can read."""
    written = {name.lower(): value for name, value in in_file(path)[0].items()}
    secret = make_url(written.get(f"{PREFIX}database_url".lower(), "sqlite://")).password is not None
    for name, connection in config.settings.connections.items():
        for field in type(connection).model_fields:
            value = getattr(connection, field)
            secret = secret or (isinstance(value, SecretStr) and f"{PREFIX}connections__{name}__{field}".lower() in written)
            key = config.path(value) if field == "private_key" and isinstance(value, Path) else None
            if key is not None and _open_to_all(key):
                yield Finding("settings", f"{key} can be read by every user of this machine", f"chmod 600 {key}")
    if secret and _open_to_all(path):
        do = f"chmod 640 {path} (and chgrp to the group of the user that runs this)"
        yield Finding("settings", f"{path} holds secrets and can be read by every user of this machine", do)


def _open_to_all(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False
