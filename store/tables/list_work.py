"""What people do with the list: who took on which business, what was put off, whom they met, what they want to see and be told."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from store.tables.columns import json_column


class WorkStep(SQLModel, table=True):
    """One thing that somebody did about a business on the list. How the business stands is worked out from those that are not undone."""

    __tablename__ = "work_step"
    id: int | None = Field(default=None, primary_key=True)
    business_id: str = Field(index=True)
    """As it was then; it may have been merged since."""
    kind: str
    """assigned, snoozed, dismissed, reopened or commented."""
    owner: str | None = None
    """assigned: the officer's sign-in name; None for nobody."""
    until: date | None = None
    """snoozed: the day on which it is back."""
    reason: str = ""
    """dismissed: one of our words."""
    words: str = ""
    """What the person wrote."""
    state: str | None = None
    reach: str | None = None
    changed_on: date | None = None
    """dismissed: how the flag stood, and since when, so that a change after it is seen."""
    decided_by: str
    decided_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


class OwnEngagement(SQLModel, table=True):
    """An engagement that somebody wrote down here, in no CRM yet. It counts as a CRM's does; no sync touches it."""

    __tablename__ = "own_engagement"
    id: int | None = Field(default=None, primary_key=True)
    business_id: str = Field(index=True)
    kind: str
    """meeting, call, visit or event."""
    day: date
    people: list[str] = json_column()
    """The ids of those of theirs who took part, as they were then."""
    note: str = ""
    decided_by: str
    decided_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


class SavedView(SQLModel, table=True):
    """A list that somebody wants to see again: filters and order, by name."""

    __tablename__ = "saved_view"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    query: str
    """The page's query string."""
    shared: bool = False
    """Whether all see it."""
    decided_by: str = Field(index=True)
    decided_at: datetime


class DigestChoice(SQLModel, table=True):
    """The digest that an officer asked for."""

    __tablename__ = "digest_choice"
    officer: str = Field(primary_key=True)
    """The sign-in name."""
    address: str
    places: list[str] = json_column()
    themes: list[str] = json_column()
    """Empty lists: all."""
    every: str
    """day, week or month."""
    weekday: int = 0
    """For a week's: Monday is 0."""
    chosen_at: datetime
    told_to: datetime
    """Up to when the newest digest told."""


class DigestMail(SQLModel, table=True):
    """A digest on its way. There is one for each officer and period, whoever finds that it is due."""

    __tablename__ = "digest_mail"
    __table_args__ = (Index("ix_digest_mail_state_not_before", "state", "not_before"),)
    officer: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    """The day that it is for, as 2026-11-02."""
    state: str
    """waiting, sending (never tried again: it may have been taken), sent or given_up."""
    address: str
    subject: str
    text: str
    html: str
    """All four empty once it was sent or given up."""
    made_at: datetime
    attempts: int = 0
    not_before: datetime
    sent_at: datetime | None = None
    last_error: str = ""


class Listed(SQLModel, table=True):
    """A business as the list shows and searches it. Worked out by the flag stage and at each step; can be rebuilt at any time."""

    business_id: str = Field(primary_key=True)
    gone: bool = False
    """It is on no list any more; the row tells those who hold the list in memory."""
    name: str = ""
    words: str = ""
    """What the search looks at, folded: of its names, company number and town."""
    state: str = ""
    reach: str = ""
    priority: int = 0
    since: date | None = None
    """From when on it has had this state and reach."""
    place: str = ""
    sector: str = ""
    employees: int | None = None
    themes: str = ""
    tags: str = ""
    """Parted by a bar."""
    owner: str | None = None
    snoozed_until: date | None = None
    dismissed: bool = False
    version: int | None = Field(default=None, sa_type=BigInteger, index=True)
    """The list's version at which this row was last written."""


class ListVersion(SQLModel, table=True):
    """The list's version: goes up with each write, in its transaction. Its one row is also what writers lock to take their turn."""

    __tablename__ = "list_version"
    name: str = Field(primary_key=True)
    version: int = Field(default=0, sa_type=BigInteger)
