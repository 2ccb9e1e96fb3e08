"""Tokens for programs that read the documented views: made, used, withdrawn or over. A token's text is told once; only its hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from jobs import audit
from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.tables import DataToken

table = bulk.table_of(DataToken)

BEGINS: Final = "pbdata_"
"""What every token begins with, so that whoever finds one somewhere knows what it is."""
LONGEST: Final = 100


@dataclass(frozen=True)
class Token:
    """A token as admins see it."""

    id: int
    name: str
    made_by: str
    made_at: datetime
    ends_on: date | None
    last_used_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.ends_on is not None and self.ends_on < today


def make(store: Database, name: str, ends_on: date | None, who: str, now: datetime, today: date) -> str:
    """Makes a token under a name, for good or until the end of a day; gives its text, which cannot be had again. Raises Refused."""
    name = " ".join(name.split())
    if not name:
        raise Refused("Enter a name that says what the token is for, as in Power BI of the economy team.")
    if len(name) > LONGEST:
        raise Refused(f"That name is too long. Say what the token is for in {LONGEST} characters.")
    text = BEGINS + secrets.token_urlsafe(32)
    with store.connect() as connection:
        if connection.scalar(select(table.c.id).where(table.c.name == name, _opens(today))) is not None:
            raise Refused("There is a token of that name. Withdraw it first, or enter another name.")
        row = {"name": name, "token_hash": _hash(text), "made_by": who, "made_at": now, "ends_on": ends_on}
        made = connection.execute(insert(table).values(**row, withdrawn_by="").returning(table.c.id)).scalar_one()
        audit.note(connection, who, "data token made", str(made), now)
    return text


def withdraw(store: Database, token_id: int, who: str, now: datetime) -> None:
    """Ends a token: from now on it opens nothing. Raises Refused."""
    with store.connect() as connection:
        live = update(table).where(table.c.id == token_id, table.c.withdrawn_at.is_(None))
        if connection.execute(live.values(withdrawn_by=who, withdrawn_at=now)).rowcount == 0:
            raise Refused("This token is withdrawn already or is not there. Load the page again.")
        audit.note(connection, who, "data token withdrawn", str(token_id), now)


def use(store: Database, text: str, view: str, now: datetime, today: date) -> bool:
    """Whether a token opens the views. If it does, it is noted that a view was read with it, and when."""
    with store.reading() as connection:
        found = connection.scalar(select(table.c.id).where(table.c.token_hash == _hash(text), _opens(today)))
    if found is None:
        return False
    with store.connect() as connection:
        live = update(table).where(table.c.id == found, _opens(today))
        if connection.execute(live.values(last_used_at=now)).rowcount == 0:
            return False
        audit.note(connection, f"data token {found}", "data read", view, now)
    return True


def tokens(store: Database) -> list[Token]:
    """Every token, those that were not withdrawn first, the newest first."""
    columns = [table.c[one.name] for one in fields(Token)]
    with store.reading() as connection:
        rows = connection.execute(select(*columns).order_by(table.c.withdrawn_at.is_not(None), table.c.id.desc())).all()
    return [Token(*row) for row in rows]


def _opens(today: date) -> ColumnElement[bool]:
    return and_(table.c.withdrawn_at.is_(None), or_(table.c.ends_on.is_(None), table.c.ends_on >= today))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
