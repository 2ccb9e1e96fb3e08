"""Rows of a CRM turned into Placebridge's fields, as a field map says.

Pure functions over plain values: a row comes in as a tuple of cells in the order of `Block.columns()`, and leaves as a Reading.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

from mappings.cells import as_text, read_date, read_instant
from mappings.field_map_parts import Block, Part
from mappings.vocabulary import DATES, INSTANTS, REFERENCES, TOOK_PART, WORDS, YES_NO, YES_NO_WORDS

Cell = str | int | float | bool | date | datetime | None
Row = tuple[Cell, ...]
Take = Callable[[Row], Cell]
"""Reads one value from a row: text, or a real date where the system has them."""


@dataclass(slots=True)
class Reading:
    """One row as Placebridge reads it. `reason` is set where the row is a reject."""

    source_id: str
    fields: dict[str, object] = field(default_factory=dict)
    changed: datetime | None = None
    reason: str | None = None


class Reader:
    """Reads the rows of one block.

    `notices` counts, by field and word, what was left out without rejecting the row: words that are none of ours, dates that are none.
    """

    def __init__(self, block: Block, zone: ZoneInfo) -> None:
        self.block = block
        self.zone = zone
        self.notices: Counter[tuple[str, str, str]] = Counter()
        self._at = {column: index for index, column in enumerate(block.columns())}
        self._id = [self._taker(part) for part in block.ids]
        self._plain: list[tuple[str, int]] = []
        self._special: list[tuple[str, Callable[[Row, Reading], object]]] = []
        for name, part in block.fields.items():
            self._add(name, part)
        self._guests = [(guests.part, self._pointer(guests.part), self._word_reader(guests.took_part)) for guests in block.guests]
        self._changed = (self._taker(block.changed), block.changed.format) if block.changed else None

    def read(self, row: Row) -> Reading:
        """Reads one row. Never raises for what a cell may hold."""
        reading = Reading(self._source_id(row))
        fields = reading.fields
        for name, index in self._plain:
            cell = row[index]
            if cell is not None and (text := cell.strip() if type(cell) is str else as_text(cell)):
                fields[name] = text
        for name, special in self._special:
            value = special(row, reading)
            if value is not None and value != "":
                fields[name] = value
        if self._guests:
            self._read_guests(row, fields)
        if self._changed:
            self._read_changed(*self._changed, row, reading)
        self._finish(reading)
        return reading

    def _source_id(self, row: Row) -> str:
        return _as_id([as_text(take(row)) for take in self._id])

    def _add(self, name: str, part: Part) -> None:
        key = (self.block.entity, name)
        take = self._taker(part)
        if key in REFERENCES:
            point = self._pointer(part)
            self._special.append((name, lambda row, _: reference(part, as_text(point(row)))))
        elif key in INSTANTS:
            self._special.append((name, lambda row, reading: self._instant(name, part, take(row), reading)))
        elif key in DATES:
            self._special.append((name, lambda row, _: self._date(name, part, take(row))))
        elif key in WORDS or key in YES_NO:
            self._special.append((name, lambda row, _: self._word(name, as_text(take(row)))))
        elif len(part.columns) == 1 and not part.values and part.default is None:
            self._plain.append((name, self._at[part.columns[0]]))
        else:
            self._special.append((name, lambda row, _: as_text(take(row))))

    def _taker(self, part: Part) -> Take:
        """A function that reads a part's value: columns joined, an empty one filled by `default`, then `values`."""
        take = self._columns_taker(part)
        if not part.values and part.default is None:
            return take
        translate = _translator(part)
        return lambda row: translate(take(row))

    def _pointer(self, part: Part) -> Take:
        """As `_taker`; but columns that together are an id are put together as there: by vertical bars, the empty ones too."""
        if part.match != "id" or len(part.columns) < 2 or part.join not in {None, "|"}:
            return self._taker(part)
        indexes, translate = [self._at[column] for column in part.columns], _translator(part)
        return lambda row: translate(_as_id([as_text(row[index]) for index in indexes]))

    def _columns_taker(self, part: Part) -> Take:
        if part.constant is not None:
            constant = part.constant
            return lambda row: constant
        indexes = [self._at[column] for column in part.columns]
        if len(indexes) == 1:
            return itemgetter(indexes[0])
        between = " " if part.join is None else part.join
        return lambda row: between.join(text for index in indexes if (text := as_text(row[index])))

    def _instant(self, name: str, part: Part, cell: Cell, reading: Reading) -> str | None:
        if not as_text(cell):
            return None
        found = read_instant(cell, part.format, self.zone)
        if found is None:
            reading.reason = reading.reason or f"{name} '{as_text(cell)[:40]}' {_no_date(part.format)}"
            return None
        return found.isoformat()

    def _date(self, name: str, part: Part, cell: Cell) -> str | None:
        if not as_text(cell):
            return None
        found = read_date(cell, part.format, self.zone)
        if found is None:
            self.notices[(name, as_text(cell)[:60], _no_date(part.format))] += 1
            return None
        return found.isoformat()

    def _word(self, name: str, text: str) -> str | None:
        if not text:
            return None
        key = (self.block.entity, name)
        word = text.casefold()
        known = YES_NO_WORDS if key in YES_NO else {ours: ours for ours in WORDS[key]}
        found = known.get(word)
        if found is None:
            taken = "other" if name == "kind" else "empty"
            self.notices[(name, text[:60], f"is none of our words and is taken for {taken}; `values` can map it")] += 1
        return found

    def _word_reader(self, part: Part | None) -> tuple[Take, Callable[[Cell], Cell]]:
        """How the word of a list of people is read: the cell, and what it means."""
        return (self._columns_taker(part), _translator(part)) if part else (lambda row: "", lambda cell: cell)

    def _read_guests(self, row: Row, fields: dict[str, object]) -> None:
        listed: list[object] = []
        for part, take, (take_word, translate) in self._guests:
            if text := as_text(take(row)):
                listed += self._with_words(part, text, as_text(take_word(row)), translate)
        if listed:
            fields["participants"] = listed

    def _with_words(self, part: Part, people: str, said: str, translate: Callable[[Cell], Cell]) -> list[object]:
        """People and their word: one word for all, or, where the cell holds several, one for each in the same order."""
        split = part.split or ""
        if not split or split not in said or as_text(translate(said)).casefold() in TOOK_PART:
            return [[part.match, people, split, self._guest_word(translate(said))]]
        names, words = people.split(split), said.split(split)
        while len(words) > len(names) and not words[-1].strip():
            words.pop()
        if len(names) != len(words):
            self.notices[("took_part", said[:60], "has not as many words as there are people beside it")] += 1
            return [[part.match, people, split, ""]]
        pairs = zip(names, words, strict=True)
        return [[part.match, name.strip(), "", self._guest_word(translate(word))] for name, word in pairs if name.strip()]

    def _guest_word(self, cell: Cell) -> str:
        text = as_text(cell)
        word = text.casefold()
        if word and word not in TOOK_PART:
            self.notices[("took_part", text[:60], "is none of our words and is taken for empty; `values` can map it")] += 1
            return ""
        return word

    def _read_changed(self, take: Take, form: str | None, row: Row, reading: Reading) -> None:
        cell = take(row)
        if as_text(cell):
            reading.changed = read_instant(cell, form, self.zone)
            if reading.changed is None:
                self.notices[("changed", as_text(cell)[:60], _no_date(form))] += 1

    def _finish(self, reading: Reading) -> None:
        entity, fields = self.block.entity, reading.fields
        if entity == "participant":
            reading.source_id = reading.source_id or participant_id(fields)
            reading.reason = reading.reason or _participant_fault(fields)
        elif not reading.source_id:
            reading.reason = "it has no id"
        elif entity in {"business", "person"} and not _has_name(fields):
            reading.reason = "it has no name"
        elif entity == "engagement":
            fields.setdefault("kind", "other")


def _no_date(form: str | None) -> str:
    return f"is no date (expected {form or 'ISO, as in 2026-11-01T10:30'})"


def _translator(part: Part) -> Callable[[Cell], Cell]:
    """What a cell means: `default` where it is empty, then `values`; anything else as it is."""
    words, default = dict(part.values), part.default or ""

    def translated(cell: Cell) -> Cell:
        text = as_text(cell)
        if not text:
            cell = text = default
        return words.get(text.strip().casefold(), cell)

    return translated


def _as_id(parts: list[str]) -> str:
    """Values that together are an id; empty where all of them are."""
    return "|".join(parts) if any(parts) else ""


def _has_name(fields: dict[str, object]) -> bool:
    return "name" in fields or "first_name" in fields or "last_name" in fields


def _participant_fault(fields: dict[str, object]) -> str | None:
    if "engagement" not in fields:
        return "it names no engagement"
    if not fields.keys() & {"person", "email", "name"}:
        return "it names nobody"
    return None


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
