"""Rows of a CRM turned into Placebridge's fields, as a field map says.

Pure functions over plain values: rows come in a page at a time, each a tuple of cells in the order of `Block.columns()`, and leave as
Readings in the same order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mappings.cell_columns import Table, joined_ids, pointer, taker, texts
from mappings.cells import Cell, as_text, read_date, read_instant
from mappings.field_map_parts import Block, Part
from mappings.guest_reading import GuestReader
from mappings.vocabulary import DATES, INSTANTS, REFERENCES, WORDS, YES_NO, YES_NO_WORDS

READING_VERSION = 1
"""Goes up whenever other fields would be made of the same cells, so that what is held is read again."""

LONGEST = 60
"""Letters of a cell that a notice shows."""

Row = tuple[Cell, ...]
Column = Callable[[Table], Sequence[object]]
"""Reads a field from a page: a value for each row, None or empty where there is none."""


Notice = tuple[str, str, str]
"""What was left out of a row without refusing it, a word that is none of ours or a date that is none: the field, the text, what it is."""


@dataclass(slots=True)
class Reading:
    """One row as Placebridge reads it. `reason` is set where the row is a reject."""

    source_id: str
    fields: dict[str, Any] = field(default_factory=dict)
    changed: datetime | None = None
    reason: str | None = None
    notices: Sequence[Notice] = ()


class Reader:
    """Reads the rows of one block."""

    def __init__(self, block: Block, zone: ZoneInfo) -> None:
        self._entity, self._zone = block.entity, zone
        self._at = {column: index for index, column in enumerate(block.columns())}
        self._ids = [taker(part, self._at) for part in block.ids]
        self._fields = {name: self._column(name, part) for name, part in block.fields.items()}
        self._guests = [GuestReader(guests, self._at, self._note) for guests in block.guests]
        self._changed = (taker(block.changed, self._at), block.changed.format) if block.changed else None
        self._notices: dict[int, list[Notice]] = {}
        self._reasons: dict[int, str] = {}

    def source_ids(self, rows: Sequence[Row]) -> list[str]:
        """The rows' ids; empty where none of their columns is filled, or where the block has no `id`."""
        table = list(zip(*rows, strict=True))
        return joined_ids([take(table) for take in self._ids]) if self._ids and rows else [""] * len(rows)

    def read(self, rows: Sequence[Row]) -> list[Reading]:
        """Reads a page. Never raises for what a cell may hold."""
        if not rows:
            return []
        self._notices, self._reasons = {}, {}
        table = list(zip(*rows, strict=True))
        columns = [column(table) for column in self._fields.values()]
        by_row = zip(*columns, strict=True) if columns else [()] * len(rows)
        guests = [reader.read(table) for reader in self._guests]
        changed = self._changes(table) if self._changed else [None] * len(rows)
        names = list(self._fields)
        readings = [
            Reading(source_id, _filled(names, values), moment)
            for source_id, values, moment in zip(self.source_ids(rows), by_row, changed, strict=True)
        ]
        for lists in guests:
            for reading, listed in zip(readings, lists, strict=True):
                if listed:
                    reading.fields.setdefault("participants", []).extend(listed)
        self._finish(readings)
        return readings

    def _column(self, name: str, part: Part) -> Column:
        key, take = (self._entity, name), taker(part, self._at)
        if key in REFERENCES:
            point = pointer(part, self._at)
            return lambda table: [reference(part, text) for text in texts(point(table))]
        if key in INSTANTS:
            return lambda table: [self._instant(row, name, part, cell) for row, cell in enumerate(take(table))]
        if key in DATES:
            return lambda table: [self._date(row, name, part, cell) for row, cell in enumerate(take(table))]
        if key in WORDS or key in YES_NO:
            known = YES_NO_WORDS if key in YES_NO else {ours: ours for ours in WORDS[key]}
            return lambda table: [self._word(row, name, known, text) for row, text in enumerate(texts(take(table)))]
        return lambda table: texts(take(table))

    def _note(self, row: int, name: str, text: str, what: str) -> None:
        self._notices.setdefault(row, []).append((name, text[:LONGEST], what))

    def _instant(self, row: int, name: str, part: Part, cell: Cell) -> str | None:
        if not (text := as_text(cell)):
            return None
        found = read_instant(cell, part.format, self._zone)
        if found is None:
            self._reasons.setdefault(row, f"{name} '{text[:40]}' {_no_date(part.format)}")
            return None
        return found.isoformat()

    def _date(self, row: int, name: str, part: Part, cell: Cell) -> str | None:
        if not (text := as_text(cell)):
            return None
        found = read_date(cell, part.format, self._zone)
        if found is None:
            self._note(row, name, text, _no_date(part.format))
            return None
        return found.isoformat()

    def _word(self, row: int, name: str, known: dict[str, str], text: str) -> str | None:
        found = known.get(text) or known.get(text.casefold())
        if found is None and text:
            taken = "other" if name == "kind" else "empty"
            self._note(row, name, text, f"is none of our words and is taken for {taken}; `values` can map it")
        return found

    def _changes(self, table: Table) -> list[datetime | None]:
        if self._changed is None:
            return []
        take, form = self._changed
        found: list[datetime | None] = []
        for row, cell in enumerate(take(table)):
            moment = read_instant(cell, form, self._zone)
            if moment is None and (text := as_text(cell)):
                self._note(row, "changed", text, _no_date(form))
            found.append(moment)
        return found

    def _finish(self, readings: list[Reading]) -> None:
        for row, notices in self._notices.items():
            readings[row].notices = notices
        for row, reason in self._reasons.items():
            readings[row].reason = reason
        finish = _FINISH[self._entity]
        for reading in readings:
            finish(reading)


