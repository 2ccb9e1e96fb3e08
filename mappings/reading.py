"""Rows of a CRM turned into Placebridge's fields, as a field map says.

Pure functions over plain values: rows come in a page at a time, each a tuple of cells in the order of `Block.columns()`, and leave as
Readings in the same order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from mappings.cell_columns import Table, joined_ids, pointer, taker, texts
from mappings.cells import Cell, as_text, read_date, read_instants
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


@dataclass(slots=True)
class Readings:
    """A page's rows as Placebridge reads them, column by column."""

    source_ids: list[str]
    columns: dict[str, Sequence[object]]
    """By field; None or empty where a row has none."""
    changed: Sequence[datetime | None]
    reasons: dict[int, str]
    """Of the rows that are rejects."""
    notices: dict[int, list[Notice]]
    """Of the rows that have any."""

    def fields(self) -> list[dict[str, Any]]:
        """Each row's filled fields."""
        names = list(self.columns)
        rows = zip(*self.columns.values(), strict=True) if names else [()] * len(self.source_ids)
        return [{name: value for name, value in zip(names, row, strict=True) if value} for row in rows]


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
        page = self.columns(rows, self.source_ids(rows))
        told = zip(page.source_ids, page.fields(), page.changed, strict=True)
        return [
            Reading(source_id, fields, moment, page.reasons.get(row), page.notices.get(row, ()))
            for row, (source_id, fields, moment) in enumerate(told)
        ]

    def columns(self, rows: Sequence[Row], source_ids: Sequence[str]) -> Readings:
        """`read` for whoever wants columns and has the rows' ids already (participants': empty)."""
        self._notices, self._reasons = {}, {}
        table = list(zip(*rows, strict=True)) if rows else [()] * len(self._at)
        columns = {name: column(table) for name, column in self._fields.items()}
        guests = [reader.read(table) for reader in self._guests]
        if guests:
            columns["participants"] = [list(chain.from_iterable(listed)) for listed in zip(*guests, strict=True)]
        changed = self._changes(table) if self._changed else [None] * len(rows)
        page = Readings(list(source_ids), columns, changed, self._reasons, self._notices)
        _FINISH[self._entity](page)
        return page

    def _column(self, name: str, part: Part) -> Column:
        key, take = (self._entity, name), taker(part, self._at)
        if key in REFERENCES:
            point = pointer(part, self._at)
            return lambda table: references(part, texts(point(table)))
        if key in INSTANTS:
            return lambda table: self._instants(name, part, take(table))
        if key in DATES:
            return lambda table: [self._date(row, name, part, cell) for row, cell in enumerate(take(table))]
        if key in WORDS or key in YES_NO:
            known = YES_NO_WORDS if key in YES_NO else {ours: ours for ours in WORDS[key]}
            return lambda table: self._words(name, known, texts(take(table)))
        return lambda table: texts(take(table))

    def _note(self, row: int, name: str, text: str, what: str) -> None:
        self._notices.setdefault(row, []).append((name, text[:LONGEST], what))

    def _instants(self, name: str, part: Part, cells: Sequence[Cell]) -> list[str | None]:
        found = read_instants(cells, part.format, self._zone)
        for row, moment in enumerate(found):
            if moment is None and (text := as_text(cells[row])):
                self._reasons.setdefault(row, f"{name} '{text[:40]}' {_no_date(part.format)}")
        return [None if moment is None else moment.isoformat() for moment in found]

    def _date(self, row: int, name: str, part: Part, cell: Cell) -> str | None:
        if not (text := as_text(cell)):
            return None
        found = read_date(cell, part.format, self._zone)
        if found is None:
            self._note(row, name, text, _no_date(part.format))
            return None
        return found.isoformat()

    def _words(self, name: str, known: dict[str, str], found: Sequence[str]) -> list[str | None]:
        meant = {text: known.get(text) or known.get(text.casefold()) for text in set(found)}
        if any(text and not word for text, word in meant.items()):
            taken = "other" if name == "kind" else "empty"
            for row, text in enumerate(found):
                if text and not meant[text]:
                    self._note(row, name, text, f"is none of our words and is taken for {taken}; `values` can map it")
        return [meant[text] for text in found]

    def _changes(self, table: Table) -> list[datetime | None]:
        if self._changed is None:
            return []
        take, form = self._changed
        cells = take(table)
        found = read_instants(cells, form, self._zone)
        for row, moment in enumerate(found):
            if moment is None and (text := as_text(cells[row])):
                self._note(row, "changed", text, _no_date(form))
        return found


def _finish_named(page: Readings) -> None:
    named = [page.columns[name] for name in ("name", "first_name", "last_name") if name in page.columns]
    if all(page.source_ids) and any(map(all, named)):
        return
    for row, source_id in enumerate(page.source_ids):
        if not source_id:
            page.reasons[row] = NO_ID
        elif not any(column[row] for column in named):
            page.reasons[row] = "it has no name"


def _finish_engagement(page: Readings) -> None:
    page.reasons.update((row, NO_ID) for row, source_id in enumerate(page.source_ids) if not source_id)
    kinds = page.columns.get("kind", [None] * len(page.source_ids))
    page.columns["kind"] = [kind or "other" for kind in kinds]


def _finish_participant(page: Readings) -> None:
    for row, fields in enumerate(page.fields()):
        page.source_ids[row] = page.source_ids[row] or participant_id(fields)
        if "engagement" not in fields:
            page.reasons.setdefault(row, "it names no engagement")
        elif not fields.keys() & {"person", "email", "name"}:
            page.reasons.setdefault(row, "it names nobody")


NO_ID = "it has no id"
_FINISH = {"business": _finish_named, "person": _finish_named, "engagement": _finish_engagement, "participant": _finish_participant}


def _no_date(form: str | None) -> str:
    return f"is no date (expected {form or 'ISO, as in 2026-11-01T10:30'})"


def participant_id(fields: dict[str, object]) -> str:
    """The source_id of a participant row, which has no id of its own: what it says, joined by a vertical bar."""
    parts = [pointed_at(fields.get(name)) for name in ("engagement", "person", "email", "name")]
    return "|".join(part for part in (*parts, str(fields.get("took_part", ""))) if part)


def references(part: Part, found: Sequence[str]) -> Sequence[object]:
    """References as they are stored: the id alone, or [match, text, split] where the field map says how it points."""
    if part.match == "id" and not part.split:
        return found
    return [[part.match, text, part.split or ""] if text else text for text in found]


def pointed_at(stored: object) -> str:
    """The text of a stored reference, as the CRM has it."""
    if isinstance(stored, list):
        return str(stored[1])
    return str(stored) if stored else ""
