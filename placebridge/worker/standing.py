"""How the work stands, as the database tells: what `placebridge doctor` and the metrics are made of. It only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from jobs.schedules.plans import Configured, due_run, plan_of, schedule
from placebridge.worker_settings import WorkerSettings
from store import bulk
from store.lease import STAGES
from store.tables import Run, Worker

run, worker = bulk.table_of(Run), bulk.table_of(Worker)

MARGIN = 60.0
"""Seconds by which a beat may be late, as it may wait so long while another writes."""


@dataclass(frozen=True)
class Try:
    """How the newest run of a connection ended."""

    outcome: str
    """done, partial, failed, refused or interrupted."""
    message: str
    started_at: datetime
    ended_at: datetime | None
    """None: it waits for its next try."""


@dataclass(frozen=True)
class Standing:
    """How one connection stands, or the stages after the pulls (`STAGES`)."""

    connection: str
    cron: str | None
    paused_at: datetime | None
    succeeded_at: datetime | None
    """When it was last read (for the stages: brought up to date) without a fault; None: never, as far as is known."""
    newest: Try | None
    due_at: datetime | None
    """Since when a run waits; None: none does."""
    not_before: datetime | None
    """When the run that waits is tried."""
    failed_tries: int
    """How often the run that waits was tried and failed."""
    running_since: datetime | None


def late_after(settings: WorkerSettings) -> float:
    """Seconds without a beat after which a worker is taken for dead or stuck."""
    return 4 * settings.beat_seconds + MARGIN


def standings(connection: Connection, configured: Configured) -> list[Standing]:
    """Each configured connection in the order of their names, then the stages."""
    told = {row.connection: row for row in connection.execute(select(schedule))}
    open_runs = connection.execute(select(due_run).where(due_run.c.state != "ended")).all()
    names = [*sorted(configured), STAGES]
    return [_standing(connection, name, plan_of(name, configured.get(name), told.get(name)), open_runs) for name in names]


def living(connection: Connection, settings: WorkerSettings, now: datetime) -> list[Any]:
    """The rows of the workers that live, the newest sign of life first."""
    since = now - timedelta(seconds=late_after(settings))
    return list(connection.execute(select(worker).where(worker.c.beat_at >= since).order_by(worker.c.beat_at.desc())))


def _standing(connection: Connection, name: str, plan: Any, open_runs: Sequence[Any]) -> Standing:
    mine = {row.state: row for row in open_runs if row.connection == name}
    waits, runs_now = mine.get("waiting"), mine.get("running")
    return Standing(
        name,
        plan.cron,
        plan.paused_at,
        _succeeded(connection, name),
        _newest(connection, name),
        waits and waits.due_at,
        waits and waits.not_before,
        waits.attempts if waits else 0,
        runs_now and runs_now.started_at,
    )


def _succeeded(connection: Connection, name: str) -> datetime | None:
    """Of the runs, which `placebridge sync` has too; the stages have none of their own."""
    if name == STAGES:
        done = select(func.max(due_run.c.ended_at)).where(due_run.c.connection == name, due_run.c.outcome == "done")
    else:
        mine = run.c.connection == name, run.c.outcome == "done"
        done = select(run.c.ended_at).where(*mine).order_by(run.c.started_at.desc()).limit(1)
    found: datetime | None = connection.scalar(done)
    return found


def _newest(connection: Connection, name: str) -> Try | None:
    """The newer of what the worker and what a run of its own says: a worker's run may die before it can write, and a sync has no worker."""
    by_worker = (
        select(due_run.c.outcome, due_run.c.message, due_run.c.started_at, due_run.c.ended_at)
        .where(due_run.c.connection == name, due_run.c.outcome != "", due_run.c.started_at.is_not(None))
        .order_by(due_run.c.due_at.desc())
        .limit(1)
    )
    by_run = (
        select(run.c.outcome, run.c.message, run.c.started_at, run.c.ended_at)
        .where(run.c.connection == name, run.c.ended_at.is_not(None))
        .order_by(run.c.started_at.desc())
        .limit(1)
    )
    found = [Try(*row) for query in (by_worker, by_run) if (row := connection.execute(query).one_or_none())]
    return max(found, key=lambda one: one.started_at, default=None)
