"""What of a table's rows is data: empty rows, repeated headers, totals lines and rows with stray cells are sorted out here."""

import re
from collections.abc import Callable, Sequence
from operator import itemgetter

from connector.contract import Row, Skipped, Value
from connector.files.header import Header, number_like, tidy

TOTALS = re.compile(
    r"\s*(?:(?:(?:grand|sub)?[ -]?totals?|count|sum)\s*:?\s*[\d.,]*|[\d.,]+\s+(?:rows?|records?|items?|entries))\s*", re.IGNORECASE
)


class Sieve:
    """Turns a record's cells into the wanted ones, or says why it is left out. Readers pass what is plainly a row by themselves
    (see `plain_first`) and hand over the rest."""

    def __init__(self, header: Header, wanted: Sequence[str]) -> None:
        self.width = len(header.cells)
        self.pick = picker(header.positions(wanted))
        self._header = _without_tail([tidy(cell) for cell in header.cells])
        first = next(filter(None, self._header), "")
        self._firsts = {*header.cells[:1], first, "\ufeff" + first}
        self.skipped: list[Skipped] = []
        self.repeats = self.totals = self.errors = 0

    def plain_first(self, first: str) -> bool:
        """A record whose first cell is this can be no header, totals line or empty row."""
        return bool(first) and not first.isspace() and first not in self._firsts and TOTALS.fullmatch(first) is None

    def row(self, cells: Sequence[Value]) -> Row | None:
        """The wanted cells, padded with None; None for a record that is no data. Cells beyond the header are not looked at."""
        filled = [cell for cell in cells if cell is not None and not (isinstance(cell, str) and not cell.strip())]
        if not filled:
            return None
        if self._repeats_header(cells):
            self.repeats += 1
            return None
        if self._is_totals(filled):
            self.totals += 1
            return None
        return self.pick([*cells, *[None] * (self.width - len(cells))])

    def skip(self, where: str, reason: str) -> None:
        self.skipped.append(Skipped(where, reason))

    def taken_skipped(self) -> list[Skipped]:
        """The rows skipped since this was last asked."""
        taken, self.skipped = self.skipped, []
        return taken

    def notes(self, name: str) -> list[str]:
        """What was left out of the whole table, with counts."""
        counts = [
            (self.repeats, "row that repeats the header was left out", "rows that repeat the header were left out"),
            (self.totals, "totals line was left out", "totals lines were left out"),
            (
                self.errors,
                "cell holds an error such as #N/A and is read as empty",
                "cells hold an error such as #N/A and are read as empty",
            ),
        ]
        return [f"{name}: {count} {one if count == 1 else many}" for count, one, many in counts if count]

    def _repeats_header(self, cells: Sequence[Value]) -> bool:
        return _without_tail([tidy(cell) if isinstance(cell, str) else str(cell or "") for cell in cells]) == self._header

    def _is_totals(self, filled: Sequence[Value]) -> bool:
        first, rest = filled[0], filled[1:]
        if not isinstance(first, str) or TOTALS.fullmatch(first) is None:
            return False
        if self.width == 1 and not any(letter.isdigit() for letter in first):
            return False
        return all(number_like(cell) if isinstance(cell, str) else not isinstance(cell, bool) for cell in rest)


def _without_tail(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def picker(positions: Sequence[int]) -> Callable[[Sequence[Value]], Row]:
    """`itemgetter` that always answers with a tuple."""
    if not positions:
        return lambda _cells: ()
    if len(positions) == 1:
        only = positions[0]
        return lambda cells: (cells[only],)
    return itemgetter(*positions)
