"""What the newest runs of a connection came to: those of the worker, and those that somebody began by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, select

from jobs.settling.deletions import REFUSED
from store import bulk
from store.tables import DueRun, Run

due_run, run = bulk.table_of(DueRun), bulk.table_of(Run)

INTERRUPTED = 10
"""Rows more than are asked for, as some may only have been interrupted."""


@dataclass(frozen=True)
class History:
    """The newest runs of one connection, as far back as is of interest."""

    done_at: datetime | None
    """When one last ended as done."""
    failures: int
    """Tries running that failed since; one whose deletions were refused could read, and ends the row of them."""
    message: str
    """What the newest failure said; empty where none has been since."""
    refused: str
    """The message of the newest run that ended, where its deletions were refused."""
    stalled: str
    """The message of the newest try that ended, where it stood still; whoever looks knows how such a message begins."""
    outcome: str
    """How the newest try that failed since ended: failed or partial; empty where none has."""
    first_due: datetime | None
    """The oldest moment of the looked-at due runs."""


def history(connection: Connection, name: str, deep: int) -> History:
    """Looks at the newest runs and due runs of a connection (or of the stages), enough to find `deep` failures running, and for its last
    success wherever that is."""
    of_runs = (
        select(run).where(run.c.connection == name, run.c.outcome != "running").order_by(run.c.started_at.desc()).limit(deep + INTERRUPTED)
    )
    of_due = select(due_run).where(due_run.c.connection == name).order_by(due_run.c.due_at.desc()).limit(deep + INTERRUPTED)
    runs, dues = connection.execute(of_runs).all(), sorted(connection.execute(of_due), key=lambda row: -row.id)
    done_at = _done_at(connection, name, runs, dues)
    failed_runs = [row for row in runs if row.outcome != "done" and (done_at is None or row.ended_at > done_at)]
    tried = [row for row in dues if row.outcome and row.started_at and (done_at is None or row.started_at > done_at)]
    return History(
        done_at,
        max(len(_until_refused(failed_runs)), sum(_failures(row) for row in _until_refused(tried))),
        next((row.message for row in (*_ended_badly(tried), *failed_runs, *tried) if row.message), ""),
        runs[0].message if runs and REFUSED in runs[0].message else "",
        next((row.message for row in _ended_badly(tried)), ""),
        next((row.outcome for row in _ended_badly(tried)), ""),
        min((row.due_at for row in dues), default=None),
    )


def _done_at(connection: Connection, name: str, runs: Sequence[Any], dues: Sequence[Any]) -> datetime | None:
    found = [row.ended_at for row in (*runs, *dues) if row.outcome == "done" and row.ended_at is not None]
    if not found:
        for table, by in ((run, run.c.started_at), (due_run, due_run.c.due_at)):  # each has an index by connection and this
            done = (table.c.connection == name, table.c.outcome == "done", table.c.ended_at.is_not(None))
            found += connection.scalars(select(table.c.ended_at).where(*done).order_by(by.desc()).limit(1)).all()
    return max(found, default=None)


def _ended_badly(rows: Sequence[Any]) -> list[Any]:
    """Without what was only interrupted, which goes on and says nothing of whether it can."""
    return [row for row in rows if row.outcome != "interrupted"]


def _until_refused(rows: Sequence[Any]) -> list[Any]:
    return list(takewhile(lambda row: REFUSED not in row.message, rows))


def _failures(row: Any) -> int:
    """How many tries of a due run failed. While it waits for its next one, or that is under way, `attempts` counts all before."""
    return int(row.attempts) + int(row.state == "ended" and row.outcome in {"failed", "partial"})
