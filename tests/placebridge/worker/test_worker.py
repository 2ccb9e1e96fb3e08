"""The worker as ops run it, in processes of its own: what is due is read once, whoever else is there, whatever happens."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from jobs.schedules.plans import due_run
from placebridge.worker.child import GRACE
from store import bulk
from store.database import Database
from store.lease import SCHEDULER, STAGES, held_by_others
from store.tables import Record, Run, Worker
from tests.placebridge.commands import Commands
from tests.worker_world import NAMES, ROOT, WorkerWorld, at_work, descendants, overlaps, wait_for, watch_leases

record, run, workers = bulk.table_of(Record), bulk.table_of(Run), bulk.table_of(Worker)
Start = Callable[..., subprocess.Popen[bytes]]


def rows(world: WorkerWorld, name: str = "") -> list[Any]:
    """The due runs (of one connection), in the order of their making."""
    with closing(Database(world.url)) as store, store.reading() as connection:
        found = connection.execute(select(due_run).order_by(due_run.c.id)).all()
    return [row for row in found if not name or row.connection == name]


def log(world: WorkerWorld, event: str) -> list[dict[str, Any]]:
    """The lines of that event in what the workers said."""
    return [line for line in world.lines() if line["event"] == event]


def said(world: WorkerWorld, event: str) -> bool:
    return bool(log(world, event))


def test_what_is_asked_is_read_and_the_stages_run_once_after_it(world: WorkerWorld, start: Start, placebridge_in: Commands) -> None:
    start(world)
    for name in NAMES:
        assert placebridge_in("schedule", "run", name).code == 0
    world.settle()
    assert [(row.connection, row.state, row.outcome) for row in rows(world) if row.connection != STAGES] == [
        (name, "ended", "done") for name in NAMES
    ]
    assert {row.outcome for row in rows(world, STAGES)} == {"done"}
    assert "engaged" in placebridge_in("flags", "--all").out
    before = len(rows(world, STAGES))
    placebridge_in("schedule", "run", "council")
    world.settle()
    assert len(rows(world, "council")) == 2
    assert len(rows(world, STAGES)) == before, "nothing had changed, so nothing was to be joined anew"


def test_of_two_workers_one_acts_and_the_other_takes_over(world: WorkerWorld, start: Start) -> None:
    first, second = start(world), start(world)
    wait_for(lambda: len(log(world, "worker begins")) == 2 and said(world, "worker acts"))
    world.ask()
    world.settle()
    assert len(log(world, "worker acts")) == 1
    acting = log(world, "worker acts")[0]["worker"]
    order = [line["worker"] for line in log(world, "worker begins")]
    with closing(Database(world.url)) as store:
        assert SCHEDULER in held_by_others(store)
    # Which process said which line is not known; so each is killed in turn, and the one that is left acts.
    first.kill()
    first.wait()
    world.ask()
    world.settle()
    assert {line["worker"] for line in log(world, "worker acts")} <= {acting, *order}
    assert second.poll() is None
    assert all(len(rows(world, name)) == 2 for name in NAMES)


def test_paused_a_schedule_waits_and_a_new_one_is_followed_without_restart(
    world: WorkerWorld, start: Start, placebridge_in: Commands
) -> None:
    placebridge_in("schedule", "set", "council", "* * * * *")
    placebridge_in("schedule", "pause", "council")
    start(world)
    wait_for(lambda: said(world, "worker acts"))
    _turn_back(world, "council")
    _beats(world)
    assert rows(world, "council") == []
    placebridge_in("schedule", "resume", "council")
    _beats(world)
    _turn_back(world, "council")
    wait_for(lambda: bool(rows(world, "council")))
    world.settle()
    assert rows(world, "council")[0].why == "scheduled"


def _turn_back(world: WorkerWorld, name: str) -> None:
    """As if the worker had looked ten minutes ago for the last time."""
    from datetime import UTC, datetime, timedelta

    from jobs.schedules.plans import schedule

    with closing(Database(world.url)) as store, store.connect() as connection:
        values = {"seen_until": datetime.now(UTC) - timedelta(minutes=10)}
        connection.execute(update(schedule).where(schedule.c.connection == name).values(**values))


def _beats(world: WorkerWorld) -> None:
    """Lets the worker look twice."""
    for _ in range(2):
        before = _beat_at(world)
        wait_for(lambda before=before: _beat_at(world) != before)  # type: ignore[misc]


def _beat_at(world: WorkerWorld) -> object:
    with closing(Database(world.url)) as store, store.reading() as connection:
        return connection.scalar(select(workers.c.beat_at))


def test_one_that_fails_is_tried_again_and_rests_and_the_others_go_on(world: WorkerWorld, start: Start) -> None:
    shutil.rmtree(world.folder / "council")
    world.ask()
    start(world, {"RETRY_MINUTES": "0.005 0.01"})
    wait_for(lambda: bool(rows(world, STAGES)) and all(row.state == "ended" for row in rows(world)))
    [failed] = rows(world, "council")
    assert (failed.outcome, failed.attempts) == ("failed", 2)
    assert "council" in failed.message
    assert {rows(world, name)[0].outcome for name in NAMES if name != "council"} == {"done"}
    assert rows(world, STAGES)[-1].outcome == "done"
    pauses = [line["timestamp"] for line in log(world, "run begins") if line["connection"] == "council"]
    assert len(pauses) == 3


def test_the_settings_are_read_anew_and_a_mistake_in_them_leaves_the_old_ones(world: WorkerWorld, start: Start) -> None:
    start(world)
    wait_for(lambda: said(world, "worker acts"))
    settings = world.folder / "config.env"
    whole = settings.read_text()
    settings.write_text(whole + "PLACEBRIDGE_CONNECTIONS__COUNCIL__SCHEDULE=every day\n")
    wait_for(lambda: said(world, "settings have mistakes; the old ones stay in force"))
    world.ask("chamber")
    world.settle()
    settings.write_text(whole + "PLACEBRIDGE_CONNECTIONS__COUNCIL__SCHEDULE=0 6 * * *\n")
    wait_for(lambda: said(world, "settings read anew"))


def test_a_run_that_stores_nothing_is_ended_and_told(world: WorkerWorld, start: Start) -> None:
    with _deaf_server() as port:
        _connect_to(world, port)
        world.ask("council", "deaf")
        start(world, None)
        wait_for(lambda: any(row.connection == "deaf" and row.state == "ended" for row in rows(world)))
    [row] = rows(world, "deaf")
    assert row.outcome == "failed"
    assert "nothing was stored for" in row.message
    assert rows(world, "council")[0].outcome == "done"


@contextmanager
def _deaf_server() -> Iterator[int]:
    """It takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield int(server.getsockname()[1])