def _filled(names: Sequence[str], values: Sequence[object]) -> dict[str, object]:
    fields = dict(zip(names, values, strict=False))
    return fields if all(values) else {name: value for name, value in fields.items() if value}


def _finish_named(reading: Reading) -> None:
    fields = reading.fields
    if not reading.source_id:
        reading.reason = NO_ID
    elif not ("name" in fields or "first_name" in fields or "last_name" in fields):
        reading.reason = "it has no name"


def _finish_engagement(reading: Reading) -> None:
    if not reading.source_id:
        reading.reason = NO_ID
    reading.fields.setdefault("kind", "other")


def _finish_participant(reading: Reading) -> None:
    fields = reading.fields
    reading.source_id = reading.source_id or participant_id(fields)
    if "engagement" not in fields:
        reading.reason = reading.reason or "it names no engagement"
    elif not fields.keys() & {"person", "email", "name"}:
        reading.reason = reading.reason or "it names nobody"


NO_ID = "it has no id"
_FINISH = {"business": _finish_named, "person": _finish_named, "engagement": _finish_engagement, "participant": _finish_participant}


def _no_date(form: str | None) -> str:
    return f"is no date (expected {form or 'ISO, as in 2026-11-01T10:30'})"


def participant_id(fields: dict[str, object]) -> str:
    """The source_id of a participant row, which has no id of its own: what it says, joined by a vertical bar."""
    parts = [pointed_at(fields.get(name)) for name in ("engagement", "person", "email", "name")]
    return "|".join(part for part in (*parts, str(fields.get("took_part", ""))) if part)


def reference(part: Part, text: str) -> object:
    """A reference as it is stored: the id alone, or [match, text, split] where the field map says how it points."""
    if not text or (part.match == "id" and not part.split):
        return text
    return [part.match, text, part.split or ""]


def pointed_at(stored: object) -> str:
    """The text of a stored reference, as the CRM has it."""
    if isinstance(stored, list):
        return str(stored[1])
    return str(stored) if stored else ""
