"""What was done when, and by whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
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
    at: datetime
    who: str
    action: str
    target: str
    detail: str = ""
