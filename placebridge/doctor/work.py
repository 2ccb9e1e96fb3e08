"""The work: whether a worker lives and acts, and whether due runs begin."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from placebridge import __version__
from placebridge.doctor.database import is_container
from placebridge.doctor.finding import Finding
from placebridge.doctor.words import age
from placebridge.worker.standing import Standing, living, worker
from placebridge.worker_settings import WorkerSettings
from store.lease import SCHEDULER, lease

PATIENCE = timedelta(hours=1)
"""A due run that could begin and has waited longer waits too long."""


def workers(connection: Connection, settings: WorkerSettings, standings: list[Standing], now: datetime) -> Iterator[Finding]:
    """Whether one lives, acts and is of this version. Where nothing has a schedule, none is needed."""
    alive = living(connection, settings, now)
    if not alive:
        yield _none(connection, [one for one in standings if one.cron], now)
        return
    said = ", ".join(f"{row.id} on {row.machine}" for row in alive)
    yield Finding("worker", f"{said}: newest beat {age(now - alive[0].beat_at)} ago", _does_not_act(connection, settings, now))
    for row in alive:
        if row.version != __version__:
            detail = f"{row.id} on {row.machine} is of version {row.version}, this program is {__version__}"
            yield Finding("worker", detail, f"restart it: {restart('restart')}")


def waiting(settings: WorkerSettings, standings: list[Standing], now: datetime) -> Iterator[Finding]:
    """Runs that wait too long for a worker that lives."""
    late = [one for one in standings if one.not_before and not one.running_since and now - one.not_before > PATIENCE]
    for one in late:
        detail = f"{one.connection} could have begun {age(now - one.not_before)} ago" if one.not_before else ""
        do = f"raise PLACEBRIDGE_WORKER__SIDE_BY_SIDE (now {settings.side_by_side}), spread the schedules, or add a worker"
        yield Finding("due runs", detail, do)
    if not late:
        yield Finding("due runs", f"{sum(one.due_at is not None for one in standings)} wait, none too long")


def restart(verb: str) -> str:
    """How a worker is started or restarted here."""
    return f"{verb} its container" if is_container() else f"systemctl {verb} placebridge"


def _none(connection: Connection, scheduled: list[Standing], now: datetime) -> Finding:
    last: Any = connection.execute(select(worker).order_by(worker.c.beat_at.desc()).limit(1)).one_or_none()
    if last is None and not scheduled:
        return Finding("worker", "none runs, and no connection has a schedule")
    detail = (
        f"none runs; {last.id} on {last.machine} gave its last sign of life {age(now - last.beat_at)} ago"
        if last
        else "none runs: the last was stopped, or none was ever started"
    )
    return Finding(
        "worker",
        detail,
        f"{restart('start')}; if it ends again: journalctl -u placebridge -n 50" if not is_container() else restart("start"),
    )


def _does_not_act(connection: Connection, settings: WorkerSettings, now: datetime) -> str:
    """What to do where no worker holds the scheduler's lease, which with the engine procrastinate none needs."""
    held = connection.execute(select(lease).where(lease.c.name == SCHEDULER, lease.c.owner != "")).one_or_none()
    if settings.engine != "local" or (held is not None and held.until >= now.timestamp()):
        return ""
    return f"none of them acts; where this stays so for a minute: {restart('restart')}"
