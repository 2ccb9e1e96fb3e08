"""A real sshd for each worker, a folder of its own for each test, and connections of the kind `files` to it."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.contract import Connector, Entity, Row
from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.http.servers import HurriedClock
from tests.sftp_servers import Sshd

Opens = Callable[..., Connector]


def entity(source: str, *columns: str) -> Entity:
    return Entity("business", source, columns or ("Id", "Name"))


def rows(connector: Connector, source: str, *columns: str) -> list[Row]:
    return [row for page in connector.pull(entity(source, *columns), None) for row in page.rows]


@pytest.fixture
def server(one_sshd: Sshd) -> Sshd:
    """The server with an empty folder."""
    return one_sshd.with_empty_folder()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where fetched files go."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def clock() -> HurriedClock:
    return HurriedClock()


@pytest.fixture
def opens(server: Sshd, temporary: Path, tmp_path: Path, clock: HurriedClock) -> Iterator[Opens]:
    """Opens a connection to the server with the right key, or as told; all are closed at the end."""
    opened: list[Connector] = []

    def opens(clock: HurriedClock = clock, **settings: Any) -> Connector:
        kind = kind_of("files")
        right = {"path": server.path, "host_key": server.host_key, "private_key": server.keys / "user"}
        given = {name: value for name, value in {**right, **settings}.items() if value is not None}
        opened.append(kind.open(kind.settings(**given), Context("council", tmp_path, clock=clock)))
        return opened[-1]

    yield opens
    for connector in opened:
        connector.close(False)
