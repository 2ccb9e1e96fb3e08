"""Reading page after page without ever going round in circles."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from connector.contract import StopEntity
from connector.http.call import Answer, Call
from connector.http.hosts import Hosts, joined

MOST_PAGES = 100_000


class Sender(Protocol):
    """The part of the door that paging needs."""

    def send(self, call: Call) -> Answer:
        """Sends one request. Raises ConnectorError."""
        ...


def pages(door: Sender, first: Call, following: Callable[[Answer], Call | None], most: int = MOST_PAGES) -> Iterator[Answer]:
    """The answer to `first`, then to what `following` makes of each answer until it gives None. Rows may come twice when they
    change while they are paged: that is for the reader to take as one.

    An answer is let go of as it is handed on, so that the next is read into the memory that this one leaves: whoever takes it does best
    to do so too, by `map` and not in a loop, which would hold it until the next is there.

    Raises StopEntity, before it is sent, when a request comes a second time or there are more than `most` pages; what the door raises;
    and what `following` does, in place of the answer that it was asked about."""
    return iter(_Paging(door, first, following, most).answer, None)


class _Paging:
    """Where the reading of pages stands."""

    def __init__(self, door: Sender, first: Call, following: Callable[[Answer], Call | None], most: int) -> None:
        self._door, self._what, self._following, self._most = door, first.what, following, most
        self._call: Call | None = first
        self._sent: set[bytes] = set()

    def answer(self) -> Answer | None:
        """The next; None after the last."""
        if self._call is None:
            return None
        self._count(self._call.mark())
        answer = self._door.send(self._call)
        self._call = self._following(answer)
        return answer

    def _count(self, mark: bytes) -> None:
        if mark in self._sent:
            words = f"the service gives the same next page twice, after {len(self._sent)} pages; tell whoever runs it"
            raise StopEntity(f"{self._what}: {words}")
        if len(self._sent) >= self._most:
            words = f"there is no end after {self._most} pages; raise the page size or the page limit, or read less"
            raise StopEntity(f"{self._what}: {words}")
        self._sent.add(mark)


def linked(call: Call, answer: Answer, link: str) -> Call:
    """The same request (headers and all) for a link that stands in an answer, absolute or relative to it. The link already holds the query.

    Raises StopConnection for a link that cannot be read, or that leads to another origin than the answer came from: before it stands in
    a cursor, where every later run would end."""
    return replace(call, url=onward(answer, link), params=())


def onward(answer: Answer, link: str) -> str:
    """The absolute address of a link that stands in an answer. Raises as `linked`."""
    url = joined(answer.url, link)
    Hosts(answer.url).require(url)
    return url
