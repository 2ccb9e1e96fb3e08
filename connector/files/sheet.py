"""One worksheet's rows, streamed."""

from collections.abc import Generator, Iterable, Sequence
from itertools import islice
from typing import cast

from connector.contract import Row, Value
from connector.files.cells import Fault, held
from connector.files.sieve import Sieve
from connector.files.workbook import Cells, Layout, Workbook, workbook_faults

Record = tuple[object, Cells]
"""The first value in a row, and the row."""


class Sheet:
    """Read it in order, a page at a time; `row` says how many records after the header have gone by.
    The workbook must stay open as long as it is read."""

    def __init__(self, book: Workbook, told: Layout, wanted: Sequence[str], size: int) -> None:
        self.sieve = Sieve(told.header, wanted)
        self.row, self.ended = 0, False
        self._name, self._size = told.name, size
        self._last, self._number = book.last_row(told.sheet), told.first_row
        self._positions = told.header.positions(wanted)
        self._records = self._filled(book.rows(told.sheet, told.first_row, self.sieve.width))

    @property
    def done(self) -> int:
        """About how many bytes of the file are read, as far as the sheet knows its length."""
        return round(self._size * min(1.0, self._number / self._last)) if self._last else 0

    def close(self) -> None:
        self._records.close()

    def read(self, records: int) -> list[Row]:
        """The rows among the next so many records."""
        rows: list[Row] = []
        count = 0
        with workbook_faults(self._name):
            for first, cells in islice(self._records, records):
                count += 1
                row = self._row(first, cells)
                if row is not None:
                    rows.append(row)
        self.row += count
        self.ended = count < records
        return rows

    def _filled(self, rows: Iterable[tuple[int, Cells]]) -> Generator[Record, None, None]:
        """The rows that hold anything: a sheet may end in a million that are formatted but empty."""
        for self._number, cells in rows:
            first = next((value for cell in cells if (value := cell.value) is not None and value != ""), None)
            if first is not None:
                yield first, cells

    def _row(self, first: object, cells: Cells) -> Row | None:
        if isinstance(first, str) and not self.sieve.plain_first(first):
            row = self.sieve.row([None if value is Fault.ERROR else value for value in map(held, cells)])
            if row is None:
                return None
        values = [held(cells[position]) for position in self._positions]
        return tuple(map(self._value, values)) if Fault.ERROR in values else tuple(cast(list[Value], values))

    def _value(self, value: Value | Fault) -> Value:
        if isinstance(value, Fault):
            self.sieve.errors += 1
            return None
        return value
