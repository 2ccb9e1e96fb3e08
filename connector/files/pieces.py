"""A large XML part cut at an end tag, so that it need never be held whole: most pieces are simple enough for a pattern, and
`element` parses those that are not."""

import re
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree

BLOCK = 1 << 18
PIECE_LIMIT = 32 << 20


class Damaged(Exception):
    """The workbook is not as a workbook must be."""


class Pieces:
    """The pieces of a part from its `container` tag on, each ending where `</item>` stood.
    Where self-closed items mean something (`empties`), what follows the last full one comes last."""

    def __init__(self, stream: IO[bytes], container: str, item: str, empties: bool) -> None:
        self._stream, self._empties = stream, empties
        self.prefix = b""
        head, self._rest = self._head(re.compile(rb"<((?:\w+:)?)%s\b[^>]*>" % container.encode()))
        root = re.search(rb"<(?!\?|!)[^>]*>", head)
        self._open = root[0] if root else b"<r>"
        self._close = b"</" + re.split(rb"[\s>/]", self._open[1:], maxsplit=1)[0] + b">"
        self._end = b"</" + self.prefix + item.encode() + b">"
        self._empty_item = re.compile(rb"<(?:\w+:)?%s\b[^>]*/>" % item.encode())
        self._full_item = re.compile(rb"<(?:\w+:)?%s\b[^>]*(?<!/)>" % item.encode())
        self.at_end = False

    def __iter__(self) -> Iterator[bytes]:
        rest = self._rest
        while block := self._stream.read(BLOCK):
            *whole, rest = (rest + block).split(self._end)
            yield from whole
            if len(rest) > BLOCK and not self._empties:
                rest = self._empty_item.sub(b"", rest)  # a sheet may end in a million rows that are formatted but empty
            if len(rest) > PIECE_LIMIT:
                raise MemoryError
        *whole, rest = rest.split(self._end)
        yield from whole
        self.at_end = True
        if self._full_item.search(rest):
            raise Damaged("an item without its end")
        if self._empties:
            yield rest

    def element(self, piece: bytes) -> ElementTree.Element:
        """A piece parsed as XML, with the namespaces of the part."""
        return ElementTree.fromstring(self._open + piece + self._end + self._close)[-1]  # noqa: S314 the prolog, and any DTD, is not in it

    def _head(self, container: re.Pattern[bytes]) -> tuple[bytes, bytes]:
        head = b""
        while (found := container.search(head)) is None:
            block = self._stream.read(BLOCK)
            if not block or len(head) > PIECE_LIMIT:
                raise Damaged("no data in it")
            head += block
        if re.search(rb'encoding=["\'](?!utf-8|us-ascii)', head[:200], re.IGNORECASE):
            raise Damaged("another encoding than UTF-8")
        self.prefix = found[1]
        return head[: found.end()], head[found.end() :]


def local_name(element: ElementTree.Element) -> str:
    """The tag without its namespace."""
    return element.tag.rpartition("}")[2]
