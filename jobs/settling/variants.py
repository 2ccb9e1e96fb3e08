"""Rows with the same id: which of them is kept, and why."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Select, case, select

from store import bulk
from store.tables import Arrival, Record

arrival, record = bulk.table_of(Arrival), bulk.table_of(Record)
NEVER = datetime.min.replace(tzinfo=UTC)


def variants() -> Select[Any]:
    """Arrivals, with what their record holds where they are just as it is."""
    unchanged = arrival.c.row_hash.is_(None)
    both = {name: case((unchanged, record.c[name]), else_=arrival.c[name]) for name in ("source_id", "row_hash", "fields", "changed")}
    columns = (column.label(name) for name, column in both.items())
    joined = arrival.outerjoin(record, arrival.c.record_id == record.c.id)
    return select(arrival.c.id, arrival.c.record_id, unchanged.label("unchanged"), *columns).select_from(joined)


@dataclass(frozen=True, eq=False)
class Variant:
    """One of several rows with the same id."""

    id: int
    unchanged: bool
    source_id: str
    row_hash: bytes
    fields: dict[str, Any]
    changed: datetime | None

    @classmethod
    def of(cls, row: Any) -> "Variant":
        """From a row of `variants`."""
        return cls(row.id, row.unchanged, row.source_id, bytes(row.row_hash), row.fields, row.changed)


def text_of(fields: dict[str, Any]) -> bytes:
    """Equal for fields that are alike."""
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def latest(row: Variant) -> tuple[datetime, bool, list[int]]:
    """Of rows alike in all fields the greatest is kept: the later changed, then the one that is held, then the first by its hash."""
    return (row.changed or NEVER, row.unchanged, [-byte for byte in row.row_hash])


def rank(row: Variant) -> tuple[datetime, int, list[int]]:
    """The greatest is kept: the later changed, then the more fields filled, then the first in text order of its mapped values."""
    text = "\x00".join(f"{name}\x01{value}" for name, value in sorted(row.fields.items()))
    return (row.changed or NEVER, len(row.fields), [-ord(letter) for letter in text] + [1])


def why_kept(row: Variant, best: Variant) -> str:
    """In what `best` is better than a row, for the reject's reason."""
    if best.changed and (row.changed is None or best.changed > row.changed):
        return "was changed later"
    if len(best.fields) > len(row.fields):
        return "has more fields filled"
    return "comes first in text order"
