"""XLSX files: their sheets, and where in them the wanted columns are."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from python_calamine_plus import CalamineError
from python_calamine_plus.openpyxl import load_workbook

from connector.contract import StopEntity
from connector.files.cells import Cell, Fault, held
from connector.files.folder import os_faults
from connector.files.header import HEADER_WITHIN, Header, complaint, look
from connector.files.proving import damage, prove

Cells = tuple[Cell, ...]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Excel's own; what lies beyond them is no cell."""
COLLECTED = 1 << 20
"""Bytes of a workbook whose memory is worth reclaiming at once."""
HEAD_ROWS = 1000
"""A header further down is not looked for, however empty the rows above it are."""


@dataclass(frozen=True)
class Layout:
    """Where in a workbook the wanted columns are."""

    sheet: str
    header: Header
    first_row: int
    """The row below the header, as Excel counts."""
    name: str
    """The file, and its sheet where a source names one, for messages."""
    lacking: int
    """Wanted columns that it has not."""


@contextmanager
def workbook_faults(name: str) -> Iterator[None]:
    """Turns whatever a damaged workbook makes of its reading into one clear fault."""
    try:
        with os_faults(name):
            yield
    except MemoryError as fault:
        raise StopEntity(f"{name} holds more than fits into memory; save it as CSV UTF-8") from fault
    except BaseException as fault:
        if damage(fault) or isinstance(fault, CalamineError | LookupError | ValueError) or _is_panic(fault):
            raise StopEntity(f"{name} is a damaged workbook; open it in Excel and save it again as .xlsx") from fault
        raise


class Workbook:
    """An open workbook that has been proven. Use it as a context manager, inside `workbook_faults`.
    The reader streams the rows and speaks as openpyxl does."""

    def __init__(self, path: Path, name: str) -> None:
        self.name, self._large = name, path.stat().st_size > COLLECTED
        self._book = load_workbook(path, read_only=True, data_only=True)
        self._sheets = {sheet.title: sheet for sheet in self._book.worksheets}
        self._declared = {title: sheet.max_row for title, sheet in self._sheets.items()}
        for sheet in self._sheets.values():
            sheet.reset_dimensions()  # some programs write a wrong one

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._book.close()
        if self._large:
            # The reader's workbook and sheets refer to each other: their texts would stay until Python looks for such circles.
            del self._book, self._sheets
            gc.collect()

    @property
    def sheets(self) -> list[str]:
        """The names of the worksheets, visible ones first."""
        return sorted(self._sheets, key=lambda title: self._sheets[title].sheet_state != "visible")

    def last_row(self, sheet: str) -> int | None:
        """What the sheet says of itself; it need not be true."""
        return self._declared[sheet]

    def heads(self, sheet: str, count: int) -> dict[int, list[str]]:
        """The first rows that hold anything, as text, by their number."""
        values = self._sheets[sheet].iter_rows(max_row=HEAD_ROWS, max_col=LAST_COLUMN, values_only=True)
        widths = ((number, _width(row)) for number, row in enumerate(values, start=1))
        filled = islice(((number, width) for number, width in widths if width), count)
        return {number: self._texts(sheet, number, width) for number, width in filled}

    def rows(self, sheet: str, first: int, width: int) -> Iterator[tuple[int, Cells]]:
        """The rows from the number `first` on, each with its number, empty ones included."""
        rows: Iterator[Cells] = iter(self._sheets[sheet].iter_rows(min_row=first, max_row=LAST_ROW, max_col=width))
        return enumerate(rows, start=first)

    def _texts(self, sheet: str, number: int, width: int) -> list[str]:
        (cells,) = self._sheets[sheet].iter_rows(min_row=number, max_row=number, max_col=width)
        values = [held(cell) for cell in cells]
        return ["" if value is None or value is Fault.ERROR else str(value) for value in values]


def layout(path: Path, name: str, sheet: str | None, wanted: Sequence[str]) -> Layout:
    """The first sheet that holds the wanted columns, or the one named; raises StopEntity where there is none."""
    with workbook_faults(name):
        prove(path, name)
        with Workbook(path, name) as book:
            best = _best(_layout(book, candidate, sheet, wanted) for candidate in ([_named(book, sheet)] if sheet else book.sheets))
    if best is None or not best.header.cells:
        raise StopEntity(f"{name} is empty, not even a header; export it again")
    if best.lacking:
        raise StopEntity(complaint(best.name, best.header, wanted))
    return best


def _best(layouts: Iterable[Layout]) -> Layout | None:
    """The first that holds all wanted columns, else the first that holds most of them."""
    best: Layout | None = None
    for told in layouts:
        if told.header.cells and not told.lacking:
            return told
        if best is None or told.lacking < best.lacking:
            best = told
    return best


def _layout(book: Workbook, candidate: str, sheet: str | None, wanted: Sequence[str]) -> Layout:
    called = book.name if sheet is None and len(book.sheets) == 1 else f"{book.name}#{candidate}"
    heads = book.heads(candidate, HEADER_WITHIN)
    header = look(heads.values(), wanted)
    return Layout(candidate, header, [*heads, 0][header.index] + 1, called, len(wanted) - len(header.found))


def _named(book: Workbook, sheet: str) -> str:
    alike = [name for name in book.sheets if name == sheet] or [name for name in book.sheets if name.casefold() == sheet.strip().casefold()]
    if not alike:
        there = ", ".join(f"'{name}'" for name in book.sheets)
        raise StopEntity(f"{book.name} has no sheet '{sheet}'; its sheets are: {there}")
    return alike[0]


def _width(row: tuple[object, ...]) -> int:
    """Without the empty cells at the end, which are nearly all of them."""
    if row.count(None) == len(row):
        return 0
    return next(position for position in range(len(row), 0, -1) if row[position - 1] is not None)


def _is_panic(fault: BaseException) -> bool:
    """A fault that the reader, which is written in Rust, did not foresee; its class can only be told by its name."""
    return type(fault).__name__ == "PanicException"
