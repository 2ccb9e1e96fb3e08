"""What the records of one connection say, worked out: engagements, who took part, who stands where. Can be rebuilt at any time."""

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from store.tables.columns import json_column


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
    # Asked by the business record for a million rows at a time: an index that holds all that is asked for spares the table.
    __table_args__ = (Index("ix_engagement_business_named", "business_record_id", "engagement_id"),)
    engagement_id: int = Field(primary_key=True)
    business_record_id: int = Field(primary_key=True)
    connection_id: int = Field(index=True)


class Participant(SQLModel, table=True):
    """Who was at, or asked to, an engagement. Without `person_record_id`: somebody that the CRM does not hold."""

    __table_args__ = (Index("ix_participant_took", "person_record_id", "engagement_id", "took_part", "stated"),)
    engagement_id: int = Field(primary_key=True)
    who: str = Field(primary_key=True)
    """The person record's id, or the text that matched nobody."""
    connection_id: int = Field(index=True)
    person_record_id: int | None = None
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


class ThemeFound(SQLModel, table=True):
    """A theme or resource that an engagement is about, with the words that earned it."""

    __tablename__ = "theme_found"
    engagement_id: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    """theme or resource."""
    found: str = Field(primary_key=True)
    evidence: list[str] = json_column()


class ThemeRead(SQLModel, table=True):
    """From which text and by which rules an engagement was last searched for themes."""

    __tablename__ = "theme_read"
    engagement_id: int = Field(primary_key=True)
    row_hash: bytes = Field(sa_column=Column(LargeBinary(16), nullable=False))
    rules: str
