"""What ops are told: notices that wait to be sent, how each went out, and which alerts are open."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class OpsNotice(SQLModel, table=True):
    """Something to tell ops, written in the transaction of the fact that it tells."""

    __tablename__ = "ops_notice"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """The same key is the same notice: it is there once, whoever writes it again."""
    kind: str
    subject: str
    body: str
    """Plain text without personal data or secrets."""
    created_at: datetime
    handed_out: bool = Field(default=False, index=True)
    """Whether it has its deliveries, one for each channel that there was."""


class OpsDelivery(SQLModel, table=True):
    """A notice on its way by one channel."""

    __tablename__ = "ops_delivery"
    __table_args__ = (Index("ix_ops_delivery_state_not_before", "state", "not_before"),)
    notice_id: int = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    state: str
    """waiting, sent or given_up."""
    attempts: int = 0
    not_before: datetime
    """When it may be tried; while somebody sends it, when others may take it for abandoned."""
    sent_at: datetime | None = None
    last_error: str = ""


class Alert(SQLModel, table=True):
    """A thing that can be wrong with a subject (a connection, say): open at most once."""

    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    episode: int
    """How many times it has been opened."""
    said: str
    opened_at: datetime
    cleared_at: datetime | None = None
    """None while it is open."""
    seen_at: datetime | None = None
    """While it is not open: since when it is wrong, where it is told only if it lasts."""
