"""Sessions: who is behind a browser. Kept in the database, so that signing out ends them, and known by the hash of a random token."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from review.roles import Role, User
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import SiteSession

held = bulk.table_of(SiteSession)

IDLE = timedelta(hours=2)
"""After so long without a page, somebody has to sign in again."""
LONGEST = timedelta(hours=12)
BEFORE_SIGN_IN = timedelta(minutes=15)
MOST_BEGUN = 1_000
"""Browsers that are about to sign in; beyond them the oldest has to begin again, so that nobody fills the table."""
NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a page was last asked for: not every page writes."""


@dataclass
class Session:
    """A browser that we know. `token` is what its cookie holds."""

    token: str
    csrf: str
    user: User | None
    ends_at: datetime
    held: dict[str, Any] = field(default_factory=dict)


def find(store: Database, token: str, now: datetime) -> Session | None:
    """The session of a cookie, if it still holds; its last use is noted."""
    with store.reading() as connection:
        row = connection.execute(select(held).where(held.c.token_hash == _hash(token))).one_or_none()
    if row is None or now >= row.ends_at or (row.sign_in and now >= row.seen_at + IDLE):
        return None
    if now >= row.seen_at + NOTED_EVERY:
        with store.connect() as connection:
            connection.execute(update(held).where(held.c.token_hash == row.token_hash).values(seen_at=now))
    user = User(row.sign_in, row.name, _roles(row.roles)) if row.sign_in else None
    return Session(token, row.csrf, user, row.ends_at, dict(row.held))


def begin(store: Database, user: User | None, now: datetime, keep: dict[str, Any] | None = None) -> Session:
    """A new session; always a new one when somebody signs in, so that a token known before is worth nothing. Old ones are cleared away."""
    session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(32), user, now + (LONGEST if user else BEFORE_SIGN_IN), keep or {})
    with store.connect() as connection:
        connection.execute(delete(held).where(held.c.ends_at <= now))
        if user is None:
            _make_room(connection)
        connection.execute(
            insert(held).values(
                token_hash=_hash(session.token),
                csrf=session.csrf,
                sign_in=user.sign_in if user else None,
                name=user.name if user else "",
                roles=" ".join(sorted(user.roles)) if user else "",
                held=session.held,
                seen_at=now,
                ends_at=session.ends_at,
            )
        )
    return session


def _make_room(connection: Connection) -> None:
    begun = select(held.c.token_hash).where(held.c.sign_in.is_(None)).order_by(held.c.ends_at.desc()).offset(MOST_BEGUN - 1)
    old = [row.token_hash for row in connection.execute(begun.limit(MOST_BEGUN))]
    if old:
        connection.execute(delete(held).where(among(connection, held.c.token_hash, old)))


def keep(store: Database, session: Session) -> None:
    """Stores what the session holds."""
    with store.connect() as connection:
        connection.execute(update(held).where(held.c.token_hash == _hash(session.token)).values(held=session.held))


def end(store: Database, token: str) -> None:
    """Ends a session."""
    with store.connect() as connection:
        connection.execute(delete(held).where(held.c.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _roles(words: str) -> frozenset[Role]:
    return frozenset(Role(word) for word in words.split() if word in set(Role))
