"""Where a walk through pages stands; a cursor holds it between two runs."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

TAIL = 3
"""Rows at the end of a page by which the next one is known to follow."""


@dataclass(frozen=True)
class Place:
    """After a page; `written` makes it JSON-safe."""

    done: int = 0
    """Rows passed."""
    number: int | None = None
    """by: page. The last one read."""
    url: str | None = None
    cursor: str | None = None
    tail: tuple[str, ...] = ()
    """The marks of the last rows."""
    same: str = ""
    """Stands for the marks of the last page's rows."""
    longest: int = 0
    """Rows of the longest page: a service may give fewer than it is asked for."""
    restarts: int = 0
    least: int | None = None
    """The smallest total that was told."""
    trusted: bool = True

    def written(self) -> dict[str, Any]:
        """Only what says something."""
        plain = vars(Place())
        return {name: list(value) if name == "tail" else value for name, value in vars(self).items() if value != plain[name]}

    @classmethod
    def read(cls, found: Any) -> "Place":
        """Raises TypeError or ValueError for what was not written here."""
        if not isinstance(found, dict) or not isinstance(found.get("done", 0), int) or not isinstance(found.get("tail", []), list):
            raise ValueError("no place")
        return cls(**{**found, "tail": tuple(found.get("tail", ()))})

    def told(self, total: int | None) -> "Place":
        """The same, having heard a total."""
        totals = [one for one in (self.least, total) if one is not None]
        return replace(self, least=min(totals, default=None))

    def after(self, marks: list[str], done: int, number: int | None = None) -> "Place":
        """After a page of rows with these marks, `done` rows in all. An empty page leaves the tail as it is."""
        tail, same = (tuple(marks[-TAIL:]), alike(marks)) if marks else (self.tail, self.same)
        return replace(self, done=done, number=number, tail=tail, same=same, longest=max(self.longest, len(marks)))


@dataclass(frozen=True)
class Got:
    """One page."""

    items: list[Any]
    place: Place
    total: int | None
    last: bool = False
    notes: list[str] = field(default_factory=list)


def alike(marks: list[str]) -> str:
    """A short text that is equal for equal marks."""
    return hashlib.blake2b("\0".join(marks).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def last_known(marks: list[str], tail: tuple[str, ...]) -> int | None:
    """The position of the last row of `tail` that is still there; what follows it was not read yet."""
    for mark in reversed(tail):
        if mark in marks:
            return len(marks) - 1 - marks[::-1].index(mark)
    return None
