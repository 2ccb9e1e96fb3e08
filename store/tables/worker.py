"""The background service: who works on what, when what is due, and which workers live."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Lease(SQLModel, table=True):
    """Who may write for a connection, or for the stages after the pulls."""

    name: str = Field(primary_key=True)
    owner: str = ""
    """A process's id for as long as it holds it; empty: free."""
    fence: int = Field(default=0, sa_type=BigInteger)
    """Grows each time it is taken; a transaction under an older number is refused."""
    until: float = 0.0
    """Without a sign of life until then, in seconds since 1970, others may take it."""


class Schedule(SQLModel, table=True):
    """When a connection is read, as far as it was told since the settings were written."""

    connection: str = Field(primary_key=True)
    cron: str | None = None
    """Five cron words in place of the settings'; None: as the settings say."""
    paused_at: datetime | None = None
    followed: str = ""
    """The cron words that `seen_until` belongs to; empty: none yet."""
    seen_until: datetime | None = None
    """Due moments up to here have become due runs, or were passed over while it was paused or another schedule held."""


def _one(state: str) -> Index:
    """A connection has one row at most in that state."""
    only = text(f"state = '{state}'")
    return Index(f"ix_due_run_{state}", "connection", unique=True, sqlite_where=only, postgresql_where=only)


class DueRun(SQLModel, table=True):
    """A run that is due, under way or ended. Each due moment of a connection has one row at most."""

    __tablename__ = "due_run"
    __table_args__ = (UniqueConstraint("connection", "due_at"), _one("waiting"), _one("running"), Index("ix_due_run_ended", "ended_at"))
    id: int | None = Field(default=None, primary_key=True)
    connection: str
    """A connection's name, or that of the lease of the stages after the pulls."""
    due_at: datetime
    why: str
    """scheduled, asked, changed (the stages: something was read) or day (the stages: a day has begun)."""
    state: str = "waiting"
    """waiting, running or ended."""
    not_before: datetime
    """Where it waits: when it is tried."""
    missed: int = 0
    """How many due moments before its own it makes up for."""
    attempts: int = 0
    """How often it was tried and failed."""
    worker: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    """done, partial, failed or interrupted; of the last try."""
    message: str = ""


class Worker(SQLModel, table=True):
    """A worker that lives, or lived last."""

    id: str = Field(primary_key=True)
    machine: str
    version: str
    started_at: datetime
    beat_at: datetime
