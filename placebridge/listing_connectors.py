"""`placebridge connector list`: the kinds of connection, and the settings that each wants."""

from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector.http.settings import HttpSettings
from connector.kind import KindSettings
from connector.kinds import OURS, UnknownKind, kind_of, names
from placebridge.output import say, show

COLUMNS = ("kind", "from", "setting", "required", "secret", "default", "write")


def kinds(form: str) -> None:
    """Prints a row for each setting of each kind; for people, a paragraph for each kind."""
    rows = [row for name in names() for row in _rows(name)]
    if form != "table":
        show(rows, COLUMNS, form, "")
        return
    for name in names():
        _say(name, [row for row in rows if row["kind"] == name])


def _rows(name: str) -> Iterator[dict[str, Any]]:
    source = "placebridge" if name in OURS else "another package"
    try:
        kind = kind_of(name)
    except UnknownKind as fault:
        yield {"kind": name, "from": source, "setting": "", "required": False, "secret": False, "default": "", "write": str(fault)}
        return
    inherited = KindSettings.model_fields | HttpSettings.model_fields
    for setting, field in sorted(kind.settings.model_fields.items(), key=lambda one: one[0] in inherited):
        yield {
            "kind": name,
            "from": source,
            "setting": setting.upper(),
            "required": field.is_required(),
            "secret": _is_secret(field),
            "default": "" if field.is_required() or field.default in {None, ""} else str(field.default),
            "write": field.description or "",
        }


def _is_secret(field: FieldInfo) -> bool:
    return "SecretStr" in str(field.annotation) or field.annotation is SecretStr


def _say(name: str, rows: list[dict[str, Any]]) -> None:
    try:
        about = kind_of(name).about
    except UnknownKind as fault:
        say(f"{name}: {fault}\n")
        return
    say(f"{name}: {about}" + (" (from another package)" if name not in OURS else ""))
    for row in rows:
        secret = ", a secret" if row["secret"] else ""
        need = "" if row["required"] else f" (may be left out; {row['default']} unless said)" if row["default"] else " (may be left out)"
        say(f"  {row['setting']}{secret}: {row['write']}{need}")
    say("")
