"""Servers for the tests of the kind `rest`."""

from collections.abc import Callable, Iterator

import pytest

from tests.connector.http.servers import Server
from tests.connector.sites import Site, serve


@pytest.fixture
def served() -> Iterator[Callable[[Site], Server]]:
    """Puts sites on loopback, and takes them down afterwards."""
    servers: list[Server] = []

    def put_up(site: Site) -> Server:
        servers.append(serve(site))
        return servers[-1]

    yield put_up
    for server in servers:
        server.close()
