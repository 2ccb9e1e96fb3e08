"""Runs: one row for each pass over a connection. A run that was killed is gone on with, not begun anew."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from store import bulk
from store.database import Database
from store.tables import Run

run = bulk.table_of(Run)

KEPT = timedelta(days=365)
"""Runs are kept for so long, and the last that was done for ever."""
COUNTED = ("read", "added", "changed", "removed", "rejected")


@dataclass
class Counts:
    """What a settled read did to the records of one entity."""

    read: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    rejected: int = 0

    @property
    def written(self) -> bool:
        """Whether any record is another than before."""
        return bool(self.added or self.changed or self.removed)


def begin(store: Database, connection: str) -> int:
    """The id of the run that goes on, or of a new one. The caller holds the sync lock, so a run that still says `running` was killed."""
    with store.connect() as database:
        held = database.scalar(select(run.c.id).where(run.c.connection == connection, run.c.outcome == "running"))
        if held is not None:
            return int(held)
        row = {"connection": connection, "started_at": datetime.now(UTC), "outcome": "running", "message": "", **dict.fromkeys(COUNTED, 0)}
        return int(database.execute(insert(run).values(**row).returning(run.c.id)).scalar_one())


def count(connection: Connection, run_id: int, counts: Counts) -> None:
    """Adds what one entity's read did, in the transaction in which it did it."""
    added = {name: run.c[name] + getattr(counts, name) for name in COUNTED}
    connection.execute(update(run).where(run.c.id == run_id).values(**added))


def end(store: Database, ended: dict[str, tuple[str, str]]) -> None:
    """Closes the runs of these connections, each with its outcome and message, all in one transaction; forgets those of long ago."""
    now = datetime.now(UTC)
    with store.connect() as database:
        for connection, (outcome, message) in ended.items():
            of_this = (run.c.connection == connection, run.c.outcome == "running")
            database.execute(update(run).where(*of_this).values(outcome=outcome, message=message, ended_at=now))
            _forget(database, connection, now - KEPT)


def _forget(database: Connection, connection: str, before: datetime) -> None:
    done = select(run.c.id).where(run.c.connection == connection, run.c.outcome == "done").order_by(run.c.started_at.desc()).limit(1)
    old = (run.c.connection == connection, run.c.started_at < before, run.c.outcome != "running")
    database.execute(delete(run).where(*old, run.c.id.not_in(done)))


def latest(store: Database, connection: str) -> Counts:
    """What the newest run of a connection did in all, what it did before it was interrupted included."""
    with store.reading() as database:
        query = select(*(run.c[name] for name in COUNTED)).where(run.c.connection == connection).order_by(run.c.id.desc()).limit(1)
        return Counts(*database.execute(query).one())
