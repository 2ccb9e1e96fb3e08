"""The worst nights: the database server falls over in the midst of a run, the disk is full, a worker is killed at any moment."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.databases import NoPostgres, new_database, postgres_server, restart
from tests.kill_sync import differences
from tests.kill_worker import WAYS, Bench, tables, unfinished
from tests.worker_world import WorkerWorld, at_work, wait_for

SMALL = 24
"""Megabytes of a disk that a world of SQLite does not fit on together with what fills it."""


def said(world: WorkerWorld, words: str) -> bool:
    return any(words in f"{line['event']} {line.get('message', '')}" for line in world.lines())


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["local", "procrastinate"])
def test_postgresql_is_restarted_in_the_midst_of_a_run(tmp_path: Path, stack: ExitStack, engine: str) -> None:
    try:
        server = stack.enter_context(postgres_server({"fsync": "off"}))
    except NoPostgres as fault:
        pytest.skip(str(fault))
    expected = _undisturbed(tmp_path / "calm", new_database(server), 600)
    world = _world(tmp_path / "stormy", new_database(server), 600, {"ENGINE": engine})
    world.ask()
    stack.enter_context(at_work(world))
    wait_for(lambda: said(world, "run begins"))
    restart(world.url)
    _settle(world)
    assert list(differences(expected, tables(world.url))) == []
    assert list(unfinished(world.url)) == []
    assert "Traceback" not in "".join(line["event"] for line in world.lines())


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_full_disk_is_said_does_no_damage_and_is_gone_on_from(tmp_path: Path, stack: ExitStack, kind: str) -> None:
    disk = _disk(stack, SMALL if kind == "sqlite" else 160)
    calm = f"sqlite:///{tmp_path}/calm.db"
    if kind == "sqlite":
        url = f"sqlite:///{disk}/x.db"
    else:
        try:
            server = stack.enter_context(postgres_server({"fsync": "off", "max_wal_size": "64MB", "min_wal_size": "32MB"}, disk))
        except NoPostgres as fault:
            pytest.skip(str(fault))
        url = new_database(server)
    expected = _undisturbed(tmp_path / "calm", calm, 600)
    world = _world(tmp_path / "stormy", url, 600, {"RETRY_MINUTES": " ".join(["0.02"] * 200)})
    filled = disk / "filled"
    _fill(disk, filled)
    world.ask()
    stack.enter_context(at_work(world))
    wait_for(lambda: said(world, "full") or said(world, "No space left on device"))
    filled.unlink()
    _settle(world)
    assert list(differences(expected, tables(world.url))) == []


def _disk(stack: ExitStack, megabytes: int) -> Path:
    """A small disk of its own, where the server's user comes to. Skips where this user may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="placebridge-disk-"))
    stack.callback(folder.rmdir)
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("this user may not mount a small disk")
    stack.callback(subprocess.run, ["umount", str(folder)], check=True)
    return folder


def _fill(disk: Path, filled: Path) -> None:
    """Takes all room but a little: as much as asking for a run takes, pages of SQLite's being large."""
    room = shutil.disk_usage(disk).free - 1_200_000
    with filled.open("wb") as file:
        file.write(b"\0" * room)


def _world(folder: Path, url: str, firms: int, more: dict[str, str]) -> WorkerWorld:
    folder.mkdir()
    world = WorkerWorld(folder, url, firms=firms, more=more)
    world.prepare()
    return world


def _undisturbed(folder: Path, url: str, firms: int) -> dict[str, Any]:
    world = _world(folder, url, firms, {})
    world.ask()
    with at_work(world):
        world.settle()
    return tables(url)


def _settle(world: WorkerWorld) -> None:
    """Waits until all is done; the database may be away meanwhile."""

    def settled() -> bool:
        try:
            return world.settled()
        except Exception:
            return False

    wait_for(settled)


@pytest.mark.parametrize("way", ["sqlite", *(pytest.param(way, marks=pytest.mark.postgres) for way in ("postgresql", "distributed"))])
def test_a_killed_worker_ends_as_one_that_nobody_killed(way: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A seed of tests/kill_worker.py, which has as many as you like."""
    kind, settings, workers = WAYS[way]
    numbers = iter(range(100))
    new_url: Callable[[], str] = lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db"  # noqa: E731 - two makers of one shape
    if kind == "postgresql":
        server = request.getfixturevalue("server")
        new_url = lambda: new_database(server)  # noqa: E731
    kills, wrong = Bench(new_url, settings, workers).check(1)
    assert kills > 0
    assert wrong == []
