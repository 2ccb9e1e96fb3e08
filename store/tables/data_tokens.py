"""Tokens by which other programs read the documented views."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel


class DataToken(SQLModel, table=True):
    """A token that an admin made for a program. Its text was shown once, and is kept nowhere."""

    __tablename__ = "data_token"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    """What it is for, as its maker wrote."""
    token_hash: str = Field(unique=True)
    """SHA-256 of the token, so that who reads the table cannot use it."""
    made_by: str
    made_at: datetime
    ends_on: date | None = None
    """The last day on which it opens anything, in the configured zone; None: until it is withdrawn."""
    last_used_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    """None: it may be used."""
