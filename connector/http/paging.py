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

    Raises StopEntity, before it is sent, when a request comes a second time or there are more than `most` pages; and what the
    door raises."""
    sent: set[bytes] = set()
    call: Call | None = first
    while call is not None:
        mark = call.mark()
        if mark in sent:
            raise StopEntity(f"{first.what}: the service gives the same next page twice, after {len(sent)} pages; tell whoever runs it")
        if len(sent) >= most:
            raise StopEntity(f"{first.what}: there is no end after {most} pages; raise the page size or the page limit, or read less")
        sent.add(mark)
        answer = door.send(call)
        yield answer
        call = following(answer)


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
