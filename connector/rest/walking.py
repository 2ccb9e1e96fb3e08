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
            return Offsets(door, ask, filling, marks, place).walk()
        case "page":
            return Numbers(door, ask, filling, marks, place).walk()
    return _Given(door, ask, filling, place).walk()


class _Given:
    """Next links and cursors, which are the service's to keep right; and a single answer."""

    def __init__(self, door: Door, ask: Ask, filling: Filling, place: Place) -> None:
        self._door, self._ask, self._filling, self._place = door, ask, filling, place
        self._further: dict[str, Any] = {}
        """Where the next page begins, as the place has it; empty behind the last."""

    def walk(self) -> Iterator[Got]:
        return map(self._got, pages(self._door, self._call(self._place), self._following))

    def _got(self, answer: Answer) -> Got:
        items, total = items_of(self._ask, answer), total_of(self._ask, answer)
        self._place = replace(self._place, done=self._place.done + len(items)).told(total)
        if not self._further:
            return self._ended(items, self._place, total)
        self._place = replace(self._place, **self._further)
        return Got(items, self._place, total)

    def _call(self, place: Place) -> Call:
        call = self._ask.call({**self._filling, "cursor": place.cursor})
        return replace(call, url=place.url, params=()) if place.url else call

    def _following(self, answer: Answer) -> Call | None:
        """The request for the next page."""
        if self._ask.paging.by == "cursor":
            cursor = self._cursor(answer)
            self._further = {} if cursor is None else {"cursor": cursor}
            return self._ask.call({**self._filling, **self._further}) if self._further else None
        link = self._link(answer)
        call = linked(self._ask.call(self._filling), answer, link) if link else None
        self._further = {"url": call.url} if call else {}
        return call

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
