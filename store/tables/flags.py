"""Flags, their history, and what is to be looked at again. Can be rebuilt at any time, the history aside."""

from datetime import date

from sqlmodel import Field, SQLModel

from store.tables.columns import json_column


class Flag(SQLModel, table=True):
    """A business's state as of a day. All but `engaged` are flagged."""

    business_id: str = Field(primary_key=True)
    state: str = Field(index=True)
    reach: str
    priority: int
    points: dict[str, int] = json_column()
    reason: str
    approach: str
    via: str
    place: str
    themes: str
    connections: str
    as_of: date
    next_on: date | None = Field(default=None, index=True)
    """The next day on which time alone could change this."""


class FlagLooked(SQLModel, table=True):
    """A business that has been looked at: so that one without a flag (closed) is not looked at again for nothing."""

    __tablename__ = "flag_looked"
    business_id: str = Field(primary_key=True)
    as_of: date
    next_on: date | None = Field(default=None, index=True)


class FlagHistory(SQLModel, table=True):
    """A change of a business's state."""

    __tablename__ = "flag_history"
    business_id: str = Field(primary_key=True)
    as_of: date = Field(primary_key=True)
    state: str | None = None
    """None: from this day on it has no row (closed or gone)."""
    reach: str | None = None


class Dirty(SQLModel, table=True):
    """A business that something touched and whose flag is to be looked at again."""

    business_id: str = Field(primary_key=True)
