"""The picture of a place.

Worked out: who is at the table, the counts of it, and what is offered. Decided by people: needs, roles, readiness."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Seat(SQLModel, table=True):
    """Which sector at the table a business belongs to, and what says so. Stays when the business closes, for measures of earlier days."""

    business_id: str = Field(primary_key=True)
    sector: str
    trust: str
    """What the sector rests on: crm, name, register, …"""
    because: str


class SeatTheme(SQLModel, table=True):
    """A business that has a flag, and a theme that its engagements are about; an empty theme stands for all that it is known by."""

    __tablename__ = "seat_theme"
    __table_args__ = (Index("ix_seat_theme_place_theme", "place", "theme"), Index("ix_seat_theme_theme_sector", "theme", "sector"))
    business_id: str = Field(primary_key=True)
    theme: str = Field(primary_key=True)
    place: str
    sector: str
    size: str
    """micro, small, medium, large or empty."""
    engaged: bool
    """The business's state: a leader took part in the window, whatever the theme."""
    met: bool
    """At the table: somebody of theirs took part in the window in an engagement about the theme."""
    led: bool
    """A leader of theirs did."""


class Tally(SQLModel, table=True):
    """How many rows of `seat_theme` there are of each kind: kept in step with them, in the same transactions."""

    place: str = Field(primary_key=True)
    theme: str = Field(primary_key=True)
    sector: str = Field(primary_key=True)
    size: str = Field(primary_key=True)
    known: int
    engaged: int
    met: int
    led: int


class Offer(SQLModel, table=True):
    """A resource that a business offers, as its engagements and the CRM's tags say."""

    __table_args__ = (Index("ix_offer_resource", "resource"),)
    business_id: str = Field(primary_key=True)
    resource: str = Field(primary_key=True)
    times: int
    """In how many done engagements it was offered."""
    last_on: date | None = None
    """The day of the last of them."""
    tag: str = ""
    """The CRM's tag that says so, where one does."""


class Need(SQLModel, table=True):
    """A resource that a theme or a place needs, until it is met or no longer wanted."""

    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(index=True)
    """Empty: every place."""
    theme: str
    """Empty: the place as a whole."""
    resource: str
    words: str
    added_by: str
    added_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    """met or withdrawn, once it has ended."""
    ended_by: str = ""


class PersonRole(SQLModel, table=True):
    """A partnership role that somebody gave a person: champion, connector, ambassador or business chair."""

    __tablename__ = "person_role"
    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(index=True)
    role: str
    place: str
    """Empty: every place."""
    theme: str
    """Empty: every theme."""
    added_by: str
    added_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None


class PersonRoleSaid(SQLModel, table=True):
    """A partnership role that a CRM says a person has."""

    __tablename__ = "person_role_said"
    person_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)


class Readiness(SQLModel, table=True):
    """What somebody said of a part of a place's readiness. The last word of a part holds; those before it are its history."""

    __table_args__ = (Index("ix_readiness_place_part", "place", "part"),)
    id: int | None = Field(default=None, primary_key=True)
    place: str
    part: str
    state: str
    """yes, partly or no."""
    words: str
    link: str
    """Where the evidence is, http or https; empty where there is none."""
    decided_by: str
    decided_at: datetime
