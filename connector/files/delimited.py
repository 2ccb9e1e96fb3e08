"""CSV and TSV: the dialect from the header, rows at the speed of `csv.reader`, broken quotes mended or named."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

from connector.contract import Row, StopEntity
from connector.files.folder import os_faults
from connector.files.header import HEADER_WITHIN, Header, complaint, look
from connector.files.lines import Lines, LongLine
from connector.files.sieve import Sieve
from connector.files.sniffing import Encoding, encoding

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
NO_DELIMITER = "\x1f"
"""For a table of one column: its texts may hold any of the others."""
SEP_LINE = re.compile(r'"?sep=([^\w\s"]|\t)', re.IGNORECASE)
HEAD_CHARS = 1 << 20
CELL_LIMIT = 1 << 20
BROKEN_LIMIT = 100


@dataclass(frozen=True)
class Dialect:
    """How a text file is to be read."""

    encoding: Encoding
    delimiter: str
    header: Header
    spaced: bool = False
    """A space stands between delimiter and quote."""

    @property
    def words(self) -> str:
        return (
            f"{self.encoding.words}, {DELIMITERS.get(self.delimiter, 'one column' if self.delimiter == NO_DELIMITER else self.delimiter)}"
        )


def dialect(path: Path, name: str, wanted: Sequence[str]) -> Dialect:
    """Encoding, delimiter and header; raises StopEntity where a wanted column is missing. With none wanted the widest header is it."""
    told = encoding(path, name)
    with os_faults(name), opened(path, told) as stream:
        head = stream.read(HEAD_CHARS).replace("\0", "")
    if not head.strip():
        raise StopEntity(f"{name} is empty, not even a header; export it again")
    sep = SEP_LINE.match(head)
    guesses = [_guess(head, delimiter, told, wanted) for delimiter in ([sep[1]] if sep else DELIMITERS)]
    best = max(guesses, key=lambda guess: (len(guess.header.found), len(guess.header.cells)))
    if len(best.header.found) < len(wanted):
        raise StopEntity(complaint(name, best.header, wanted))
    return best


def opened(path: Path, told: Encoding) -> TextIOWrapper:
    """A text stream behind the byte order mark."""
    raw = path.open("rb")
    raw.seek(told.skip)
    return TextIOWrapper(raw, encoding=told.codec, newline="")


class Delimited:
    """One text file's rows. Read it in order, a page at a time; `row` says how many records after the header have gone by."""

    def __init__(self, path: Path, name: str, told: Dialect, wanted: Sequence[str]) -> None:
        self.name, self._told = name, told
        self.sieve = Sieve(told.header, wanted)
        self.row, self.ended = 0, False
        self._broken = self._mended_to = self._base = 0
        csv.field_size_limit(CELL_LIMIT)
        with os_faults(name):
            self._stream = opened(path, told.encoding)
        self._lines = Lines(self._stream, told.encoding.nuls)
        self._restart(self._past_header())

    @property
    def done(self) -> int:
        """Bytes read so far, to the next block."""
        buffer: Any = self._stream.buffer
        return int(buffer.tell())

    def close(self) -> None:
        self._stream.close()

    def read(self, records: int) -> list[Row]:
        """The rows among the next so many records."""
        rows: list[Row] = []
        end = self.row + records
        while self.row < end and not self.ended:
            try:
                with os_faults(self.name):
                    self._read(rows, end - self.row)
            except csv.Error as fault:
                self.row += 1
                self._mend(rows, fault)
            except LongLine:
                self.row += 1
                self._pass_over_giant(uncounted=1)
        return rows

    def _past_header(self) -> int:
        """Leaves the header and what stands above it behind; answers with the count of their lines."""
        reader = csv.reader(self._lines, delimiter=self._told.delimiter, skipinitialspace=self._told.spaced)
        try:
            for _ in islice(reader, self._told.header.index + 1):
                self._lines.held.clear()
        except (csv.Error, LongLine) as fault:
            raise StopEntity(f"{self.name}: its first rows are no table; remove what stands above the header") from fault
        return reader.line_num

    def _read(self, rows: list[Row], records: int) -> None:
        """The inner loop: everything here is paid for every row."""
        pick, plain_first, width = self.sieve.pick, self.sieve.plain_first, self.sieve.width
        append, clear = rows.append, self._lines.held.clear
        count = 0
        try:
            for cells in islice(self._reader, records):
                count += 1
                if len(cells) == width and plain_first(cells[0]):
                    append(pick(cells))
                else:
                    self._odd(rows, cells)
                clear()
        finally:
            self.row += count
        self.ended = count < records

    def _odd(self, rows: list[Row], cells: list[str]) -> None:
        sieve, extra = self.sieve, len(cells) - self.sieve.width
        if cells and self._line() <= self._mended_to and extra:
            sieve.skip(self._where(), "it follows a row with a broken quote and has another number of cells than the header")
        elif extra > 0 and any(cell.strip() for cell in cells[sieve.width :]):
            sieve.skip(
                self._where(), f"it has {len(cells)} cells where the header has {sieve.width}: a stray delimiter, or a text without quotes"
            )
        elif row := sieve.row(cells):
            rows.append(row)

    def _mend(self, rows: list[Row], fault: csv.Error) -> None:
        """After a row that `csv.reader` refused: a giant cell, a quote never closed, or quotes inside a quoted text."""
        if "field limit" in str(fault):
            self._pass_over_giant()
            return
        self._broken += 1
        if self._broken > BROKEN_LIMIT:
            raise StopEntity(
                f"{self.name}: more than {BROKEN_LIMIT} rows have broken quotes, the last on line {self._line()}; export it again as CSV UTF-8"
            )
        first, *rest = self._lines.held
        cells = self._leniently(first)
        if not rest and first.count('"') % 2 == 0 and len(cells) == self.sieve.width:
            self._odd(rows, cells)
        else:
            self.sieve.skip(self._where(), "a quote opens in it that is not closed, or stands inside a quoted text without being doubled")
            self._mended_to = max(self._mended_to, self._line() + len(rest))
        self._lines.again(rest)
        self._restart(self._line())

    def _pass_over_giant(self, uncounted: int = 0) -> None:
        line = self._line() + uncounted
        where = f"{self.name} line {line}"
        lines, closed = self._lines.pass_over()
        if not closed:
            raise StopEntity(f"{where}: a quote opens in this row and is never closed; close it or export the file again")
        self.sieve.skip(where, "it holds a cell of more than a million characters")
        self._restart(line + lines - 1)

    def _leniently(self, line: str) -> list[str]:
        return next(csv.reader([line], delimiter=self._told.delimiter, skipinitialspace=self._told.spaced), [])

    def _restart(self, base: int) -> None:
        """A fresh csv reader after `base` lines of the file."""
        self._base = base
        self._lines.held.clear()
        self._reader = csv.reader(self._lines, delimiter=self._told.delimiter, skipinitialspace=self._told.spaced, strict=True)

    def _line(self) -> int:
        """Where the current record starts, provided that the csv reader got all lines held."""
        return self._base + self._reader.line_num - len(self._lines.held) + 1

    def _where(self) -> str:
        return f"{self.name} line {self._line()}"


def _guess(head: str, delimiter: str, told: Encoding, wanted: Sequence[str]) -> Dialect:
    header = look(_records(head, delimiter, False, HEADER_WITHIN), wanted)
    spaced = any(cell.startswith(' "') for cell in header.cells)
    if spaced:
        header = look(_records(head, delimiter, True, HEADER_WITHIN), wanted)
    if len(header.cells) == 1 and not any(other in header.cells[0] for other in DELIMITERS):
        delimiter = NO_DELIMITER
    return Dialect(told, delimiter, header, spaced)


def _records(head: str, delimiter: str, spaced: bool, count: int) -> list[list[str]]:
    """The first records of a text, without complaint about broken ones."""
    reader: Iterator[list[str]] = csv.reader(StringIO(head, newline=""), delimiter=delimiter, skipinitialspace=spaced)
    records: list[list[str]] = []
    try:
        records.extend(islice(reader, count))
    except csv.Error:
        return records
    return records
