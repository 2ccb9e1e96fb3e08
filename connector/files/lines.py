"""The lines of a text file, with those of the current record at hand in case it has to be mended."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import TextIO

LINE_LIMIT = 4 << 20
"""Characters of a line that are held at once; a longer one comes in pieces."""


class LongLine(Exception):
    """A line is longer than is good for memory; its first piece is the last one held."""


class Lines:
    """Gives a csv reader its lines. `held` are those since it was last cleared: the lines of the record being read."""

    def __init__(self, stream: TextIO, nuls: bool = False) -> None:
        self._source: Iterator[str] = iter(partial(stream.readline, LINE_LIMIT), "")
        if nuls:
            self._source = (line.replace("\0", "") or "\n" for line in self._source)
        self.held: list[str] = []

    def __iter__(self) -> Iterator[str]:
        hold = self.held.append
        for line in self._source:
            hold(line)
            if len(line) >= LINE_LIMIT and not ends(line):
                raise LongLine
            yield line

    def again(self, lines: Iterable[str]) -> None:
        """These lines come once more before the rest."""
        self._source = chain(list(lines), self._source)

    def pass_over(self) -> tuple[int, bool]:
        """Leaves the rest of a giant record unread, by the parity of its quotes: the lines it took, and whether its quotes were closed."""
        quotes = sum(line.count('"') for line in self.held)
        lines = sum(1 for line in self.held if ends(line))
        if quotes % 2 == 0 and ends(self.held[-1]):
            return lines, True
        for line in self._source:
            quotes += line.count('"')
            if ends(line):
                lines += 1
                if quotes % 2 == 0:
                    return lines, True
        return lines + 1, quotes % 2 == 0


def ends(line: str) -> bool:
    """The line is whole, not a piece."""
    return line.endswith(("\n", "\r"))
