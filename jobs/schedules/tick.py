"""The tick: turns due moments into due runs. It rests on the database alone, so any worker may do it, at any time, as often as it likes.

What was missed while nobody ticked, and what comes while a run of the same connection waits, is made up for by one run.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from jobs.decisions.holding import stamp
from jobs.schedules import cron
from jobs.schedules.plans import Configured, add, due_run, plan_of, row_of, schedule
from store import bulk
from store.database import Database
from store.lease import STAGES
from store.tables import Connection as ConnectionRow
from store.tables import Dirty, Schedule, Stage

connections, stage, dirty = bulk.table_of(ConnectionRow), bulk.table_of(Stage), bulk.table_of(Dirty)

REST = timedelta(hours=1)
"""So long the stages rest after they have failed for good."""


def tick(store: Database, configured: Configured, zone: ZoneInfo, now: datetime) -> None:
    """Makes what is due by `now` into due runs. A schedule that is new or was changed begins now; nothing is made up for it."""
    with store.connect() as connection:
        names = sorted(configured)
        bulk.insert(connection, Schedule, ("connection", "followed"), [(name, "") for name in names])
        held = select(schedule).where(schedule.c.connection.in_(names)).order_by(schedule.c.connection).with_for_update()
        for row in connection.execute(held).all():
            _follow(connection, row, configured[row.connection], zone, now)
        _stages(connection, zone, now)


def _follow(connection: Connection, row: Any, configured: str | None, zone: ZoneInfo, now: datetime) -> None:
    words = plan_of(row.connection, configured, row).cron
    followed = f"{words} {zone.key}" if words else ""
    if row.followed != followed:
        _note(connection, row.connection, followed=followed, seen_until=now)
        return
    if words is None or row.paused_at is not None:
        return
    due_at, count = cron.newest(words, zone, row.seen_until, now)
    if due_at is not None:
        _make_due(connection, row.connection, due_at, count - 1)
        _note(connection, row.connection, seen_until=due_at)


def _note(connection: Connection, name: str, **values: Any) -> None:
    connection.execute(update(schedule).where(schedule.c.connection == name).values(**values))


def _make_due(connection: Connection, name: str, due_at: datetime, missed: int) -> None:
    """Adds the run, or lets the one that waits make up for it; that is tried at its new time, however often it failed before."""
    waiting = (due_run.c.connection == name, due_run.c.state == "waiting", due_run.c.due_at < due_at)
    values = {"due_at": due_at, "not_before": due_at, "attempts": 0, "missed": due_run.c.missed + 1 + missed}
    if not connection.execute(update(due_run).where(*waiting).values(**values)).rowcount:
        add(connection, row_of(name, due_at, "scheduled", due_at, missed))


def _stages(connection: Connection, zone: ZoneInfo, now: datetime) -> None:
    """The stages after the pulls are due when a pull has changed something, and once a day, as time alone changes a state."""
    newest = select(due_run).where(due_run.c.connection == STAGES).order_by(due_run.c.id.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    if last is not None and (last.state == "waiting" or (last.outcome == "failed" and last.ended_at and last.ended_at > now - REST)):
        return
    if changed(connection):
        add(connection, row_of(STAGES, now, "changed", now))
    elif _anything(connection) and (last is None or last.due_at.astimezone(zone).date() < now.astimezone(zone).date()):
        add(connection, row_of(STAGES, now, "day", now))


def changed(connection: Connection) -> bool:
    """Whether anything waits for the stages: records that are others than the last resolve worked from, words of people about links,
    businesses that are to be looked at again."""
    return _read_since(connection) or _decided_since(connection) or connection.execute(select(dirty).limit(1)).first() is not None


def _read_since(connection: Connection) -> bool:
    resolved = {row.name: row.worked_from for row in connection.execute(select(stage).where(stage.c.name.like("resolve %")))}
    read = connection.execute(select(connections.c.id, connections.c.version).where(connections.c.version > 0))
    return any((resolved.get(f"resolve {row.id}") or {}).get("version") != row.version for row in read)


def _decided_since(connection: Connection) -> bool:
    joined = connection.scalar(select(stage.c.worked_from).where(stage.c.name == "join businesses")) or {}
    now = stamp(connection)
    return any(now) and joined.get("decisions") != now


def _anything(connection: Connection) -> bool:
    return connection.execute(select(connections.c.id).where(connections.c.version > 0).limit(1)).first() is not None
