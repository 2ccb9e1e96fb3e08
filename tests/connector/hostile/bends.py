"""Where a site's rows and next links stand, so that its pages can be bent: rows that come again or in another order, links that mislead."""

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from tests.connector.http.servers import Asked
from tests.connector.sites import Reply

JsonPath = tuple[str, ...]


@dataclass(frozen=True)
class Bends:
    """Enough for most sites. One whose pages are no JSON, or nest deeper, overrides the methods."""

    rows: tuple[JsonPath, ...] = ()
    """Where the list of rows may stand in an answer's JSON: (("value",),). An answer without one is no page."""
    following: tuple[JsonPath, ...] = ()
    """Where the next link, or the mark of the next page, may stand: (("paging", "next", "after"),)."""
    links: bool = True
    """The mark is an address. No: it is a part of one."""
    ordered: bool = False
    """The service promises an order that the connector may rely on: the rows of a page stay in it and none comes again."""

    def rows_of(self, reply: Reply) -> list[Any] | None:
        """The rows of a page; None for an answer that is none."""
        found = [_at(reply.body, path) for path in self.rows]
        return next((one for one in found if isinstance(one, list)), None)

    def with_rows(self, reply: Reply, rows: Any) -> Reply:
        """The same page with other rows."""
        path = next(path for path in self.rows if isinstance(_at(reply.body, path), list))
        return replace(reply, body=_put(reply.body, path, rows))

    def link_of(self, reply: Reply) -> str | None:
        """The next link; None where this is the last page."""
        found = [_at(reply.body, path) for path in self.following]
        return next((one for one in found if isinstance(one, str) and one), None)

    def with_link(self, reply: Reply, link: str) -> Reply:
        """The same page with another next link; it has one."""
        path = next(path for path in self.following if isinstance(_at(reply.body, path), str))
        return replace(reply, body=_put(reply.body, path, link))

    def table_of(self, asked: Asked, row: Any) -> object:
        """Equal for rows that may stand in the same read."""
        return asked.path, tuple(sorted(row)) if isinstance(row, dict) else ()


def _at(body: Any, path: JsonPath) -> Any:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _put(body: Any, path: JsonPath, value: Any) -> Any:
    body = deepcopy(body)
    inner = _at(body, path[:-1])
    inner[path[-1]] = value
    return body
