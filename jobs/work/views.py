"""Saved views: a list's filters and order under a name, for one person or for all."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from jobs import audit
from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.tables import SavedView

view = bulk.table_of(SavedView)
NAME_LONGEST, QUERY_LONGEST, MOST = 80, 2000, 100


@dataclass(frozen=True)
class View:
    """A saved view; `mine` tells whether whoever asks may change it."""

    id: int
    name: str
    query: str
    shared: bool
    mine: bool


def views(store: Database, who: str) -> list[View]:
    """Those of one person and those that are shared by all, by name."""
    query = select(view).where(or_(view.c.decided_by == who, view.c.shared)).order_by(func.lower(view.c.name), view.c.id)
    with store.reading() as connection:
        return [View(row.id, row.name, row.query, row.shared, row.decided_by == who) for row in connection.execute(query)]


def save_view(store: Database, name: str, query: str, shared: bool, who: str, now: datetime) -> int:
    """Saves a view, in the place of one's own of the same name; its id. `query`: the list's query string. Raises Refused."""
    named = " ".join(name.split())
    if not named or len(named) > NAME_LONGEST:
        raise Refused(f"Give the view a name of at most {NAME_LONGEST} characters.")
    plain = urlencode([(key, value) for key, value in parse_qsl(query.lstrip("?")) if key != "page"])
    if len(plain) > QUERY_LONGEST:
        raise Refused("These are more filters than a view can hold. Take some away.")
    with store.connect() as connection:
        mine = view.c.decided_by == who
        held = connection.scalar(select(view.c.id).where(mine, func.lower(view.c.name) == named.lower()))
        if held is None and (connection.scalar(select(func.count()).select_from(view).where(mine)) or 0) >= MOST:
            raise Refused(f"You have {MOST} views, and there can be no more. Remove one first.")
        values = {"name": named, "query": plain, "shared": shared, "decided_by": who, "decided_at": now}
        done = insert(view).values(**values) if held is None else update(view).where(view.c.id == held).values(**values)
        number = int(connection.execute(done.returning(view.c.id)).scalar_one())
        audit.note(connection, who, "view save", str(number), now, "shared" if shared else "")
        return number


def remove_view(store: Database, number: int, who: str, now: datetime) -> None:
    """Removes one's own view. Raises Refused."""
    with store.connect() as connection:
        _demand_mine(connection, number, who)
        connection.execute(delete(view).where(view.c.id == number))
        audit.note(connection, who, "view remove", str(number), now)


def _demand_mine(connection: Connection, number: int, who: str) -> None:
    if connection.scalar(select(view.c.decided_by).where(view.c.id == number)) != who:
        raise Refused("That view is not yours, or is gone. Only who saved a view can remove it.")
