"""Leases: who may write, that a dead holder is noticed, and that one who was stopped and woken writes nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from store import bulk
from store.database import Database
from store.lease import SCHEDULER, STAGES, WHOLE, Fenced, free_all, held_by_others, hold, whole
from store.lock import Locked
from store.tables import Audit

ROOT = Path(__file__).resolve().parents[2]
audit = bulk.table_of(Audit)

WRITER = """
import sys, time
from datetime import UTC, datetime
from sqlalchemy import insert
from store.database import Database
from store.lease import Fenced, hold
from tests.store.test_lease import audit, row
with hold(Database(sys.argv[1]), ["council"], float(sys.argv[2])) as held:
    print("held", flush=True)
    for number in range(100000):
        try:
            with held.store.connect() as connection:
                connection.execute(insert(audit).values(**row("process")))
        except Fenced:
            print("fenced", flush=True)
            sys.exit(7)
        time.sleep(0.02)
"""
"""A process that writes a row every 20 ms for as long as it may."""


def row(who: str) -> dict[str, object]:
    from datetime import UTC, datetime

    return {"at": datetime.now(UTC), "who": who, "action": "x", "target": "x", "detail": ""}


@pytest.fixture
def other(store: Database) -> Iterator[Database]:
    """The same database for somebody else."""
    with closing(_another(store)) as other:
        yield other


def _another(store: Database) -> Database:
    return Database(store.url.render_as_string(hide_password=False))


@pytest.fixture
def process(store: Database) -> Iterator[Callable[[float], subprocess.Popen[str]]]:
    """Starts another process that holds `council` and writes."""
    with ExitStack() as stack:

        def start(seconds: float) -> subprocess.Popen[str]:
            words = [sys.executable, "-c", WRITER, store.url.render_as_string(hide_password=False), str(seconds)]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            found = stack.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment))
            stack.callback(found.kill)
            assert found.stdout is not None
            assert found.stdout.readline() == "held\n"
            return found

        yield start


def _written(store: Database) -> int:
    with store.reading() as connection:
        return len(connection.execute(select(audit.c.id)).all())


@pytest.mark.parametrize(
    ("one", "two", "both"),
    [
        (["a"], ["a"], False),
        (["a"], ["b"], True),
        (["a", "b"], ["b", "c"], False),
        (["a"], [STAGES], True),
        (["a"], [WHOLE], False),
        ([WHOLE], ["a"], False),
        ([WHOLE], [WHOLE], False),
        ([SCHEDULER], [WHOLE], True),
        ([WHOLE], [SCHEDULER], True),
        ([SCHEDULER], ["a"], True),
        ([SCHEDULER], [SCHEDULER], False),
        ([SCHEDULER], [WHOLE, SCHEDULER], False),
    ],
)
def test_what_goes_together(store: Database, other: Database, one: list[str], two: list[str], both: bool) -> None:
    with hold(store, one):
        if both:
            with hold(other, two):
                assert held_by_others(other) == sorted({*one, *two})
        else:
            with pytest.raises(Locked), hold(other, two):
                pass
    with hold(other, two):
        assert held_by_others(store) == sorted(two)
    assert held_by_others(store) == []


def test_what_its_holder_writes_stays_and_a_nested_refusal_undoes_nothing(store: Database, other: Database) -> None:
    with hold(store, ["a"]):
        with pytest.raises(Locked), hold(other, ["a"]):
            pass
        with store.connect() as connection:
            connection.execute(insert(audit).values(**row("me")))
    assert _written(store) == 1


def test_one_whose_lease_was_taken_writes_nothing_more(store: Database, other: Database) -> None:
    with hold(store, ["a"]) as held:
        free_all(other)
        with pytest.raises(Fenced, match="another process has taken over"), held.store.connect() as connection:
            connection.execute(insert(audit).values(**row("old")))
    assert _written(store) == 0


def test_one_that_loses_it_in_the_midst_of_a_transaction_undoes_that(store: Database) -> None:
    """SQLite lets nobody else write meanwhile; PostgreSQL holds the lease's row. So it can only be seen from inside."""
    with hold(store, ["a"]), pytest.raises(Fenced):
        _write_and_lose(store)
    assert _written(store) == 0


