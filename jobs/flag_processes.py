"""Looks at very many businesses in several processes. They only read; what they find is written by the one who asks."""

import math
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess, parent_process
from typing import NamedTuple

from sqlalchemy import Connection

from jobs.collecting import at_the_end
from jobs.flag_changes import Changes, Looking, changes
from store.database import Database

MOST = 4
"""Processes, whatever the machine has: each holds some 170 MB and a connection to the database."""
AHEAD = 2
"""Parts that wait for each process, so that none is idle and little is held in memory."""

SETTINGS = {
    # Else each page of the file is copied once more for every process.
    "sqlite": ("PRAGMA mmap_size=4000000000",),
    # Each part asks for a few rows in a hundred, by their keys: to read whole tables for them takes two to three times as long.
    "postgresql": ("SET LOCAL enable_hashjoin = off", "SET LOCAL enable_mergejoin = off", "SET LOCAL max_parallel_workers_per_gather = 0"),
}
"""How each database reads best for a process of the pool."""
PLANS = {True: "SET LOCAL plan_cache_mode = force_custom_plan", False: "SET LOCAL plan_cache_mode = force_generic_plan"}
"""By whether it is the first pass of all. Before PostgreSQL has vacuumed the tables it is to weigh each part's keys, which takes a quarter
off that pass; from then on one plan for all parts takes a tenth off."""


class Part(NamedTuple):
    """Businesses that are looked at together, and those of them that something touched (`flag_changes.changes`)."""

    ids: list[str]
    touched: list[str]


def processors() -> int:
    """How many processes are worth while here."""
    return min(len(os.sched_getaffinity(0)), MOST)


def even(count: int, most: int, processes: int) -> int:
    """How many businesses make a part, at most so many, for that all of these processes come to their end at once."""
    rounds = max(1, math.ceil(count / (most * processes)))
    return max(1, math.ceil(count / (rounds * processes)))


def look_apart(store: Database, parts: Sequence[Part], looking: Looking, first: bool) -> Iterator[tuple[Part, Changes | None]]:
    """Each part, in its order, with what its look changes; None where no process could look (they were ended, memory may be short, or the
    machine gives none), so that the caller is to."""
    count = processors()
    pool = _pool(store, count, looking, first)
    try:
        waiting: deque[tuple[Part, Future[Changes] | None]] = deque()
        for part in parts:
            waiting.append((part, _submitted(pool, part)))
            if len(waiting) > count * AHEAD:
                yield _told(*waiting.popleft())
        while waiting:
            yield _told(*waiting.popleft())
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _pool(store: Database, count: int, looking: Looking, first: bool) -> ProcessPoolExecutor | None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # where no other is at work yet, as in a worker's run
    url = store.url.render_as_string(hide_password=False)
    try:
        return ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(url, looking, first))
    except (OSError, NotImplementedError):
        return None


def _submitted(pool: ProcessPoolExecutor | None, part: Part) -> Future[Changes] | None:
    try:
        return pool.submit(_look, part) if pool is not None else None
    except (BrokenProcessPool, OSError):
        return None


def _told(part: Part, future: Future[Changes] | None) -> tuple[Part, Changes | None]:
    try:
        return part, future.result() if future else None
    except BrokenProcessPool:
        return part, None


class _Child:
    """What a process of the pool works with."""

    store: Database
    looking: Looking
    first: bool


def _begin(url: str, looking: Looking, first: bool) -> None:
    for word in (signal.SIGINT, signal.SIGTERM):  # they reach every process of a terminal or a service; the parent says when to end
        signal.signal(word, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _Child.store, _Child.looking, _Child.first = Database(url), looking, first


def _end_with(parent: BaseProcess) -> None:
    """A parent that was killed tells nobody."""
    parent.join()
    os._exit(1)


def _look(part: Part) -> Changes:
    with at_the_end(), _Child.store.reading() as connection:
        _read_best(connection)
        return changes(connection, part.ids, _Child.looking, part.touched)


def _read_best(connection: Connection) -> None:
    for setting in SETTINGS[connection.dialect.name]:
        connection.exec_driver_sql(setting)
    driver = connection.connection.driver_connection
    if driver is not None and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(PLANS[_Child.first])
        driver.prepare_threshold = 0  # psycopg has a statement planned anew five times before it keeps the plan
