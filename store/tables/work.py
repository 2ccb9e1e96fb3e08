"""What was done when, and by whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from store.tables.columns import json_column


class Stage(SQLModel, table=True):
    """What a stage of the pipeline last worked from; equal means that there is nothing to do."""

    name: str = Field(primary_key=True)
    worked_from: dict[str, Any] = json_column()


class Run(SQLModel, table=True):
    """One pass over one connection."""

    __table_args__ = (Index("ix_run_connection_started", "connection", "started_at"),)
    id: int | None = Field(default=None, primary_key=True)
    connection: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str
    """running, done, partial, failed, refused or interrupted."""
    read: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    rejected: int = 0
    message: str = ""


class Audit(SQLModel, table=True):
    """Who did what: ids and words, never a person's data."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    who: str
    action: str
    target: str
    detail: str = ""


class BudgetUse(SQLModel, table=True):
    """How many requests a connection made in a slot of time, for each window that its service counts by."""

    __tablename__ = "budget_use"
    connection: str = Field(primary_key=True)
    seconds: float = Field(primary_key=True)
    """The window's length; a slot is a sixtieth of it."""
    slot: int = Field(primary_key=True, sa_type=BigInteger)
    taken: int


class BudgetHold(SQLModel, table=True):
    """Until when nobody asks a connection's service, in seconds since 1970. Its row is also what workers lock to take their turn."""

    __tablename__ = "budget_hold"
    connection: str = Field(primary_key=True)
    until: float
