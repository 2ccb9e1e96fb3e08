"""Businesses and people joined from the records of all connections, and what was decided about it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from store.tables.columns import json_column

SINCE = {"server_default": text("''")}
"""For a column that came later: rows that are there already have it empty."""


class Business(SQLModel, table=True):
    """One legal entity or sole trader, joined from records. Ids stay when data moves."""

    id: str = Field(primary_key=True)
    name: str
    company_number: str | None = Field(default=None, index=True)
    postcode: str | None = None
    town: str | None = None
    place: str | None = None
    place_by_records: str | None = None
    """What the records say, where a person's word stands in `place`; else the same."""
    sector: str | None = None
    employees: int | None = None
    closed: bool = False
    multi_site: bool = False
    gone: bool = False
    """No live record is left."""
    merged_into: str | None = Field(default=None, index=True)
    other_names: str | None = None
    tags: str | None = None
    """Both parted by a bar."""


class BusinessRecord(SQLModel, table=True):
    """Which business a business record is."""

    __tablename__ = "business_record"
    record_id: int = Field(primary_key=True)
    business_id: str = Field(index=True)
    company_number: str | None = None
    method: str
    score: float
    band: str
    former: list[str] | None = json_column(nullable=True)
    """The businesses that it was before a join took it, the last at the end: what is parted again finds its id."""


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
    former: list[str] | None = json_column(nullable=True)
    """As of a business's record."""


RULES = "rules"
"""Who decided what no person did."""
_BY_RULES = text("decided_by = 'rules'")
_HOLDS = text("decided_by <> 'rules' AND undone_at IS NULL")


class LinkDecision(SQLModel, table=True):
    """Two records held to be the same, different, or unsure, with the evidence; by the rules or by a person.

    Of each pair the rules say one thing, and one person's word holds at most; words that were undone stay."""

    __tablename__ = "link_decision"
    __table_args__ = (
        CheckConstraint("left_id < right_id", name="ordered"),
        Index("uq_link_decision_rules", "entity", "left_id", "right_id", unique=True, sqlite_where=_BY_RULES, postgresql_where=_BY_RULES),
        Index("uq_link_decision_holds", "entity", "left_id", "right_id", unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS),
    )
    id: int | None = Field(default=None, primary_key=True)
    entity: str
    left_id: int
    right_id: int
    judgement: str
    score: float
    band: str
    evidence: list[str] = json_column()
    decided_by: str = RULES
    decided_at: datetime | None = None
    act: int | None = Field(default=None, index=True)
    """What a person decided at one time of several pairs has one number, by which it is undone."""
    undone_at: datetime | None = None
    undone_by: str | None = None


class Correction(SQLModel, table=True):
    """What a person said that no record says, or against the records. Holds through every sync until it is undone or its day has come."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """not_leader, has_left, not_theme, is_theme, wrong_place, do_not_approach or claim: jobs/decisions/kinds.py."""
    business_id: str | None = Field(default=None, index=True)
    person_id: str | None = None
    engagement_id: int | None = Field(default=None, index=True)
    detail: dict[str, Any] | None = json_column(nullable=True)
    ends_on: date | None = None
    """The first day on which it no longer holds."""
    decided_by: str
    decided_at: datetime
    undone_at: datetime | None = None
    undone_by: str | None = None


class RegisterCompany(SQLModel, table=True):
    """A company of the loaded register (the Companies House company data file)."""

    __tablename__ = "register_company"
    number: str = Field(primary_key=True)
    name: str
    postcode: str = ""
    town: str = ""
    status: str = ""
    sic: str = Field(default="", sa_column_kwargs=SINCE)
    """Codes of the standard industrial classification, with a space between."""
    accounts: str = Field(default="", sa_column_kwargs=SINCE)
    """The kind of accounts that it filed last, in the register's words."""
    place: str = Field(default="", index=True, sa_column_kwargs=SINCE)
    """By the rules for places as they were when the register was loaded."""
    previous_names: list[str] = json_column()
