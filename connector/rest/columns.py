"""Columns of a JSON row: a path is walked to one cell, and what its system writes as an object is turned into a plain value."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from connector.contract import Value

STEP = re.compile(r"(?P<name>[^.\[\]]+)(?:\[(?P<key>[^\[\]=]+)=(?P<value>[^\[\]]*)\])?")
NO_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")
INDEX = re.compile(r"-?\d+")
JOIN = ";"
"""Between the values of a list; what a field map's `split` parts again."""
MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()


class Odd(ValueError):
    """A row is not of the shape that a path expects; the message holds the path and never the value."""


@dataclass(frozen=True)
class Step:
    """A name or position; with `key`, the first of a list whose `key` is `value`."""

    name: str
    key: str | None = None
    value: str = ""


@dataclass(frozen=True)
class Path:
    """`contact_mechanisms[type=email].value`, parted. No steps: the thing itself."""

    text: str = ""
    steps: tuple[Step, ...] = ()

    @classmethod
    def read(cls, found: object) -> "Path":
        """From a text. What is no path is one name. Raises ValueError for what is no text."""
        if isinstance(found, Path):
            return found
        if not isinstance(found, str):
            raise ValueError("is no path; write names with dots between, like paging.next")
        matches = list(STEP.finditer(found))
        whole = ".".join(match[0] for match in matches) == found
        steps = [Step(match["name"], match["key"], match["value"] or "") for match in matches] if whole else [Step(found)]
        return cls(found, tuple(steps) if found else ())

    def find(self, within: object) -> Any:
        """What is there; MISSING where the way ends early; a list of all where it leads through a list.

        A name that is exactly so, dots and all, wins. Raises Odd for a text or number where something more is expected."""
        if isinstance(within, dict) and self.text in within:
            return within[self.text]
        return _walk(within, self.steps, self.text)

    def lacks(self, within: object) -> bool:
        """Whether a name of the path is missing, and not only empty: an empty list or nothing says nothing."""
        return not (isinstance(within, dict) and self.text in within) and _lacks(within, self.steps)

    def asked(self) -> tuple[list[str], list[str]]:
        """The names to ask for: as they are with dots (positions left out, what a filter compares added), and the first name only."""
        names = [step.name for step in self.steps if not INDEX.fullmatch(step.name)]
        nested = [".".join(names)]
        for at, step in enumerate(self.steps, 1):
            if step.key is not None:
                before = [inner.name for inner in self.steps[:at] if not INDEX.fullmatch(inner.name)]
                nested.append(".".join([*before, step.key]))
        return nested, names[:1]


def _walk(found: Any, steps: tuple[Step, ...], text: str) -> Any:
    if found is MISSING or not steps:
        return found
    if found is None:
        return MISSING
    step, rest = steps[0], steps[1:]
    if isinstance(found, list):
        return _walk_list(found, steps, text)
    if not isinstance(found, dict):
        raise Odd(f"{text} leads into {kind(found)}, which has nothing inside")
    inner = found.get(step.name, MISSING)
    if step.key is None or inner is MISSING or inner is None:
        return _walk(inner, rest, text)
    if not isinstance(inner, list):
        raise Odd(f"{text} expects a list at {step.name} and finds {kind(inner)}")
    fits = (one for one in inner if isinstance(one, dict) and as_text(one.get(step.key)) == step.value)
    return _walk(next(fits, MISSING), rest, text)


def _walk_list(found: list[Any], steps: tuple[Step, ...], text: str) -> Any:
    if INDEX.fullmatch(steps[0].name):
        at = int(steps[0].name)
        return _walk(found[at], steps[1:], text) if -len(found) <= at < len(found) else MISSING
    return [inner for inner in (_walk(one, steps, text) for one in found) if inner is not MISSING]


def _lacks(found: Any, steps: tuple[Step, ...]) -> bool:
    if isinstance(found, list) and steps:
        rest = steps[1:] if INDEX.fullmatch(steps[0].name) else steps
        return bool(found) and all(_lacks(one, rest) for one in found)
    if not steps or not isinstance(found, dict):
        return False
    step, inner = steps[0], found.get(steps[0].name, MISSING)
    if step.key is not None and isinstance(inner, list) and inner:
        return all(_lacks(one, (Step(step.key),)) for one in inner) or all(_lacks(one, steps[1:]) for one in inner)
    return inner is MISSING or _lacks(inner, steps[1:])


def cell(found: Any, path: str, zone: ZoneInfo | None) -> Value:
    """A cell's value: plain JSON stays, typed objects become texts, a list of plain values is joined.

    `zone` is that of times that come without one. Raises Odd for an object that means nothing to us."""
    if found is None or found is MISSING:
        return None
    if isinstance(found, dict):
        return _typed(found, path)
    if isinstance(found, list):
        cells = [cell(one, path, zone) for one in flat(found)]
        return JOIN.join(text for text in map(as_text, cells) if text) or None
    if zone is not None and isinstance(found, str) and NO_ZONE.fullmatch(found):
        return _zoned(found, zone)
    return found  # type: ignore[no-any-return]


def _zoned(text: str, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return text
    return moment.isoformat().replace("+00:00", "Z")


def _typed(found: dict[str, Any], path: str) -> Value:
    """Tryton's typed values (trytond/protocols/jsonrpc.py): its datetimes are UTC."""
    numbers = {name: part for name, part in found.items() if isinstance(part, int)}
    try:
        match found.get("__class__"):
            case "datetime":
                return datetime(**numbers, tzinfo=UTC).isoformat().replace("+00:00", "Z")
            case "date":
                return date(**numbers).isoformat()
            case "time":
                return time(**numbers).isoformat()  # type: ignore[arg-type]
            case "Decimal":
                return str(found["decimal"])
            case "timedelta":
                return float(found["seconds"])
    except (KeyError, TypeError, ValueError):
        pass
    raise Odd(f"{path} is an object; name what is inside it, like {path}.name")


def flat(found: Iterable[Any]) -> list[Any]:
    """A list of lists of lists as one list."""
    return [inner for one in found for inner in (flat(one) if isinstance(one, list) else [one])]


def as_text(value: object) -> str:
    """A cell as the text that a source_id is made of: no outer spaces, a whole number without a decimal point."""
    if value is None or value is MISSING:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def kind(found: object) -> str:
    """What a JSON value is, for a message."""
    words = {dict: "an object", list: "a list", str: "a text", bool: "yes or no", int: "a number", float: "a number", type(None): "nothing"}
    return words[type(found)]
