"""Due runs: which are ready, who has which, and what becomes of each.

A row that says `running` is under way for as long as its connection's lease is held; when its holder died, it waits again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from jobs.schedules.plans import add, due_run, row_of
from store.database import Database
from store.lease import STAGES, held_by_others

PATIENCE = timedelta(minutes=30)
"""So long at most the stages wait until no pull is under way or ready."""
STALLED = "nothing was stored for"
"""How the message of a run begins that was ended because it stood still."""
KEPT = timedelta(days=90)
"""Ended due runs are kept for so long."""


@dataclass(frozen=True)
class Due:
    """A due run that this process works on, or could."""

    id: int
    connection: str
    due_at: datetime
    missed: int = 0
    attempts: int = 0


@dataclass(frozen=True)
class Ended:
    """How a run ended: `outcome` is done, partial, failed or interrupted."""

    outcome: str
    message: str = ""
    wait: float = 0.0
    """Seconds before which another try is in vain, where the other end said so."""
    final: bool = False
    """Another try would end the same: a person has to decide first."""
    more: bool = False
    """It is to be run again at once, as it did only part of what there is to do."""


def ready(store: Database, now: datetime) -> list[Due]:
    """The due runs that can begin, the longest due first. The stages come when no pull is under way or ready, or have waited long."""
    with store.reading() as connection:
        running = set(connection.scalars(select(due_run.c.connection).where(due_run.c.state == "running")))
        waiting = select(due_run).where(due_run.c.state == "waiting", due_run.c.not_before <= now).order_by(due_run.c.due_at, due_run.c.id)
        rows = [row for row in connection.execute(waiting) if row.connection not in running]
    pulls = [row for row in rows if row.connection != STAGES]
    idle = not pulls and not running - {STAGES}
    stages = [row for row in rows if row.connection == STAGES and (idle or row.due_at <= now - PATIENCE)]
    return [_due(row) for row in (*stages, *pulls)]


def find(store: Database, due_id: int) -> Due | None:
    """A due run that waits."""
    with store.reading() as connection:
        row = connection.execute(select(due_run).where(due_run.c.id == due_id, due_run.c.state == "waiting")).one_or_none()
    return _due(row) if row else None


def claim(store: Database, due: Due, worker: str, now: datetime) -> bool:
    """Begins a run; the caller holds its lease. False where it no longer waits. One that still says `running` was left by a dead holder."""
    mine = (due_run.c.id == due.id, due_run.c.state == "waiting")
    with store.connect() as connection:
        stale = due_run.c.connection == due.connection, due_run.c.state == "running", due_run.c.id != due.id
        gone_on = {"state": "ended", "ended_at": now, "outcome": "interrupted", "message": "the next run went on with it"}
        connection.execute(update(due_run).where(*stale).values(**gone_on))
        return bool(connection.execute(update(due_run).where(*mine).values(state="running", worker=worker, started_at=now)).rowcount)


def finish(store: Database, due: Due, ended: Ended, pauses: Sequence[timedelta], now: datetime) -> None:
    """Ends a run, or lets it wait for its next try; the caller holds its lease."""
    tried = _Tried(due, ended, now, _pause(due, ended, pauses), due.attempts + 1)
    with store.connect() as connection:
        tried.write(connection, due_run.c.id == due.id)
        connection.execute(delete(due_run).where(due_run.c.state == "ended", due_run.c.ended_at < now - KEPT))


def let_go(store: Database, due: Due, now: datetime) -> None:
    """A run was stopped because it was asked to: it goes on as soon as a worker is there. The caller holds its lease."""
    ended = Ended("interrupted", "stopped between two pages; it goes on")
    with store.connect() as connection:
        _Tried(due, ended, now, timedelta(), due.attempts).write(connection, due_run.c.id == due.id)


def rescue(store: Database, pauses: Sequence[timedelta], now: datetime) -> list[Due]:
    """Lets what dead holders left wait again: at once the first time, then with the pauses of a failure, as it may be the run that kills
    its worker."""
    with store.reading() as connection:  # first what runs, then who lives: a run that begins in between is none of these
        rows = connection.execute(select(due_run).where(due_run.c.state == "running")).all()
    alive = set(held_by_others(store)) if rows else set()
    rescued = []
    for row in rows:
        due, ended = _due(row), Ended("interrupted", "its worker died; it goes on where it was")
        tried = _Tried(due, ended, now, _pause(due, ended, (timedelta(), *pauses)), due.attempts + 1)
        with store.connect() as connection:
            if row.connection not in alive and tried.write(connection, due_run.c.id == row.id, due_run.c.started_at == row.started_at):
                rescued.append(due)
    return rescued


@dataclass(frozen=True)
class _Tried:
    """What one try of a run came to."""

    due: Due
    ended: Ended
    now: datetime
    pause: timedelta | None
    """Before its next try; None: there is none."""
    attempts: int

    def write(self, connection: Connection, *these: ColumnElement[bool]) -> bool:
        """Ends the row, or lets it wait; where another of its connection waits already, that one makes up for it."""
        name = self.due.connection
        waiting = select(due_run.c.id).where(due_run.c.connection == name, due_run.c.state == "waiting")
        again = self.pause is not None and connection.execute(waiting).first() is None
        values: dict[str, Any] = {"outcome": self.ended.outcome, "message": self.ended.message}
        if again and self.pause is not None:
            values |= {"state": "waiting", "attempts": self.attempts, "not_before": self.now + self.pause}
        else:
            values |= {"state": "ended", "ended_at": self.now}
        done = connection.execute(update(due_run).where(*these, due_run.c.state == "running").values(**values)).rowcount
        if done and self.ended.more and not again:
            add(connection, row_of(name, self.now, "changed", self.now))
        return bool(done)


def _pause(due: Due, ended: Ended, pauses: Sequence[timedelta]) -> timedelta | None:
    if ended.outcome == "done" or ended.final or due.attempts >= len(pauses):
        return None
    return max(pauses[due.attempts], timedelta(seconds=ended.wait))


def _due(row: Any) -> Due:
    return Due(row.id, row.connection, row.due_at, row.missed, row.attempts)
