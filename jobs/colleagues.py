"""Colleagues: who has signed in to the review page. What people do is kept under their sign-in; here stands who that is."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from store import bulk
from store.queries import among
from store.tables import Colleague

colleague = bulk.table_of(Colleague)


def note_came(connection: Connection, came: Colleague) -> None:
    """Keeps who has just signed in, as they are called now."""
    values = {"name": came.name, "email": came.email, "roles": came.roles, "last_at": came.last_at}
    known = connection.execute(update(colleague).where(colleague.c.sign_in == came.sign_in).values(values))
    if not known.rowcount:
        connection.execute(insert(colleague).values(sign_in=came.sign_in, first_at=came.first_at, **values))


def names_of(connection: Connection, sign_ins: Iterable[str]) -> dict[str, str]:
    """What people are called, by their sign-ins. Somebody who never came is not in it: show the sign-in itself."""
    rows = connection.execute(select(colleague.c.sign_in, colleague.c.name).where(among(connection, colleague.c.sign_in, list(sign_ins))))
    return {row.sign_in: row.name for row in rows}


def who_came_since(connection: Connection, since: datetime) -> list[Colleague]:
    """Everybody who has signed in since then, by name: whom work can be given to, and whom a digest reaches."""
    rows = connection.execute(select(colleague).where(colleague.c.last_at >= since).order_by(colleague.c.name, colleague.c.sign_in))
    return [Colleague(**row._mapping) for row in rows]
