"""Plans: what the settings say of when a connection is read, and what was told since, which wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from jobs.audit import note
from store import bulk
from store.database import Database
from store.tables import DueRun, Schedule

schedule, due_run = bulk.table_of(Schedule), bulk.table_of(DueRun)

Configured = Mapping[str, str | None]
"""Each connection of the settings with its cron words, if it has any."""


@dataclass(frozen=True)
class Plan:
    """When one connection is read."""

    connection: str
    configured: str | None
    """What the settings say."""
    told: str | None
    """What was told since; None: nothing else."""
    paused_at: datetime | None

    @property
    def cron(self) -> str | None:
        """The words that hold; None: it is read only when asked."""
        return self.told or self.configured


def plans(store: Database, configured: Configured) -> list[Plan]:
    """The plan of each configured connection, in the order of their names."""
    with store.reading() as connection:
        held = {row.connection: row for row in connection.execute(select(schedule))}
    return [plan_of(name, configured[name], held.get(name)) for name in sorted(configured)]


def plan_of(name: str, configured: str | None, row: Any) -> Plan:
    """A connection's plan from its row, if it has one."""
    return Plan(name, configured, row and row.cron, row and row.paused_at)


def tell(store: Database, name: str, cron: str | None, who: str, now: datetime) -> None:
    """Another schedule than the settings'; None: the settings' again."""
    _set(store, name, {"cron": cron}, who, "schedule set" if cron else "schedule reset", cron or "", now)


def pause(store: Database, name: str, who: str, now: datetime) -> None:
    """No run becomes due until it is resumed. What waits or runs now is left to end."""
    _set(store, name, {"paused_at": now}, who, "schedule pause", "", now)


def resume(store: Database, name: str, who: str, now: datetime) -> None:
    """Runs become due again, from now on."""
    _set(store, name, {"paused_at": None, "seen_until": now}, who, "schedule resume", "", now)


def ask(store: Database, name: str, who: str, now: datetime) -> bool:
    """A run that is due at once; False where one was waiting already, which then waits no longer."""
    with store.connect() as connection:
        waiting = due_run.c.connection == name, due_run.c.state == "waiting"
        hurried = connection.execute(update(due_run).where(*waiting).values(not_before=now, attempts=0))
        if not hurried.rowcount:
            add(connection, row_of(name, now, "asked", now))
        note(connection, who, "schedule run", name, now)
    return not hurried.rowcount


def add(connection: Connection, row: dict[str, Any]) -> bool:
    """Adds a due run; False where its moment has one, or its connection has one that waits."""
    return bool(connection.execute(bulk.upsert(connection, DueRun).values(**row).on_conflict_do_nothing()).rowcount)


def row_of(name: str, due_at: datetime, why: str, not_before: datetime, missed: int = 0) -> dict[str, Any]:
    """A due run that waits."""
    return {
        "connection": name, "due_at": due_at, "why": why, "state": "waiting", "not_before": not_before, "missed": missed,
        "attempts": 0, "worker": "", "outcome": "", "message": "",
    }  # fmt: skip


def _set(store: Database, name: str, values: dict[str, Any], who: str, action: str, detail: str, now: datetime) -> None:
    with store.connect() as connection:
        if not connection.execute(update(schedule).where(schedule.c.connection == name).values(**values)).rowcount:
            connection.execute(insert(schedule).values(**{"connection": name, "followed": ""} | values))
        note(connection, who, action, name, now, detail)

