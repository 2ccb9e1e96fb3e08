"""Page after page: by what the service gives (links, cursors), or by position, which needs care (`positions`)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from connector.contract import StopEntity
from connector.http import Answer, Call, Door, WrongShape, linked, pages
from connector.rest.answers import found_in, items_of, more_of, total_of
from connector.rest.columns import MISSING, kind
from connector.rest.links import next_link
from connector.rest.place import Got, Place
from connector.rest.plan import Ask
from connector.rest.positions import Numbers, Offsets
from connector.rest.template import Filling

Marks = Callable[[list[Any]], list[str]]


def walk(door: Door, ask: Ask, filling: Filling, marks: Marks, place: Place) -> Iterator[Got]:
    """Pages from a place on; the last one says so. `marks` gives what each row is known by. Raises ConnectorError."""
    match ask.paging.by:
        case "offset":
            return Offsets(door, ask, filling, marks).walk(place)
        case "page":
            return Numbers(door, ask, filling, marks).walk(place)
    return _Given(ask, filling, place).walk(door)


class _Given:
    """Next links and cursors, which are the service's to keep right; and a single answer."""

    def __init__(self, ask: Ask, filling: Filling, place: Place) -> None:
        self._ask, self._filling, self._place = ask, filling, place
        self._onward: Call | None = None

    def walk(self, door: Door) -> Iterator[Got]:
        return map(self._got, pages(door, self._call(self._place), self._following))

    def _got(self, answer: Answer) -> Got:
        items, total = items_of(self._ask, answer), total_of(self._ask, answer)
        self._place = replace(self._place, done=self._place.done + len(items)).told(total)
        if self._onward is None:
            return self._ended(items, self._place, total)
        by_cursor = self._ask.paging.by == "cursor"
        further = {"cursor": self._cursor(answer)} if by_cursor else {"url": self._onward.url}
        self._place = replace(self._place, **further)
        return Got(items, self._place, total)

    def _call(self, place: Place) -> Call:
        call = self._ask.call({**self._filling, "cursor": place.cursor})
        return replace(call, url=place.url, params=()) if place.url else call

    def _following(self, answer: Answer) -> Call | None:
        """The request for the next page, which `_got` looks at too."""
        self._onward = self._next_call(answer)
        return self._onward

    def _next_call(self, answer: Answer) -> Call | None:
        if self._ask.paging.by == "cursor":
            cursor = self._cursor(answer)
            return None if cursor is None else self._ask.call({**self._filling, "cursor": cursor})
        link = self._link(answer)
        return linked(self._ask.call(self._filling), answer, link) if link else None

    def _link(self, answer: Answer) -> str | None:
        if self._ask.paging.by == "link":
            return next_link(answer.headers)
        return self._told(answer, str) if self._ask.paging.by == "next" else None

    def _cursor(self, answer: Answer) -> str | None:
        found = None if more_of(self._ask, answer) is False else self._told(answer, (str, int))
        return None if found is None else str(found)

    def _told(self, answer: Answer, kinds: type | tuple[type, ...]) -> Any:
        """What stands at the path that the YAML names; None for nothing, an empty text and no."""
        path = self._ask.paging.at
        found = found_in(answer.data, path) if path else None
        if found is MISSING or found in (None, "", False):
            return None
        if not isinstance(found, kinds) or isinstance(found, bool):
            raise WrongShape(path.text if path else "", f"is {kind(found)} and not a text")
        return found

    def _ended(self, items: list[Any], place: Place, total: int | None) -> Got:
        if self._ask.paging.by == "none" and total is not None and total > place.done:
            words = f"the answer holds {place.done} of {total} rows; write under connector.paging how one page follows another"
            raise StopEntity(f"{self._ask.what}: {words}")
        return ended(self._ask.what, items, place, total)


def ended(what: str, items: list[Any], place: Place, total: int | None) -> Got:
    """The last page. A read that came to fewer rows than there were all the time is not trusted."""
    if place.least is None or place.done >= place.least:
        return Got(items, place, total, last=True)
    words = f"{what}: the service counts {place.least} rows and gives {place.done}, so what it left out is not taken for gone"
    return Got(items, replace(place, trusted=False), total, last=True, notes=[words])
