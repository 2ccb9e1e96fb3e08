"""A run in progress, as far as the database tells: what was read and stored so far."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from jobs.pull import ENTITY_ORDER
from store import bulk
from store.lease import lease
from store.tables import Connection as ConnectionRow
from store.tables import Cursor, DueRun, Run

connections, cursor = bulk.table_of(ConnectionRow), bulk.table_of(Cursor)
due_run, run = bulk.table_of(DueRun), bulk.table_of(Run)


@dataclass(frozen=True)
class Progress:
    """What is under way for a connection."""

    since: datetime
    steps: tuple[str, ...]
    """What was done so far, in words."""
    alive: bool
    """Somebody works on it. No: it was stopped, and the next run goes on where it was."""


def progress_of(connection: Connection, name: str, now: datetime) -> Progress | None:
    """What is under way for a connection (or for the stages); None where nothing is."""
    newest = select(run).where(run.c.connection == name).order_by(run.c.started_at.desc(), run.c.id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    row = row if row is not None and row.outcome == "running" else None
    due = connection.execute(select(due_run.c.started_at).where(due_run.c.connection == name, due_run.c.state == "running")).first()
    if row is None and due is None:
        return None
    held = connection.scalar(select(lease.c.until).where(lease.c.name == name, lease.c.owner != ""))
    alive = held is not None and held >= now.timestamp()
    since = due.started_at if due is not None and due.started_at else row.started_at if row is not None else now
    steps = [f"{row.read:,} rows read and taken over"] if row is not None and row.read else []
    return Progress(since, (*steps, *_being_read(connection, name)), alive)


def _being_read(connection: Connection, name: str) -> list[str]:
    """What was staged of reads that are not whole yet: kept with each page, so it tells how far they are."""
    query = (
        select(cursor.c.entity, cursor.c.position)
        .join(connections, connections.c.id == cursor.c.connection_id)
        .where(connections.c.name == name, cursor.c.position.is_not(None))
    )
    found = {row.entity: row.position for row in connection.execute(query)}
    return [f"{found[entity]['read']:,} {entity} rows read so far" for entity in ENTITY_ORDER if entity in found]
