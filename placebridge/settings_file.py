"""The lines of a settings file and of the environment: which name has which value, and what is wrong with a line."""

import io
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dotenv.parser import Binding, parse_stream

PREFIX = "PLACEBRIDGE_"
CONNECTIONS = f"{PREFIX}CONNECTIONS__"
NAME = r"[^\W_]+(_[^\W_]+)*"
"""A connection's name: two underscores are where a setting's name goes on."""

SECRET_FOLDERS = ("PLACEBRIDGE_SECRETS_DIR", "CREDENTIALS_DIRECTORY")
"""What names a folder of secrets: an admin, or a container's; and systemd, for its LoadCredential= (systemd.exec(5))."""

Named = dict[str, str]


def in_file(path: Path) -> tuple[Named, list[str]]:
    """Each name, in capitals, with its value; and the mistakes, which never show a value."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError):
        return {}, [f"{path} cannot be read as text; save it as UTF-8"]
    found: Named = {}
    lines: dict[str, int] = {}
    mistakes = []
    for binding in parse_stream(io.StringIO(text)):
        line, name = _line(binding), (binding.key or "").upper()
        if fault := _fault(binding, lines.get(name)):
            mistakes.append(f"{path.name}, line {line}: {fault}")
        elif name:
            found[name], lines[name] = binding.value or "", line
    return found, mistakes


def _line(binding: Binding) -> int:
    """The line on which a setting stands; its text begins with the empty lines before it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _fault(binding: Binding, before: int | None) -> str | None:
    if binding.error:
        return "it cannot be read; write NAME=value, with both quotes where there are any, or # before a remark"
    if binding.key is None:
        return None
    if not binding.key.upper().startswith(PREFIX):
        return f"{binding.key} is no setting of Placebridge; every one starts with {PREFIX}"
    if binding.value is None:
        return f"{binding.key} has no value; write {binding.key}=value"
    if before is not None:
        return f"{binding.key.upper()} stands on line {before} already; take one of them out"
    return None


def in_environment(environment: Mapping[str, str]) -> tuple[Named, list[str]]:
    """The same of the environment, where an empty value says nothing."""
    found: Named = {}
    mistakes = []
    for given, value in environment.items():
        name = given.upper()
        if not given.startswith(PREFIX) or not value:
            continue
        if name in found:
            mistakes.append(f"{name} stands twice in the environment, in capital and small letters; take one of them out")
        found[name] = value
    return found, mistakes


def in_folders(environment: Mapping[str, str]) -> tuple[Named, list[str]]:
    """The same of the folders of secrets that the environment names: a file PLACEBRIDGE_... holds that setting's value."""
    found: Named = {}
    mistakes = []
    for variable in SECRET_FOLDERS:
        folder = Path(environment.get(variable) or os.devnull)
        if environment.get(variable) and not folder.is_dir():
            mistakes.append(f"{variable} names {folder}, which is no folder; correct it, or take it out")
            continue
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if file.name.upper().startswith(PREFIX) and file.is_file():
                try:
                    found[file.name.upper()] = file.read_text(encoding="utf-8-sig").strip("\r\n")
                except (UnicodeDecodeError, OSError):
                    mistakes.append(f"{file} cannot be read as text; save it as UTF-8, readable by the user that runs this")
    return found, mistakes


def badly_named(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names that are no connection's setting though they begin so, each with what to write instead."""
    for name in names:
        *middle, last = name.removeprefix(CONNECTIONS).split("__")
        if name.startswith(CONNECTIONS) and middle and not (len(middle) == 1 and re.fullmatch(NAME, middle[0])):
            said = "__".join(middle)
            better = re.sub(r"[\W_]+", "_", said).strip("_") or "COUNCIL"
            yield name, f"{name}: a connection's name is letters, digits and single underscores; write {CONNECTIONS}{better}__{last}"
        elif name == CONNECTIONS.rstrip("_") or (name.startswith(CONNECTIONS) and not middle):
            yield name, f"{name} is not a group of settings; write {CONNECTIONS}NAME__KIND=files, and so on"
