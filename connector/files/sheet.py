"""One worksheet's rows, streamed. Cells written as every common program writes them are read by one pattern; a row that holds
anything else is parsed as XML."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO
from xml.etree import ElementTree

from connector.contract import Row, Value
from connector.files.cells import Cells
from connector.files.header import Header
from connector.files.pieces import Damaged, Pieces, local_name
from connector.files.sieve import Sieve, picker

Cell = tuple[bytes, bytes, bytes, bytes]
"""Column letters, attributes, the content of <v>, the content of <is>."""

CELL = re.compile(
    rb'<c r="([A-Z]{1,3})[0-9]+"((?: [a-z]+="[^"<>]*")*) ?'
    rb"(?:/>|></c>|>(?:<f[^<>]*(?:/>|>[^<]*</f>))?(?:<v>([^<]*)</v>|<v/>)?"
    rb'(?:<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
)
LAST_COLUMN = 16_384


class Sheet:
    """Read it in order, a page at a time; `row` says how many records after the header have gone by."""

    def __init__(
        self, name: str, pieces: Pieces, stream: IO[bytes], size: int, cells: Cells, header: Header, wanted: Sequence[str]
    ) -> None:
        self.name = name
        self.sieve = Sieve(header, wanted)
        self.row, self.ended = 0, False
        self._stream, self._size, self._cells = stream, size, cells
        self._pieces = pieces
        positions = header.positions(wanted)
        unique = list(dict.fromkeys(positions))
        self._spots = {letters(position): spot for spot, position in enumerate(unique)}
        self._order = picker([unique.index(position) for position in positions])
        self._records = filled(pieces)
        for _ in islice(self._records, header.index + 1):
            pass

    @property
    def share(self) -> float:
        """How much of the sheet is read, from 0 to 1."""
        return min(1.0, self._stream.tell() / self._size) if self._size else 1.0

    def close(self) -> None:
        self._stream.close()

    def read(self, records: int) -> list[Row]:
        """The rows among the next so many records."""
        rows: list[Row] = []
        count = 0
        for piece in islice(self._records, records):
            count += 1
            row = self._row(piece)
            if row is not None:
                rows.append(row)
        self.row += count
        self.ended = count < records
        self.sieve.errors = self._cells.errors
        return rows

    def _row(self, piece: bytes) -> Row | None:
        cells = split(self._pieces, piece)
        values: list[Value] = [None] * len(self._spots)
        convert, spots = self._cells.convert, self._spots
        for column, attributes, content, inline in cells:
            spot = spots.get(column)
            if spot is not None:
                values[spot] = convert(attributes, content or inline)
        first = self._first(cells)
        if any(values) and (not isinstance(first, str) or self.sieve.plain_first(first)):
            return self._order(values)
        return self._odd(cells)

    def _first(self, cells: Sequence[Cell]) -> Value:
        """The first cell that holds anything, if it is text."""
        for _column, attributes, content, inline in cells:
            if content or inline:
                return None if b't="' not in attributes else self._quietly(attributes, content or inline)
        return ""

    def _odd(self, cells: Sequence[Cell]) -> Row | None:
        errors = self._cells.errors
        row = self.sieve.row(dense(cells, self._cells)[: self.sieve.width])
        self._cells.errors = errors
        return row

    def _quietly(self, attributes: bytes, content: bytes) -> Value:
        """Converts a cell that is converted elsewhere too, without counting its error again."""
        errors = self._cells.errors
        value = self._cells.convert(attributes, content)
        self._cells.errors = errors
        return value


def filled(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The rows that hold anything: an empty formatted cell has no content, hence no end tag of one."""
    for piece in pieces:
        if b"v>" in piece or b"is>" in piece:
            yield piece


def heads(pieces: Pieces, cells: Cells, count: int) -> list[list[str]]:
    """The first so many rows that hold anything, as text."""
    rows = islice(filled(pieces), count)
    return [["" if value is None else str(value) for value in dense(split(pieces, piece), cells)] for piece in rows]


def split(pieces: Pieces, piece: bytes) -> Sequence[Cell]:
    """The cells of a row."""
    if not pieces.prefix:
        cells: list[Cell] = CELL.findall(piece)
        if len(cells) == piece.count(b"<c"):
            return cells
    return list(_parsed(pieces.element(piece)))


def dense(cells: Iterable[Cell], converter: Cells) -> list[Value]:
    """All values of a row, empty ones included."""
    values: list[Value] = []
    for column, attributes, content, inline in cells:
        position = _position(column)
        values.extend([None] * (position + 1 - len(values)))
        values[position] = converter.convert(attributes, content or inline)
    return values


def letters(position: int) -> bytes:
    """0 -> A, 26 -> AA."""
    name, number = b"", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = bytes([65 + rest]) + name
    return name


def _position(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    if number > LAST_COLUMN:
        raise Damaged("a column beyond the last")
    return number - 1


def _parsed(row: ElementTree.Element) -> Iterator[Cell]:
    """The cells of a row in any spelling that XML allows; one that does not say where it is follows the one before."""
    position = -1
    for cell in row:
        if local_name(cell) != "c":
            continue
        column = cell.get("r", "").rstrip("0123456789").encode()
        position = _position(column) if column else position + 1
        attributes = "".join(f' {key}="{value}"' for key, value in cell.attrib.items() if key in ("t", "s"))
        parts = {local_name(part): part for part in cell}
        content = _escaped(parts["v"].text or "") if "v" in parts else b""
        inline = _escaped("".join(_texts(parts["is"]))) if "is" in parts else b""
        yield letters(position), attributes.encode(), content, inline


def _texts(item: ElementTree.Element) -> Iterator[str]:
    for part in item:
        if local_name(part) == "t":
            yield part.text or ""
        elif local_name(part) == "r":
            yield from _texts(part)


def _escaped(shown: str) -> bytes:
    return shown.replace("&", "&amp;").replace("<", "&lt;").encode()
