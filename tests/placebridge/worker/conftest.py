"""Worlds with workers on databases of each kind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.placebridge.commands import Commands
from tests.worker_world import WorkerWorld, at_work


@pytest.fixture
def world(tmp_path: Path, migrated_url: str) -> WorkerWorld:
    """Three small CRMs; nothing is read yet."""
    found = WorkerWorld(tmp_path, migrated_url)
    found.prepare()
    return found


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Ends what a test has started."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start(stack: ExitStack) -> Callable[..., object]:
    """Starts a worker, which is killed at the end of the test at the latest."""

    def one(world: WorkerWorld, more: Mapping[str, str] | None = None) -> object:
        if more is not None:
            world.configure(more)
        return stack.enter_context(at_work(world))[0]

    return one


@pytest.fixture
def placebridge_in(world: WorkerWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    """`placebridge WORDS...` in the world's folder."""
    return Commands(world.folder, monkeypatch, capsys)
