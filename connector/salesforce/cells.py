"""Values as both APIs give them, made alike: a row is the same whichever it came by.

Source: REST API answers are typed JSON; Bulk API 2.0 answers are CSV, where an empty text is null and times end in Z ("Prepare CSV
Files")."""

from collections.abc import Mapping, Sequence

from connector.contract import SkipRecord, Value
from connector.salesforce.schema import Path

WHOLE = {"int", "long"}
FRACTION = {"double", "currency", "percent"}
YES_NO = {"true": True, "false": False}


def from_record(record: object, paths: Sequence[Path]) -> list[Value]:
    """The cells of a record of a query. Raises SkipRecord when it is not of the shape that its description says."""
    return [cell(_walked(record, path), path) for path in paths]


def cell(raw: object, path: Path) -> Value:
    """One value, by its field's type. Raises SkipRecord."""
    if raw is None or raw == "":
        return None
    try:
        return _typed(raw, path.type)
    except ValueError:
        raise SkipRecord(f"{path.soql} is not of the type {path.type}, which the object's description says") from None


def _typed(raw: object, kind: str) -> Value:
    if kind == "boolean":
        return raw if isinstance(raw, bool) else _yes_no(raw)
    if kind in WHOLE | FRACTION:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise ValueError(kind)
        number = float(raw)
        return int(number) if kind in WHOLE and number.is_integer() else number
    if isinstance(raw, str):
        return f"{raw[:-1]}+0000" if kind == "datetime" and raw.endswith("Z") else raw
    if isinstance(raw, bool | int | float):
        return raw
    raise ValueError(kind)


def _yes_no(raw: object) -> bool:
    found = YES_NO.get(raw) if isinstance(raw, str) else None
    if found is None:
        raise ValueError("boolean")
    return found


def _walked(record: object, path: Path) -> object:
    """A value by its path; a relationship that leads nowhere is null."""
    for name in path.names:
        if record is None:
            return None
        if not isinstance(record, Mapping) or name not in record:
            raise SkipRecord(f"{path.soql} is missing, although it was asked for")
        record = record[name]
    return record
