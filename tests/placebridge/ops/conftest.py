"""A worker with two connections, on each kind of database, and its health served."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from placebridge.settings import PREFIX, load
from placebridge.worker.at_work import AtWork
from placebridge.worker.health.server import serve_health
from store.database import Database
from tests.placebridge.commands import Commands
from tests.placebridge.ops.at_work import Pages, begin, free_port

CONNECTION = """PLACEBRIDGE_CONNECTIONS__{0}__KIND=files
PLACEBRIDGE_CONNECTIONS__{0}__SIDE=council
PLACEBRIDGE_CONNECTIONS__{0}__PATH=exports
PLACEBRIDGE_CONNECTIONS__{0}__MAPPING=map.yaml
PLACEBRIDGE_CONNECTIONS__{0}__SCHEDULE={1}
"""


@pytest.fixture(autouse=True)
def moment() -> None:
    begin()


@pytest.fixture
def settled(tmp_path: Path, store: Database) -> Path:
    """config.env for two connections that are read each hour and each day, on `store`."""
    (tmp_path / "map.yaml").write_text("business: {from: a.csv, id: id, fields: {name: Name}}\n")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/a.csv").write_text("id,Name\nA1,Acme Ltd\n")
    lines = [f"PLACEBRIDGE_DATABASE_URL={store.url.render_as_string(hide_password=False)}\n"]
    lines += [CONNECTION.format("COUNCIL", "0 * * * *"), CONNECTION.format("CHAMBER", "30 6 * * *")]
    (tmp_path / "config.env").write_text("".join(lines))
    return tmp_path / "config.env"


@pytest.fixture
def work(settled: Path, store: Database) -> AtWork:
    port = free_port()
    return AtWork(settled, load(settled, {"PLACEBRIDGE_WORKER__HEALTH_PORT": str(port)}), store)


@pytest.fixture
def pages(work: AtWork) -> Iterator[Pages]:
    health = serve_health(work)
    yield Pages(work.settings.health_port)
    health.close()


@pytest.fixture
def started(settled: Path, store: Database) -> Iterator[Callable[..., AtWork]]:
    """Makes workers with settings of their own, and closes what they serve."""
    served = []

    def start(**settings: object) -> AtWork:
        given = {f"PLACEBRIDGE_WORKER__{name.upper()}": str(value) for name, value in settings.items()}
        work = AtWork(settled, load(settled, given), store)
        served.append(serve_health(work))
        return work

    yield start
    for health in served:
        health.close()


@pytest.fixture
def command(settled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    """`placebridge WORDS...` beside the settings, without any of the machine's own."""
    for name in [*os.environ]:
        if name.startswith(PREFIX) or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    return Commands(settled.parent, monkeypatch, capsys)
