"""Kills syncs with SIGKILL at random moments, runs them again, and compares every table with those of syncs that were never killed.

    python -m tests.kill_sync [--seeds 50] [--first 0] [--only sqlite|postgresql]

Each seed syncs a small world into an empty database, then the same world a month later, with a kill in each (and sometimes a second
one in what goes on). About 2 seconds a seed and database. Exit code 1 where any table differs, 0 where all 50 of 50 are equal.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from jobs.pipeline import sync
from jobs.pulling import Options
from jobs.rules import Rules
from jobs.sources import Source
from store import migrate
from store.database import Database
from store.lease import whole
from store.lock import Locked
from tests import small_world
from tests.databases import NoPostgres, empty_databases
from tests.forked import forked
from tests.snapshot import Rows, everything

MONTHS = (date(2026, 10, 1), date(2026, 11, 1))
ZONE = ZoneInfo("Europe/London")
IDLE = tuple(map(repr, (0, 0, 0, 0, 0, "")))
"""The counts and message of a run that found nothing new."""
RULES = Rules.load()


def one_sync(database_url: str, sources: list[Source], as_of: date) -> None:
    """A sync as the command does it: migrate and work under the lock. Waits while a killed one's lock is still being released."""
    store = Database(database_url)
    for _ in range(200):
        try:
            migrate.upgrade(store)
            with whole(store):
                sync(store, sources, RULES, Options(ZONE, as_of))
            break
        except Locked:
            time.sleep(0.05)
    store.close()


def in_child(work: Callable[[], None], kill_after: float | None) -> bool:
    """Does the work in a forked process, killed after so many seconds; True where it came to its end."""
    child = forked(work)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("a sync failed by itself; what it said stands above")
    return os.WIFEXITED(status)


def undisturbed(database_url: str, worlds: list[list[Source]]) -> tuple[dict[str, Rows], list[float]]:
    """The tables after syncs that nobody kills, and how long each took."""
    took = []
    for sources, as_of in zip(worlds, MONTHS, strict=True):
        begun = time.monotonic()
        in_child(partial(one_sync, database_url, sources, as_of), None)
        took.append(time.monotonic() - begun)
    return tables(database_url), took


def disturbed(database_url: str, worlds: list[list[Source]], took: list[float], chance: random.Random) -> tuple[dict[str, Rows], int]:
    """The tables after syncs that were killed and run again, and how many kills hit."""
    kills = 0
    for sources, as_of, seconds in zip(worlds, MONTHS, took, strict=True):
        work = partial(one_sync, database_url, sources, as_of)
        moments = [chance.uniform(0, seconds) for _ in range(chance.choice([1, 1, 2]))]
        # One that was quicker than its killer has nothing left to do.
        ended = False
        while moments and not ended:
            ended = in_child(work, moments.pop())
            kills += not ended
        if not ended:
            in_child(work, None)
    return tables(database_url), kills


def tables(database_url: str) -> dict[str, Rows]:
    """Every table of a database, without runs that had nothing to do: there is one more where the kill came after the last commit."""
    store = Database(database_url)
    found = everything(store)
    store.close()
    return found | {"run": [row for row in found["run"] if row[2:] != IDLE]}


def differences(one: dict[str, Rows], other: dict[str, Rows]) -> Iterator[str]:
    """A line for each table that differs."""
    for name, rows in one.items():
        if rows != other[name]:
            lost, more = [row for row in rows if row not in other[name]], [row for row in other[name] if row not in rows]
            yield f"{name}: {len(rows)} rows against {len(other[name])}; lost {lost[:2]}, more {more[:2]}"


def check(new_url: Callable[[], str], seeds: range, say: Callable[[str], None]) -> int:
    """How many of the seeds end with every table as it should be."""
    right = 0
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            first = small_world.files(seed)
            worlds = [small_world.write(Path(folder) / str(month), lines) for month, lines in enumerate((first, small_world.later(first)))]
            expected, took = undisturbed(new_url(), worlds)
            found, kills = disturbed(new_url(), worlds, took, random.Random(seed))
            wrong = list(differences(expected, found))
            right += not wrong
            say(f"seed {seed}: {kills} killed, {'every table equal' if not wrong else 'DIFFERENT: ' + ' | '.join(wrong)}")
    return right


def main() -> int:
    """Runs the seeds on both databases; 1 where any ended differently."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    wrong = 0
    for kind in [options.only] if options.only else ["sqlite", "postgresql"]:
        try:
            with empty_databases(kind) as new_url:
                seeds = range(options.first, options.first + options.seeds)
                right = check(new_url, seeds, lambda line, kind=kind: print(f"{kind} {line}", flush=True))  # type: ignore[misc]
        except NoPostgres as fault:
            sys.exit(str(fault))
        print(f"{kind}: {right} of {options.seeds} equal to a run that was never killed")
        wrong += options.seeds - right
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