def _connect_to(world: WorkerWorld, port: int) -> None:
    (world.folder / "deaf.yaml").write_text(
        f"connector: {{base: 'http://127.0.0.1:{port}', sign_in: none, paging: {{by: none}}}}\nbusiness: {{from: firms, id: id, fields: {{name: name}}}}\n"
    )
    world.configure({"STALL_MINUTES": "0.1", "RETRY_MINUTES": "0.005"})
    key = "PLACEBRIDGE_CONNECTIONS__DEAF__"
    with (world.folder / "config.env").open("a") as settings:
        settings.write(f"{key}KIND=rest\n{key}SIDE=business\n{key}MAPPING=deaf.yaml\n")


def test_a_database_of_a_newer_program_ends_the_worker(world: WorkerWorld, start: Start) -> None:
    worker = start(world)
    wait_for(lambda: said(world, "worker acts"))
    with closing(Database(world.url)) as store, store.unguarded() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert worker.wait(30) == 1
    assert "written by a newer version of Placebridge" in log(world, "worker ends")[0]["message"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("PLACEBRIDGE_WORKER__BEAT_SECONDS=0\n", "PLACEBRIDGE_WORKER__BEAT_SECONDS"),
        ("PLACEBRIDGE_WORKER__ENGINE=celery\n", "local or procrastinate"),
        ("PLACEBRIDGE_CONNECTIONS__COUNCIL__SCHEDULE=daily\n", "write five cron words"),
    ],
)
def test_a_mistake_in_the_settings_is_said_and_nothing_begins(tmp_path: Path, change: str, words: str) -> None:
    world = WorkerWorld(tmp_path, f"sqlite:///{tmp_path}/x.db")
    with (tmp_path / "config.env").open("a") as settings:
        settings.write(change)
    with at_work(world) as [worker]:
        assert worker.wait(60) == 2
    assert words in " ".join((tmp_path / "worker.log").read_text().split())
    assert "Traceback" not in (tmp_path / "worker.log").read_text()


def test_many_machines_need_postgresql(tmp_path: Path) -> None:
    world = WorkerWorld(tmp_path, f"sqlite:///{tmp_path}/x.db", more={"ENGINE": "procrastinate"})
    with at_work(world) as [worker]:
        assert worker.wait(60) == 2
    assert "needs PostgreSQL" in (tmp_path / "worker.log").read_text()


class TestStopping:
    """SIGTERM in the midst of a long read."""

    @pytest.fixture
    def large(self, tmp_path: Path, migrated_url: str) -> WorkerWorld:
        world = WorkerWorld(tmp_path, migrated_url, firms=1500)
        world.prepare()
        watch_leases(world.url)
        return world

    def test_it_stops_between_pages_in_ten_seconds_and_goes_on(self, large: WorkerWorld, start: Start) -> None:
        large.ask()
        worker = start(large)
        wait_for(lambda: said(large, "run begins"))
        begun = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
        assert time.monotonic() - begun < 10
        assert said(large, "worker stopped")
        assert {row.state for row in rows(large)} == {"waiting"} or {row.outcome for row in rows(large)} <= {"", "interrupted", "done"}
        assert any(row.state == "waiting" for row in rows(large)), "the reads were over before the signal: make the world larger"
        with closing(Database(large.url)) as store:
            assert held_by_others(store) == []
        start(large)
        large.settle()
        assert [row for row in rows(large) if row.outcome != "done"] == []
        assert overlaps(large.url) == []

    def test_as_the_first_process_of_a_namespace(self, tmp_path: Path) -> None:
        """As in a container: there SIGTERM does nothing to a process that has no handler for it."""
        apart = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
        if subprocess.run([*apart, "true"], capture_output=True).returncode:
            pytest.skip("this user may not make a process namespace")
        world = WorkerWorld(tmp_path, f"sqlite:///{tmp_path}/x.db", firms=1500)
        world.prepare()
        world.ask()
        words = [*apart, sys.executable, "-m", "placebridge", "worker"]
        with (tmp_path / "worker.log").open("wb") as target:
            outer = subprocess.Popen(words, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=target, stderr=target)
        try:
            wait_for(lambda: said(world, "run begins"))
            [first] = [pid for pid in descendants(outer.pid) if _number_inside(pid) == 1]
            begun = time.monotonic()
            os.kill(first, signal.SIGTERM)
            assert outer.wait(30) == 0
            assert time.monotonic() - begun < 10
            assert said(world, "worker stopped")
        finally:
            outer.kill()
            outer.wait()


def _number_inside(pid: int) -> int:
    """The number of a process in the innermost namespace that it is in."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("NSpid:")).split()[-1])


def test_the_grace_of_a_run_leaves_room_in_ten_seconds() -> None:
    assert GRACE < 8
