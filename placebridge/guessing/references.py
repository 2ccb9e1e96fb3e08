"""How a column points at another table: its values are looked up among that table's ids, names and addresses, as a sync would."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mappings.cells import as_text
from mappings.pointing import Index
from placebridge.guessing.columns import Column, Sheet

SEPARATORS = (";", "|", "/", "\n", ",")
SEVERAL = (" ids", "attendees", "participants", "contacts", "invitees", "companies")
"""Ends of headers whose cells may hold several, though those looked at hold one each."""
SURE, POSSIBLE = 0.8, 0.3
_LOOKED_AT = 2000


@dataclass(frozen=True)
class Pointing:
    """A way of reading a column as a reference, and the share of its values that finds something."""

    column: Column
    match: str
    split: str
    share: float
    several: float = 0.0
    """The share that fits two or more, which a sync leaves open."""

    @property
    def open_ones(self) -> str:
        """A word of warning where names fit several."""
        return f"; {self.several:.0%} fit two or more and are left open" if self.several >= 0.005 else ""

    @property
    def options(self) -> dict[str, object]:
        options: dict[str, object] = {} if self.match == "id" else {"match": self.match}
        return options | ({"split": self.split} if self.split else {})


def index_of(
    entity: str, sheet: Sheet, ids: list[Column], fields: dict[str, Column], start: int = 0
) -> list[tuple[int, str, dict[str, object]]]:
    """A table's rows as the index of a sync takes them: number, source_id and the fields that may be pointed at."""
    wanted = {name: column for name, column in fields.items() if name in {"name", "first_name", "last_name", "email", "company_number"}}
    rows = []
    for row in range(sheet.rows):
        parts = [column.at(row) for column in ids]
        if any(parts):
            said: dict[str, object] = {name: as_text(column.cells[row]) for name, column in wanted.items()}
            rows.append((start + row, "|".join(parts), said))
    return rows


def best_pointing(columns: Iterable[Column], index: Index, matches: tuple[str, ...]) -> Pointing | None:
    """The column and the way of reading it that finds most; of equals the earlier column, and an id before a name."""
    found = [way for column in columns if (way := pointing_of(column, index, matches))]
    return max(found, key=lambda way: (way.share >= SURE, way.match == "id" and way.share >= SURE, round(way.share, 1)), default=None)


def pointing_of(column: Column, index: Index, matches: tuple[str, ...]) -> Pointing | None:
    """How one column points; None where none of its cells finds anything. Cells are read in parts only where that finds more."""
    texts = list(dict.fromkeys(column.texts))[:_LOOKED_AT]
    best: Pointing | None = None
    for split in ("", *(separator for separator in SEPARATORS if any(separator in text for text in texts))):
        for match in matches:
            share, several = _shares(texts, index, match, split)
            if share > (best.share + 0.001 if best else 0):
                best = Pointing(column, match, split, share, several)
    if best and not best.split and column.plain.endswith(SEVERAL):
        return replace(best, split=";")
    return best


def _shares(texts: list[str], index: Index, match: str, split: str) -> tuple[float, float]:
    """The share of the cells that find something, and of those in which a name fits several."""
    if not texts:
        return 0.0, 0.0
    found = [index.find([match, text, split]) for text in texts]
    return sum(bool(one.ids or one.several) for one in found) / len(texts), sum(bool(one.several) for one in found) / len(texts)