def _write_and_lose(store: Database) -> None:
    with store.connect() as connection:
        connection.execute(insert(audit).values(**row("old")))
        connection.exec_driver_sql("UPDATE lease SET fence = fence + 1")


def test_a_dead_holder_is_noticed_at_once(store: Database, process: Callable[[float], subprocess.Popen[str]]) -> None:
    running = process(3600.0)
    with pytest.raises(Locked), whole(store):
        pass
    running.kill()
    running.wait()
    _wait_until_free(store)
    with hold(store, ["council"]):
        assert held_by_others(store) == ["council"]


def _wait_until_free(store: Database) -> None:
    """PostgreSQL notices the end of a connection a moment later."""
    until = time.monotonic() + 30
    while held_by_others(store) and time.monotonic() < until:
        time.sleep(0.02)


def test_one_that_was_stopped_past_its_lease_and_woken_writes_nothing(
    store: Database, process: Callable[[float], subprocess.Popen[str]]
) -> None:
    running = process(1.0)
    with ExitStack() as stack:
        _take_over(stack, store, running)
        before = _written(store)
        running.send_signal(signal.SIGCONT)
        assert running.stdout is not None
        assert running.stdout.readline() == "fenced\n"
        assert running.wait(30) == 7
        assert _written(store) == before
        assert held_by_others(store) == ["council"]


def test_what_is_done_beside_a_transaction_is_refused_as_well(store: Database, other: Database) -> None:
    with hold(store, ["council"]):
        free_all(other)
        with pytest.raises(Fenced), store.beside():
            pass


def test_what_is_done_beside_a_transaction_waits_for_none_of_the_same_holder(store: Database) -> None:
    if not store.writes_side_by_side:
        pytest.skip("it has one writer")
    with hold(store, ["council"]):
        with pytest.raises(_Undone):
            _ask_for_the_next_page_while_one_is_stored(store)
        with store.reading() as connection:
            assert connection.scalars(select(audit.c.who)).all() == ["asks for the next"]


class _Undone(Exception):
    """What a page's storing fails with."""


def _ask_for_the_next_page_while_one_is_stored(store: Database) -> None:
    with store.connect() as storing:
        storing.execute(insert(audit).values(**row("stores a page")))
        with store.beside() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
            connection.execute(insert(audit).values(**row("asks for the next")))
        raise _Undone


def _stop_between_transactions(store: Database, running: subprocess.Popen[str]) -> None:
    """SIGSTOP while it sleeps: one that is stopped while it holds a transaction open is waited for."""
    running.send_signal(signal.SIGSTOP)
    while not _is_idle(store):
        running.send_signal(signal.SIGCONT)
        time.sleep(0.01)
        running.send_signal(signal.SIGSTOP)


def _is_idle(store: Database) -> bool:
    """Whether nobody is in the midst of a transaction on the lease; looked at without the minute that the store itself would wait."""
    if store.file is not None:
        with closing(sqlite3.connect(store.file, timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            connection.rollback()
            return True
    with store.unguarded() as connection:
        free = connection.exec_driver_sql("SELECT name FROM lease WHERE name = 'council' FOR UPDATE SKIP LOCKED")
        return free.first() is not None


def _take_over(stack: ExitStack, store: Database, running: subprocess.Popen[str]) -> None:
    """Stops the process and waits for its lease to end. PostgreSQL may have had its next statement already, and it is then in the midst of
    a transaction all the same: it is woken and stopped again."""
    for _ in range(10):
        _stop_between_transactions(store, running)
        until = time.monotonic() + 5
        while time.monotonic() < until:
            with suppress(Locked):
                stack.enter_context(hold(store, ["council"]))
                return
            time.sleep(0.05)
        running.send_signal(signal.SIGCONT)
    pytest.fail("its lease never ended")


def test_one_that_lives_keeps_its_lease_beyond_its_seconds(store: Database, process: Callable[[float], subprocess.Popen[str]]) -> None:
    process(1.0)
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        with pytest.raises(Locked), hold(store, ["council"]):
            pass
