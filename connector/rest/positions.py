"""Paging by position (an offset, a page number) through a living list, so that no row is lost.

A row deleted on a page that was read moves all later ones up, and one of them slips past the reader. So offsets overlap by some rows, which
must come again; and beside each numbered page the one before is looked at once more, and what is new on it given. Where none of the rows
expected is there, it is gone back, twice as far each time, until one is. A list that has to be begun anew too often (it has no order) is
taken as it comes, untrusted."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from typing import Any

from connector.contract import StopEntity
from connector.http import Answer, Door
from connector.http.paging import MOST_PAGES
from connector.rest.answers import items_of, more_of, total_of
from connector.rest.place import TAIL, Got, Place, alike, last_known
from connector.rest.plan import Ask
from connector.rest.template import Filling

RESTARTS = 3
PAIRS = 3
"""Times that two pages are read for one moment's sake."""


class _Positions(ABC):
    """What both ways share."""

    def __init__(self, door: Door, ask: Ask, filling: Filling, marks: Callable[[list[Any]], list[str]], place: Place) -> None:
        self._door, self._ask, self._filling, self._marks, self._place = door, ask, filling, marks, place
        self._sent = self._back = 0
        self._ended = False

    def walk(self) -> Iterator[Got]:
        """Pages from the place on."""
        return iter(self._following, None)

    def _following(self) -> Got | None:
        """The next page; None after the last."""
        if self._ended:
            return None
        while (got := self._look()) is None:
            pass
        self._place, self._back, self._ended = got.place, 0, got.last
        return got

    @abstractmethod
    def _look(self) -> Got | None:
        """What follows the place; None where that cannot be seen, and it is gone back a way."""

    def _read(self, name: str, at: int) -> tuple[Answer, list[Any], list[str]]:
        if self._sent >= MOST_PAGES:
            raise StopEntity(f"{self._ask.what}: there is no end after {MOST_PAGES} pages; raise the page size or read less")
        self._sent += 1
        answer = self._door.send(self._ask.call({**self._filling, name: at}))
        items = items_of(self._ask, answer)
        return answer, items, self._marks(items)

    def _begun_anew(self, place: Place) -> Place:
        return replace(place, restarts=place.restarts + 1, trusted=place.restarts < RESTARTS)

    def _page(self, answer: Answer, items: list[Any], place: Place, nothing_new: bool) -> Got:
        total, more = total_of(self._ask, answer), more_of(self._ask, answer)
        place = place.told(total)
        end = nothing_new or (not more if more is not None else total is not None and place.done >= total)
        short = [] if total is None or place.done >= total or not end else [self._short(place, total)]
        restless = [] if place.trusted or not end else [self._restless()]
        return Got(items, replace(place, trusted=False) if short else place, total, end, [*short, *restless])

    def _short(self, place: Place, total: int) -> str:
        return f"{self._ask.what}: the service counts {total} rows and gives {place.done}, so what it left out is not taken for gone"

    def _restless(self) -> str:
        words = "rows do not come in one order, so some may be missing and none is taken for gone; correct connector.order in the field map"
        return f"{self._ask.what}: {words}"

    def _refuse_standing_still(self, name: str, at: int, marks: list[str]) -> None:
        """The same rows came for two places. That may be chance, when others came or went; at a third it is none."""
        _, _, again = self._read(name, at)
        if again == marks:
            words = "the service gives the same page again and again; correct connector.paging.param, or say where the end is told"
            raise StopEntity(f"{self._ask.what}: {words} (total or paging.more)")


