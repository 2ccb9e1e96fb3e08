"""Who is signed in to the review page, and who ever was. Sessions mean nothing in a backup."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from store.tables.columns import json_column


class SiteSession(SQLModel, table=True):
    """A browser that the page knows: somebody signed in, or about to."""

    __tablename__ = "site_session"
    token_hash: str = Field(primary_key=True)
    """SHA-256 of the cookie's token, so that who reads the table cannot use it."""
    csrf: str
    sign_in: str | None = None
    """None: not signed in yet."""
    name: str = ""
    roles: str = ""
    held: dict[str, Any] = json_column()
    """What the next page is to say, and what the provider's answer is checked against."""
    seen_at: datetime
    ends_at: datetime


class SignInFailure(SQLModel, table=True):
    """A try to sign in that failed. Many in a short time shut the door for a while."""

    __tablename__ = "sign_in_failure"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    caller: str = ""
    """A hash of the address that it came from."""


class Colleague(SQLModel, table=True):
    """Somebody who has signed in at least once: by what the provider knows them, and what they were called when they last came.

    What people do is kept under `sign_in` alone; this says who that is."""

    sign_in: str = Field(primary_key=True)
    name: str
    email: str = ""
    """Empty where the provider does not tell it."""
    roles: str = ""
    """Parted by spaces, as they were at the last signing in."""
    first_at: datetime
    last_at: datetime
