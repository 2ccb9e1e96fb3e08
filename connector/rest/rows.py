"""From an answer's rows to ours."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from connector.contract import Row, Skipped, Value
from connector.plain import PLAIN, hold_only
from connector.rest.columns import MISSING, Odd, Path, as_text, cell, kind
from connector.rest.plan import Plan


@dataclass
class Sorted:
    """A page's rows by what they are."""

    rows: list[Row] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


class RowReader:
    """Reads the rows of one entity."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._inside = plan.said.inside
        self._zone = plan.said.times
        self._plain = PLAIN if self._zone is None else PLAIN - {str}  # a zone may have to be put to a text
        self._gone = {word.strip().lower() for word in plan.deleted.values}
        flat = len(plan.columns) > 1 and not self._inside.steps and plan.deleted.column is None
        self._plain_cells = itemgetter(*(path.text for path in plan.columns)) if flat else None
        one_id = len(plan.ids) == 1 and not self._inside.steps and self._zone is None
        self._plain_id = itemgetter(plan.ids[0].text) if one_id else None

    def sort(self, items: Sequence[Any]) -> Sorted:
        """Rows, the ids of those marked deleted, and those that cannot be read."""
        plain = self._plain_rows(items)
        if plain is not None:
            return Sorted(plain)
        found = Sorted()
        for item in items:
            self._take(item, found)
        return found

    def marks(self, items: list[Any]) -> list[str]:
        """What each row is known by: its id, or all that it says where it has none."""
        return self._plain_marks(items) or [self.source_id(item) or digest(item) for item in items]

    def source_id(self, item: Any) -> str:
        """A row's id as the field map makes it; empty where there is none."""
        try:
            parts = [as_text(found) for found in self._cells(item, self._plan.ids)]
        except Odd:
            return ""
        return "|".join(parts) if any(parts) else ""

    def listed(self, item: Any) -> str:
        """The id that a row of a list of deletions names."""
        path = self._plan.deleted.id or Path()
        try:
            return as_text(cell(self._value(item, path, self._plan.deleted.inside), path.text, None))
        except Odd:
            return ""

    def _plain_marks(self, items: Sequence[Any]) -> list[str]:
        """`marks` at once, where every row has its id as a text or as a whole number; else nothing."""
        if self._plain_id is None:
            return []
        try:
            found = list(map(self._plain_id, items))
        except (KeyError, TypeError):
            return []
        kinds = set(map(type, found))
        marks = list(map(str.strip, found)) if kinds == {str} else list(map(str, found)) if kinds == {int} else []
        return marks if all(marks) else []

    def _plain_rows(self, items: Sequence[Any]) -> list[Row] | None:
        """The page at once, where all its rows hold plain values under just the columns' names, which most services' do; else None."""
        if self._plain_cells is None:
            return None
        try:
            rows = list(map(self._plain_cells, items))
        except (KeyError, TypeError):
            return None
        return rows if hold_only(rows, self._plain) else None

    def _take(self, item: Any, found: Sorted) -> None:
        try:
            if self._is_gone(item):
                found.deleted.append(self.source_id(item))
            else:
                found.rows.append(tuple(self._cells(item, self._plan.columns)))
        except Odd as odd:
            source_id = self.source_id(item)
            found.skipped.append(Skipped(f"{self._plan.entity.source} {source_id or 'row'}", f"{odd}", source_id))

    def _cells(self, item: Any, paths: Sequence[Path]) -> list[Value]:
        """The cells at these paths. Nearly all are plain values under just that name, and are taken as they are."""
        within = self._inside.find(item) if self._inside.steps and isinstance(item, dict) else item
        near = within if isinstance(within, dict) else {}
        found = [near.get(path.text, MISSING) for path in paths]
        if self._plain.issuperset(map(type, found)):
            return found
        return [
            value if type(value) in self._plain else cell(self._value(item, path), path.text, self._zone)
            for value, path in zip(found, paths, strict=True)
        ]

    def _is_gone(self, item: Any) -> bool:
        path = self._plan.deleted.column
        return path is not None and as_text(cell(self._value(item, path), path.text, None)).lower() in self._gone

    def _value(self, item: Any, path: Path, inside: Path | None = None) -> Any:
        if not isinstance(item, dict):
            raise Odd(f"the row is {kind(item)} and not an object")
        inside = self._inside if inside is None else inside
        if not inside.steps:
            return path.find(item)
        inner = inside.find(item)
        found = path.find(inner) if isinstance(inner, dict) else MISSING
        found = path.find(item) if found is MISSING else found
        if found is MISSING and not isinstance(inner, dict):
            raise Odd(f"{inside.text} is {'missing' if inner is MISSING else kind(inner)} and not an object")
        return found


def digest(item: Any) -> str:
    """Equal for rows that say the same."""
    return hashlib.blake2b(json.dumps(item, sort_keys=True).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