class Offsets(_Positions):
    """By the number of rows to leave out."""

    def _look(self) -> Got | None:
        place = self._place
        overlap = max(0, min(TAIL, place.longest - 1)) if place.trusted else 0
        start = max(0, place.done - overlap - self._back)
        answer, items, marks = self._read("offset", start)
        if alike(marks) == place.same and start + len(marks) > place.done:
            self._refuse_standing_still("offset", start + len(marks), marks)
        known = last_known(marks, place.tail)
        if known is None and overlap and start > 0:
            self._back = self._back * 2 or self._ask.paging.size
            return None
        if known is None and overlap:
            place = self._begun_anew(place)
        nothing_new = not items or (known == len(items) - 1 and len(items) <= overlap)
        fresh = _fresh(items, marks, known if overlap else None, place.tail)
        return self._page(answer, fresh, place.after(marks, start + len(items)), nothing_new)


class Numbers(_Positions):
    """By the page's number."""

    _seen: frozenset[str] = frozenset()
    """The marks of the pages that were looked at last. In a read that goes on nothing is known of them."""

    def _look(self) -> Got | None:
        place = self._place
        got = self._first(place) if place.number is None else self._next(place, place.number)
        if got is None:
            self._back = self._back * 2 or 1
            self._place = self._gone_back(place, self._back)
        return got

    def _first(self, place: Place) -> Got:
        number = self._ask.paging.first
        answer, items, marks = self._read("page", number)
        self._seen = frozenset(marks)
        return self._page(answer, items, place.after(marks, len(items), number), not items)

    def _next(self, place: Place, number: int) -> Got | None:
        """The page after `number`, with what slipped from it to the one before; None where it cannot be seen that it follows."""
        if not place.trusted:
            return self._unproved(place, number)
        answer, items, marks, before, before_marks = self._pair(number, place.longest)
        if marks and marks == before_marks:
            self._refuse_standing_still("page", number + 1, marks)
            return None
        both, both_marks = [*before, *items], [*before_marks, *marks]
        known = last_known(both_marks, place.tail)
        if known is None and place.tail:
            return None
        done = (number + 1 - self._ask.paging.first) * len(before) + len(items)
        fresh = _fresh(both, both_marks, known, self._seen or both_marks)
        self._seen = frozenset(both_marks)
        # Rows may have come back between the two requests: then the empty page was not the end.
        after = place.after(marks or before_marks, done, number + 1 if items else number)
        return self._page(answer, fresh, after, not items and not fresh)

    def _unproved(self, place: Place, number: int) -> Got:
        answer, items, marks = self._read("page", number + 1)
        if alike(marks) == place.same:
            self._refuse_standing_still("page", number + 2, marks)
        return self._page(answer, items, place.after(marks, place.done + len(items), number + 1), not items)

    def _pair(self, number: int, longest: int) -> tuple[Answer, list[Any], list[str], list[Any], list[str]]:
        """The page after `number` and then that one, as of one moment as far as can be told: one row that goes before the first request
        and one that comes before the second could hide each other. The totals tell it, or, at the end, that there is nothing still."""
        for _ in range(PAIRS):
            answer, items, marks = self._read("page", number + 1)
            other, before, before_marks = self._read("page", number)
            told = total_of(self._ask, answer)
            if told == total_of(self._ask, other) and (items or told is not None or self._ends(number, before, longest)):
                break
        return answer, items, marks, before, before_marks

    def _ends(self, number: int, page: list[Any], longest: int) -> bool:
        """Whether nothing comes after a page: it is shorter than others, or what comes after it is still empty."""
        return len(page) < longest or not self._read("page", number + 1)[1]

    def _gone_back(self, place: Place, back: int) -> Place:
        number = (place.number or 0) - back
        return replace(place, number=number) if number >= self._ask.paging.first else replace(self._begun_anew(place), number=None, tail=())


def _fresh(items: list[Any], marks: list[str], known: int | None, seen: Container[str]) -> list[Any]:
    """What was not given yet: the rows behind the last known one, and of those before it any that was not seen."""
    passed = 0 if known is None else known + 1
    slipped = [item for item, mark in zip(items[:passed], marks, strict=False) if mark not in seen]
    return [*slipped, *items[passed:]]
