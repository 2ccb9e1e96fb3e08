"""Requests to the Web API: what every one of them says."""

from collections.abc import Collection
from dataclasses import dataclass

from connector.http import Answer, Call, Clock, Door

HEADERS = {"OData-Version": "4.0", "OData-MaxVersion": "4.0"}
"""https://learn.microsoft.com/power-apps/developer/data-platform/webapi/compose-http-requests-handle-errors"""


@dataclass(frozen=True)
class Service:
    """The Web API behind one door."""

    door: Door
    root: str
    """The API's path: `api/data/v9.2/`."""
    clock: Clock

    def call(self, path: str, what: str, params: dict[str, str] | None = None, prefer: str = "", accept: Collection[int] = ()) -> Call:
        """A GET of a path below the API's root; `what` is for messages."""
        headers = HEADERS | ({"Prefer": prefer} if prefer else {})
        return Call(self.root + path, what, params=tuple((params or {}).items()), headers=headers, accept=accept)

    def get(self, path: str, what: str, params: dict[str, str] | None = None, accept: Collection[int] = ()) -> Answer:
        """Sends it. Raises ConnectorError."""
        return self.door.send(self.call(path, what, params, accept=accept))

    def now(self) -> float:
        """The service's time of day as far as it has told it, in seconds since 1970: what its rows are stamped with."""
        return self.clock.now() + (self.door.skew or 0.0)


def quoted(text: str) -> str:
    """A text as OData writes it in a filter or a key."""
    return "'" + text.replace("'", "''") + "'"
