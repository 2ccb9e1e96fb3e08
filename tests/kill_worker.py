"""Kills workers with SIGKILL at random moments, lets others go on, and compares every table with those of a worker that nobody killed.

    python -m tests.kill_worker [--seeds 200] [--first 0] [--only sqlite|postgresql|distributed]

Three connections are read and joined. A seed kills the worker, one of its processes, or all of them, once or twice: in the first load, or in
the sync of a month later. `sqlite` and `postgresql`: one worker, started again when it was killed. `distributed`: two workers on PostgreSQL with
Procrastinate, of which one is killed and started again. It also looks at the order in which leases were used: no run of a connection
overlaps another. About 5 seconds a seed. Exit code 1 where anything differs.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from jobs.schedules.plans import due_run
from store.database import Database
from tests.databases import NoPostgres, empty_databases
from tests.kill_sync import differences
from tests.snapshot import Rows, at, everything
from tests.worker_world import WorkerWorld, at_work, descendants, kill_all, overlaps, watch_leases

WORLDS = 4
"""Different worlds; each is worked once without a kill, on each way."""
OF_THE_WORKER = {"due_run", "schedule", "audit", "run", "alert", "ops_notice", "ops_delivery"}
"""They tell how often it was tried, not what came of it."""
OF_IDS = re.compile(r"'(?:inputs|left)': '[0-9a-f]{32}'")
"""What a linking read and left behind, as digests; the order and the ids of what was read are in them."""
Ways = dict[str, tuple[str, dict[str, str], int]]
WAYS: Ways = {
    "sqlite": ("sqlite", {}, 1),
    "postgresql": ("postgresql", {}, 1),
    "distributed": ("postgresql", {"ENGINE": "procrastinate", "BEAT_SECONDS": "1"}, 2),
}


class Bench:
    """One way of working, and what comes of each world when nobody is killed."""

    def __init__(self, new_url: Callable[[], str], settings: dict[str, str], workers: int) -> None:
        self._new_url, self._settings, self._workers = new_url, settings, workers
        self._expected: dict[tuple[int, bool], tuple[dict[str, Rows], float]] = {}

    def check(self, seed: int) -> tuple[int, list[str]]:
        """How many were killed, and what is wrong afterwards."""
        number, month_on = seed % WORLDS, bool(seed // WORLDS % 2)
        expected, seconds = self._undisturbed(number, month_on)
        with self._world(number) as world:
            if month_on:
                self._work(world)
                world.write(True)
            kills = self._disturbed(world, seconds, random.Random(seed))
            wrong = [*differences(expected, tables(world.url)), *overlaps(world.url), *unfinished(world.url)]
        return kills, wrong

    def _world(self, number: int) -> "_Folder":
        return _Folder(self._new_url(), number, self._settings)

    def _undisturbed(self, number: int, month_on: bool) -> tuple[dict[str, Rows], float]:
        if (number, month_on) not in self._expected:
            with self._world(number) as world:
                for later in (False, True) if month_on else (False,):
                    world.write(later)
                    took = self._work(world)
                    self._expected[number, later] = tables(world.url), took
        return self._expected[number, month_on]

    def _work(self, world: WorkerWorld) -> float:
        """One round of everything; how many seconds it took."""
        world.ask()
        begun = time.monotonic()
        with at_work(world, self._workers):
            world.settle()
        return time.monotonic() - begun

    def _disturbed(self, world: WorkerWorld, seconds: float, chance: random.Random) -> int:
        world.ask()
        kills = 0
        with ExitStack() as stack:
            workers = stack.enter_context(at_work(world, self._workers))
            for _ in range(chance.choice([1, 1, 2])):
                time.sleep(chance.uniform(0.2, seconds))
                at = chance.randrange(len(workers))
                kills += strike(workers[at], chance)
                if workers[at].poll() is not None:
                    workers.append(workers.pop(at))  # the dead one's own processes are ended at the end, as everyone's
                    workers.append(stack.enter_context(at_work(world))[0])
                    workers = workers[-self._workers :]
            world.settle()
        return kills


class _Folder:
    def __init__(self, url: str, number: int, settings: dict[str, str]) -> None:
        self._given, self._folder = (url, number, settings), tempfile.TemporaryDirectory()

    def __enter__(self) -> WorkerWorld:
        url, number, settings = self._given
        world = WorkerWorld(Path(self._folder.name), url, number, more=settings)
        world.prepare()
        watch_leases(url)
        return world

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def strike(worker: subprocess.Popen[bytes], chance: random.Random) -> int:
    """Kills a worker, all of its processes, or one that carries out a run; 1 where there was one to kill."""
    runs = [pid for pid in descendants(worker.pid) if pid != worker.pid]
    what = chance.choice(["worker", "worker", "all", "run"])
    if what == "all":
        kill_all(worker)
        return 1
    target = worker.pid if what == "worker" or not runs else chance.choice(runs)
    with suppress(ProcessLookupError):
        os.kill(target, signal.SIGKILL)
    if target == worker.pid:
        worker.wait()
    return 1


def tables(url: str) -> dict[str, Rows]:
    """Every table but those that tell of the tries; this day's clock left out, and the ids that were joined into others: stages that ran
    while a connection waited to be tried again could not know what it would join."""
    with closing(Database(url)) as store:
        found = everything(store)
    found["cursor"] = [row[:3] + row[4:] for row in found["cursor"]]  # without what tells one folder of files from another
    called = _calls(found)
    for name in ("business", "person"):
        found[name] = [row for row in found[name] if row[at(name, "merged_into")] == repr(None)]
    for name in ("business_record", "person_record"):  # the ids that were joined into others stand here once more
        former = at(name, "former")
        found[name] = [row[:former] + row[len(row) + former + 1 :] for row in found[name]]
    found["stage"] = [tuple(OF_IDS.sub("", value) for value in row) for row in found["stage"]]
    return {
        name: sorted(tuple(called.get(value, _without_clock(value)) for value in row) for row in rows)
        for name, rows in found.items()
        if name not in OF_THE_WORKER
    }


def _calls(found: dict[str, Rows]) -> dict[Any, str]:
    """What each business and person is called here: by the first of its records. Their ids tell which of them was read first, and a
    connection that was tried again is read after the others."""
    called: dict[Any, str] = {}
    for table in ("business_record", "person_record"):
        for record, durable_id, *_ in sorted(found[table]):
            called.setdefault(durable_id, f"{table} {record}")
    return called


def _without_clock(value: Any) -> Any:
    """A time that this round itself has put down, whatever it was."""
    now = datetime.now(UTC)
    days = {f"datetime.datetime({day.year}, {day.month}, {day.day}, " for day in (now, now - timedelta(days=1))}
    return "a time of this round" if any(value.startswith(day) for day in days) else value


def unfinished(url: str) -> Iterator[str]:
    """Runs that did not come to a good end."""
    newest: dict[str, str] = {}
    with closing(Database(url)) as store, store.reading() as connection:
        for row in connection.execute(select(due_run).order_by(due_run.c.id)):
            newest[row.connection] = f"{row.state} {row.outcome} {row.message}"
    return (f"{name}: {said}" for name, said in newest.items() if not said.startswith("ended done"))


def main() -> int:
    """Runs the seeds each way; 1 where any ended otherwise than it should."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", choices=list(WAYS))
    options = parser.parse_args()
    failed = 0
    for way, (kind, settings, workers) in WAYS.items():
        if options.only not in {None, way}:
            continue
        try:
            failed += _run(way, kind, settings, workers, range(options.first, options.first + options.seeds))
        except NoPostgres as fault:
            sys.exit(str(fault))
    return 1 if failed else 0


def _run(way: str, kind: str, settings: dict[str, str], workers: int, seeds: range) -> int:
    begun, right, killed = time.monotonic(), 0, 0
    with empty_databases(kind) as new_url:
        bench = Bench(new_url, settings, workers)
        for seed in seeds:
            kills, wrong = bench.check(seed)
            killed, right = killed + kills, right + (not wrong)
            print(
                f"{way} seed {seed}: {kills} killed, {'every table equal' if not wrong else 'DIFFERENT: ' + ' | '.join(wrong)}", flush=True
            )
    minutes = (time.monotonic() - begun) / 60
    print(
        f"{way}: {right} of {len(seeds)} equal to a worker that nobody killed, no run overlapping another; {killed} killed, {minutes:.1f} minutes"
    )
    return len(seeds) - right


if __name__ == "__main__":
    sys.exit(main())
