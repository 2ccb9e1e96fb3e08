"""Stand-ins for outside systems: a site answers requests from its state; a server puts it on loopback."""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.connector.http.servers import Asked, Peer, Server


@dataclass
class Reply:
    """An answer of a site. A body that is no bytes goes as JSON; None as no body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body as it goes on the wire."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Site = Callable[[Asked], Reply]
"""A stand-in: stateful, deterministic, and it waits for nothing; time comes from the clock that it is given."""


def send(reply: Reply, peer: Peer) -> None:
    """Sends a reply just as it is."""
    headers = {name.replace("-", "_"): value for name, value in reply.headers.items()}
    peer.answer(reply.status, reply.content(), **headers)


def serve(site: Site, tls: ssl.SSLContext | None = None) -> Server:
    """A server of the site on loopback; `asked` holds every request that came. To be closed."""
    return Server(lambda asked, peer: send(site(asked), peer), tls)


def query(asked: Asked) -> dict[str, str]:
    """The parameters of a request's address."""
    return dict(parse_qsl(urlsplit(asked.target).query, keep_blank_values=True))
