"""The tables. What a CRM holds (records), what is worked out from it, and what people decided.

Days are local to the configured zone; instants are UTC. Derived tables (engagement, post, theme_found, flag …) can be rebuilt from
records, link decisions and corrections at any time; those three cannot.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


def _json(nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=nullable))


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
    position: dict[str, Any] | None = _json(nullable=True)
    blocks: dict[str, Any] | None = _json(nullable=True)
    """Each block's cursor after the last whole read, for incremental reads."""


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
    fields: dict[str, Any] | None = _json(nullable=True)
    notices: list[Any] | None = _json(nullable=True)
    changed: datetime | None = None
    reason: str | None = None
    """Set where the row is a reject."""


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
    fields: dict[str, Any] = _json()
    notices: list[Any] | None = _json(nullable=True)
    """What was left out of the row without refusing it: [field, text, what]."""
    changed: datetime | None = None
    """When the CRM says the row changed."""
    changed_on: date | None = None
    """The day on which Placebridge saw a row that it already knew change."""
    deleted_on: date | None = None


class Reject(SQLModel, table=True):
    """A row that stands refused now."""

    __table_args__ = (UniqueConstraint("connection_id", "entity", "stage", "source_id", "hash"),)
    id: int | None = Field(default=None, primary_key=True)
    connection_id: int
    entity: str
    stage: str
    """read: refused by itself; resolve: refused for what it points at."""
    source_id: str
    hash: bytes = Field(sa_column=Column(LargeBinary(16), nullable=False))
    reason: str
    fields: dict[str, Any] | None = _json(nullable=True)
    since: date


class Notice(SQLModel, table=True):
    """Something that an admin should know but that refused no row: a word that is none of ours, a name that fits two."""

    connection_id: int = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    count: int


class Engagement(SQLModel, table=True):
    """An engagement as it was resolved; its words stay in its record."""

    record_id: int = Field(primary_key=True)
    connection_id: int = Field(index=True)
    kind: str
    direction: str | None = None
    status: str | None = None
    starts_at: datetime | None = None
    owner: str | None = None
    has_participants: bool = False


class EngagementBusiness(SQLModel, table=True):
    """A business record that an engagement names."""

    __tablename__ = "engagement_business"
    engagement_id: int = Field(primary_key=True)
    business_record_id: int = Field(primary_key=True, index=True)
    connection_id: int = Field(index=True)


class Participant(SQLModel, table=True):
    """Who was at, or asked to, an engagement. Without `person_record_id`: somebody that the CRM does not hold."""

    engagement_id: int = Field(primary_key=True)
    who: str = Field(primary_key=True)
    """The person record's id, or the text that matched nobody."""
    connection_id: int = Field(index=True)
    person_record_id: int | None = Field(default=None, index=True)
    took_part: str
    stated: bool


class Post(SQLModel, table=True):
    """A person record at a business record, now or until the CRM pointed it at another."""

    person_record_id: int = Field(primary_key=True)
    business_record_id: int = Field(primary_key=True, index=True)
    number: int = Field(default=0, primary_key=True)
    """Goes up each time that the record comes back to the business."""
    connection_id: int = Field(index=True)
    title: str
    level: str
    until: datetime | None = None
    """When the CRM pointed the record at another business; the other columns stay as they were then."""
    has_left: bool = False
    """The CRM says that the person has left, whatever the day."""
    left_on: date | None = None
    do_not_contact: bool = False
    changed: datetime | None = None
    changed_on: date | None = None


class Business(SQLModel, table=True):
    """One legal entity or sole trader, joined from records. Ids stay when data moves."""

    id: str = Field(primary_key=True)
    name: str
    company_number: str | None = None
    postcode: str | None = None
    town: str | None = None
    place: str | None = None
    sector: str | None = None
    employees: int | None = None
    closed: bool = False
    multi_site: bool = False
    gone: bool = False
    """No live record is left."""
    merged_into: str | None = None


class BusinessRecord(SQLModel, table=True):
    """Which business a business record is."""

    __tablename__ = "business_record"
    record_id: int = Field(primary_key=True)
    business_id: str = Field(index=True)
    company_number: str | None = None
    method: str
    score: float
    band: str


class Person(SQLModel, table=True):
    """One person, joined from records."""

    id: str = Field(primary_key=True)
    name: str
    do_not_contact: bool = False
    gone: bool = False
    merged_into: str | None = None


class PersonRecord(SQLModel, table=True):
    """Which person a person record is."""

    __tablename__ = "person_record"
    record_id: int = Field(primary_key=True)
    person_id: str = Field(index=True)
    method: str
    score: float
    band: str


class LinkDecision(SQLModel, table=True):
    """Two records held to be the same, different, or unsure, with the evidence; by the rules or by a person."""

    __tablename__ = "link_decision"
    __table_args__ = (
        UniqueConstraint("entity", "left_id", "right_id", "decided_by"),
        CheckConstraint("left_id < right_id", name="ordered"),
    )
    id: int | None = Field(default=None, primary_key=True)
    entity: str
    left_id: int
    right_id: int
    judgement: str
    score: float
    band: str
    evidence: list[str] = _json()
    decided_by: str = "rules"
    decided_at: datetime | None = None
    undone_at: datetime | None = None


class Correction(SQLModel, table=True):
    """What a person corrected: not the leader, has left, not about this theme, do not approach. Holds through every sync."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    business_id: str | None = Field(default=None, index=True)
    person_id: str | None = None
    engagement_id: int | None = None
    detail: dict[str, Any] | None = _json(nullable=True)
    ends_on: date | None = None
    decided_by: str
    decided_at: datetime
    undone_at: datetime | None = None


class ThemeFound(SQLModel, table=True):
    """A theme or resource that an engagement is about, with the words that earned it."""

    __tablename__ = "theme_found"
    engagement_id: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    """theme or resource."""
    found: str = Field(primary_key=True)
    evidence: list[str] = _json()


class ThemeRead(SQLModel, table=True):
    """From which text and by which rules an engagement was last searched for themes."""

    __tablename__ = "theme_read"
    engagement_id: int = Field(primary_key=True)
    row_hash: bytes = Field(sa_column=Column(LargeBinary(16), nullable=False))
    rules: str


class Flag(SQLModel, table=True):
    """A business's state as of a day. All but `engaged` are flagged."""

    business_id: str = Field(primary_key=True)
    state: str = Field(index=True)
    reach: str
    priority: int
    points: dict[str, int] = _json()
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


class Stage(SQLModel, table=True):
    """What a stage of the pipeline last worked from; equal means that there is nothing to do."""

    name: str = Field(primary_key=True)
    worked_from: dict[str, Any] = _json()


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


class RegisterCompany(SQLModel, table=True):
    """A company of the loaded register (the Companies House company data file)."""

    __tablename__ = "register_company"
    number: str = Field(primary_key=True)
    name: str
    postcode: str = ""
    town: str = ""
    status: str = ""
    previous_names: list[str] = _json()
