"""Where a table's header is and which of its columns are wanted."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

HEADER_WITHIN = 20
LISTED = 40
NUMBER_LIKE = re.compile(r"[\s(£$€+-]*\d[\d\s.,:/-]*%?\)?\s*(?:[ap]m)?", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """A header row as far as it answers to the wanted columns."""

    index: int
    """How many records stand above it."""
    cells: tuple[str, ...]
    found: dict[str, int]
    unclear: dict[str, list[str]] = field(default_factory=dict)
    """Wanted columns that fit several headers, none exactly."""

    def positions(self, wanted: Iterable[str]) -> tuple[int, ...]:
        return tuple(self.found[column] for column in wanted)

    def whole(self) -> "Header":
        """The same header with every column wanted that has a name."""
        names = {name: position for position, name in reversed(list(enumerate(reachable(self.cells)))) if name}
        return replace(self, found=dict(sorted(names.items(), key=itemgetter(1))))

    def notes(self, name: str) -> list[str]:
        """One line for every wanted column that stands there more than once."""
        reached = reachable(self.cells)
        return [
            f"{name}: {_times(self.cells, position)} columns are called {reached[position]}; the first is read "
            f"(write '{reached[position]} (2)' for the second)"
            for position in dict.fromkeys(self.found.values())
            if _times(self.cells, position) > 1 and reached[position] == tidy(self.cells[position])
        ]


def tidy(text: str) -> str:
    """A header without byte order mark, outer spaces and doubled inner ones."""
    return " ".join(text.replace("\ufeff", "").split())


def reachable(cells: Sequence[str]) -> list[str]:
    """The name under which a field map reaches each column: the second `Status` is `Status (2)`."""
    tidied = [tidy(cell) for cell in cells]
    taken, names = set(tidied), []
    for position, name in enumerate(tidied):
        if name and name in tidied[:position]:
            number = 2 + tidied[:position].count(name) - 1
            while f"{name} ({number})" in taken:
                number += 1
            name = f"{name} ({number})"  # noqa: PLW2901
            taken.add(name)
        names.append(name)
    return names


def look(rows: Iterable[Sequence[str]], wanted: Sequence[str]) -> Header:
    """The first row that holds all wanted columns, else the one that holds most of them (else the fullest).
    With none wanted: the first full row that looks like a header."""
    if not wanted:
        return _likeliest([tuple(row) for row in rows])
    best, best_score = Header(0, (), {}), (-1, -1)
    for index, row in enumerate(rows):
        header = _match(index, tuple(row), wanted)
        filled = sum(1 for cell in row if tidy(cell))
        if filled and len(header.found) == len(wanted):
            return header
        if (len(header.found), filled) > best_score:
            best, best_score = header, (len(header.found), filled)
    return best


def complaint(name: str, header: Header, wanted: Sequence[str]) -> str:
    """What is wrong with a header that lacks wanted columns; every one of them is named."""
    lacking = [column for column in wanted if column not in header.found]
    names = [column for column in reachable(header.cells) if column]
    near = {column: _nearest(column, names) for column in lacking}
    parts = [
        f"{'it' if number else name} {_lack(column, near[column], header.unclear.get(column))}" for number, column in enumerate(lacking)
    ]
    # Where nothing fits, the row may be somebody's data and not a header: it is not shown then.
    if not header.found and not header.unclear and not any(near.values()) and not _header_like(header.cells):
        return f"{'; '.join(parts)}; is its header line missing? The header must be in the first {HEADER_WITHIN} rows"
    return f"{_sentences(parts)} Its columns are: {_listing(names)}"


def number_like(text: str) -> bool:
    """A number, an amount, a share, a date or a time, as people write them."""
    return NUMBER_LIKE.fullmatch(text) is not None


def _likeliest(rows: list[tuple[str, ...]]) -> Header:
    filled = [sum(1 for cell in row if tidy(cell)) for row in rows]
    full = [index for index, count in enumerate(filled) if count and count >= 0.8 * max(filled)]
    index = next((index for index in full if _header_like(rows[index])), full[0] if full else 0)
    return Header(index, rows[index] if rows else (), {})


def _match(index: int, cells: tuple[str, ...], wanted: Sequence[str]) -> Header:
    names = reachable(cells)
    found: dict[str, int] = {}
    unclear: dict[str, list[str]] = {}
    for column in wanted:
        spot = _exactly(column, cells, names)
        if spot is None:
            alike = [position for position, name in enumerate(names) if name and name.casefold() == tidy(column).casefold()]
            if len(alike) > 1:
                unclear[column] = [names[position] for position in alike]
            spot = alike[0] if len(alike) == 1 else None
        if spot is not None:
            found[column] = spot
    return Header(index, cells, found, unclear)


def _exactly(column: str, cells: Sequence[str], names: Sequence[str]) -> int | None:
    for candidates in (cells, names):
        if column and column in candidates:
            return candidates.index(column)
    return None


def _times(cells: Sequence[str], position: int) -> int:
    return [tidy(cell) for cell in cells].count(tidy(cells[position]))


def _nearest(column: str, names: Sequence[str]) -> str | None:
    by_fold = {name.casefold(): name for name in reversed(names)}
    close = difflib.get_close_matches(tidy(column).casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def _lack(column: str, near: str | None, unclear: list[str] | None) -> str:
    if unclear:
        return f"has several columns like '{column}' ({_listing(unclear)}): write one of them exactly"
    return f"has no column '{column}'" + (f"; did you mean '{near}'?" if near else "")


def _sentences(parts: list[str]) -> str:
    """Each part a sentence; the first starts with a file's name, which keeps its case."""
    capital = [part if not number else part[0].upper() + part[1:] for number, part in enumerate(parts)]
    return " ".join(part if part.endswith("?") else f"{part}." for part in capital)


def _listing(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(f"'{name}'" for name in names[:LISTED]) + more


def _header_like(cells: Sequence[str]) -> bool:
    filled = [tidy(cell) for cell in cells if tidy(cell)]
    return bool(filled) and not any("@" in cell or number_like(cell) or len(cell) > 100 for cell in filled)
