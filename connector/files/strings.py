"""A workbook's shared strings, read only as far as they are asked for and kept as compactly as their bytes."""

import html
import re
from array import array
from collections.abc import Iterator
from xml.etree import ElementTree

from connector.files.cells import text
from connector.files.pieces import Damaged, Pieces, local_name

PLAIN = re.compile(rb'\s*((?:<si\s*/>\s*)*)<si>\s*<t(?: xml:space="preserve")?>([^<]*)</t>\s*')
EMPTY = re.compile(rb"<(?:\w+:)?si\s*/>")
MEMORY_LIMIT = 512 << 20


class Strings:
    """The table that cells of type `s` point into. Memory is the strings' own bytes and eight more for each."""

    def __init__(self, pieces: Pieces | None) -> None:
        self._pieces = pieces
        self._coming: Iterator[bytes] = iter(pieces or ())
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def __call__(self, index: int) -> str:
        while index >= len(self._ends) - 1:
            self._load()
        if index < 0:
            raise Damaged("a negative string number")
        return text(bytes(self._bytes[self._ends[index] : self._ends[index + 1]]))

    def _load(self) -> None:
        piece = next(self._coming, None)
        if piece is None or self._pieces is None:
            raise Damaged("a string that is not there")
        plain = PLAIN.fullmatch(piece)
        empties = EMPTY.findall(plain[1] if plain else piece)
        self._ends.extend([len(self._bytes)] * len(empties))
        if plain:
            self._add(plain[2])
        elif not self._pieces.at_end:
            self._add(html.escape(_joined(self._pieces.element(EMPTY.sub(b"", piece))), quote=False).encode())

    def _add(self, escaped: bytes) -> None:
        self._bytes += escaped
        self._ends.append(len(self._bytes))
        if len(self._bytes) > MEMORY_LIMIT:
            raise MemoryError


def _joined(item: ElementTree.Element) -> str:
    """The runs of a rich text, without its phonetic reading."""
    runs = [item, *(run for run in item if local_name(run) == "r")]
    return "".join(part.text or "" for run in runs for part in run if local_name(part) == "t")
