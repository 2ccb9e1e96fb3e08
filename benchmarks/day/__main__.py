"""A simulated day of the worker: what many connections, of which a part changes every hour, cost in CPU, memory and room.

    python -m benchmarks.day [--connections 10 40] [--records 50000] [--hours 24] [--only sqlite|postgresql]

Each pull and each pass of the stages is a process of its own, as the worker's runs are, one after the other; nothing waits for a clock.
Printed for each number of connections: the first load, then the hours, and what the last number of connections takes of the first's;
on the error stream what each hour came to, as a day of many takes hours.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import text

from benchmarks.day.crm import source
from jobs.pipeline import refresh_alone
from jobs.pulling import Options, pull_alone
from jobs.rules import Rules
from store import migrate
from store.database import Database
from tests.databases import NoPostgres, empty_databases
from tests.forked import forked

ZONE, SHARE = ZoneInfo("Europe/London"), 0.01
RULES = Rules.load()


@dataclass
class Spent:
    """CPU seconds, and the most memory of one process in MB."""

    pulls: float = 0.0
    stages: float = 0.0
    memory: float = 0.0


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, nargs="+", default=[10, 40])
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    for kind in [options.only] if options.only else ["sqlite", "postgresql"]:
        try:
            with empty_databases(kind, {"fsync": "off"}) as new_url:
                _days(kind, new_url, options)
        except NoPostgres as fault:
            sys.exit(str(fault))
    return 0


def _days(kind: str, new_url: Callable[[], str], options: argparse.Namespace) -> None:
    print(f"{kind}: {options.records:,} records a connection, {SHARE:.0%} changing an hour, {options.hours} hours")
    print(f"{'connections':>12} {'what':>12} {'pulls s':>9} {'stages s':>9} {'wall s':>8} {'peak MB':>8} {'database MB':>12}")
    totals = []
    for count in options.connections:
        url = new_url()
        with closing(Database(url)) as store:
            migrate.upgrade(store)
        for what, hours in (("first load", range(1)), ("the hours", range(1, options.hours + 1))):
            begun, spent = time.monotonic(), Spent()
            for hour in hours:
                _hour(url, count, options.records, hour, spent)
                print(f"{count} connections, hour {hour}: {spent.pulls:.0f} and {spent.stages:.0f} s so far", file=sys.stderr, flush=True)
            wall, room = time.monotonic() - begun, _megabytes(url)
            print(
                f"{count:>12} {what:>12} {spent.pulls:>9.1f} {spent.stages:>9.1f} {wall:>8.1f} {spent.memory:>8.0f} {room:>12.0f}",
                flush=True,
            )
        totals.append((spent.pulls + spent.stages, spent.memory, room))
    if len(totals) > 1:
        cpu, memory, room = (last / first for first, last in zip(totals[0], totals[-1], strict=True))
        grown = f"{cpu:.1f}x the CPU of the hours, {memory:.1f}x the memory and {room:.1f}x the room"
        print(f"{options.connections[-1]} connections take {grown} of {options.connections[0]}")


def _hour(url: str, count: int, records: int, hour: int, spent: Spent) -> None:
    for number in range(count):
        spent.pulls += _apart(partial(_pull, url, number, records, hour), spent)
    spent.stages += _apart(partial(_stages, url), spent)


def _apart(work: Callable[[], None], spent: Spent) -> float:
    """Does it in a process of its own; the CPU seconds that it took. Raises RuntimeError where it failed."""
    _, status, used = os.wait4(forked(work), 0)
    if status:
        raise RuntimeError("a run failed; what it said stands above")
    spent.memory = max(spent.memory, used.ru_maxrss / 1024)
    return float(used.ru_utime + used.ru_stime)


def _pull(url: str, number: int, records: int, hour: int) -> None:
    with closing(Database(url)) as store:
        result = pull_alone(store, source(number, records, hour, SHARE), Options(ZONE))
        if result.outcome != "done":
            raise RuntimeError("; ".join(result.messages))


def _stages(url: str) -> None:
    with closing(Database(url)) as store:
        refresh_alone(store, RULES, Options(ZONE))


def _megabytes(url: str) -> float:
    with closing(Database(url)) as store, store.unguarded() as connection:
        if store.is_sqlite:
            return float(connection.scalar(text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")) or 0) / 1e6
        return float(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0) / 1e6


if __name__ == "__main__":
    sys.exit(main())
