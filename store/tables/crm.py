"""What the CRMs hold: connections, how far each has been read, the rows that stand, those refused and what was noticed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.columns import json_column


class Connection(SQLModel, table=True):
    """One configured outside system."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str
    side: str
    version: int = 0
    """Goes up whenever a record of this connection changes, in the same transaction."""


class Cursor(SQLModel, table=True):
    """How far an entity of a connection has been read. `position` is set while a read is under way."""

    connection_id: int = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    map_version: str = ""
    fingerprint: str | None = None
    """What the last whole read saw; equal means that there is nothing to read."""
    position: dict[str, Any] | None = json_column(nullable=True)
    blocks: dict[str, Any] | None = json_column(nullable=True)
    """For each source where the next read begins and what is to be known of the last: `cursor`, `unknown`."""


class Arrival(SQLModel, table=True):
    """A row of a read that is not whole yet. Emptied when the read is settled into records."""

    id: int | None = Field(default=None, primary_key=True)
    connection_id: int
    entity: str
    record_id: int | None = None
    """The record that has the row's id. Where it was read from just these cells, all that follows is empty."""
    source_id: str | None = None
    row_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary(16)))
    block: str | None = None
    fields: dict[str, Any] | None = json_column(nullable=True)
    notices: list[Any] | None = json_column(nullable=True)
    changed: datetime | None = None
    reason: str | None = None
    """Set where the row is a reject."""
    mark: str | None = None
    """Set where this is no row: deleted, an id that the CRM says is gone; seen, one that is there; merged, one that now means another
    (`fields`: survivor)."""


class Record(SQLModel, table=True):
    """One row as a CRM holds it, only its mapped fields."""

    __table_args__ = (UniqueConstraint("connection_id", "entity", "source_id"),)
    id: int | None = Field(default=None, primary_key=True)
    connection_id: int
    entity: str
    source_id: str
    block: str
    row_hash: bytes = Field(sa_column=Column(LargeBinary(16), nullable=False))
    """Of the row's cells and of the rules that read them: a row of the same is not read again."""
    fields: dict[str, Any] = json_column()
    notices: list[Any] | None = json_column(nullable=True)
    """What was left out of the row without refusing it: [field, text, what]."""
    changed: datetime | None = None
    """When the CRM says the row changed."""
    changed_on: date | None = None
    """The day on which Placebridge saw a row that it already knew change."""
    deleted_on: date | None = None


class Merged(SQLModel, table=True):
    """A record that the CRM joined with another: links to the loser mean the survivor."""

    connection_id: int = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    loser: str = Field(primary_key=True)
    survivor: str


class Reject(SQLModel, table=True):
    """A row that stands refused now."""

    __table_args__ = (UniqueConstraint("connection_id", "entity", "stage", "source_id", "hash"),)
    id: int | None = Field(default=None, primary_key=True)
    connection_id: int
    entity: str
    stage: str
    """read: refused by itself; resolve: refused for what it points at."""
    source_id: str
    block: str | None = None
    hash: bytes = Field(sa_column=Column(LargeBinary(16), nullable=False))
    reason: str
    fields: dict[str, Any] | None = json_column(nullable=True)
    since: date


class Notice(SQLModel, table=True):
    """Something that an admin should know but that refused no row: a word that is none of ours, a name that fits two."""

    connection_id: int = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    count: int
