"""Needs: which resource a theme or a place needs, since when, and what became of it. People decide them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, or_, select, update

from jobs import audit
from jobs.refused import Refused
from mappings.themes import Resources, Themes
from store import bulk
from store.database import Database
from store.tables import Need

need = bulk.table_of(Need)

OUTCOMES: Final = ("met", "withdrawn")
LONGEST: Final = 500
"""Characters of what a person writes."""


@dataclass(frozen=True)
class Wanted:
    """A need as it stands."""

    id: int
    place: str
    theme: str
    resource: str
    words: str
    added_by: str
    added_at: datetime
    outcome: str
    ended_by: str
    ended_at: datetime | None


@dataclass(frozen=True)
class NewNeed:
    """What is needed: a resource, for a place (empty: everywhere), a theme (empty: the place as a whole) or both."""

    place: str
    theme: str
    resource: str
    words: str = ""


def add(store: Database, new: NewNeed, themes: Themes, resources: Resources, who: str, now: datetime) -> int:
    """Notes a need; its id. Raises Refused."""
    place, words = new.place.strip(), new.words.strip()
    if new.resource not in resources.ids:
        raise Refused(f"'{new.resource}' is no resource; choose one of {', '.join(resources.ids)}")
    if new.theme and new.theme not in themes.ids:
        raise Refused(f"'{new.theme}' is no theme; choose one of {', '.join(themes.ids)}")
    if not (place or new.theme):
        raise Refused("a need belongs to a place or a theme; choose one of them, or both")
    if len(words) > LONGEST:
        raise Refused(f"that is too long; say what is needed in {LONGEST} characters")
    with store.connect() as connection:
        same = select(need.c.id).where(
            need.c.place == place,
            need.c.theme == new.theme,
            need.c.resource == new.resource,
            need.c.words == words,
            need.c.ended_at.is_(None),
        )
        if connection.scalar(same) is not None:
            raise Refused("the same need is on the list already; change its words, or end the other first")
        row = {"place": place, "theme": new.theme, "resource": new.resource, "words": words, "added_by": who, "added_at": now}
        found = int(connection.execute(insert(need).values(**row, outcome="", ended_by="").returning(need.c.id)).scalar_one())
        audit.note(connection, who, "need add", str(found), now, f"{new.resource} for {new.theme or 'every theme'}")
    return found


def end(store: Database, need_id: int, outcome: str, who: str, now: datetime) -> None:
    """Ends a need: it is `met`, or `withdrawn`. Raises Refused."""
    if outcome not in OUTCOMES:
        raise Refused(f"'{outcome}' is no end of a need; choose met or withdrawn")
    with store.connect() as connection:
        open_one = update(need).where(need.c.id == need_id, need.c.ended_at.is_(None))
        if connection.execute(open_one.values(outcome=outcome, ended_by=who, ended_at=now)).rowcount == 0:
            raise Refused("this need has ended already or is not there; load the page again")
        audit.note(connection, who, f"need {outcome}", str(need_id), now)


def reopen(store: Database, need_id: int, who: str, now: datetime) -> None:
    """Undoes an end. Raises Refused."""
    with store.connect() as connection:
        ended = update(need).where(need.c.id == need_id, need.c.ended_at.is_not(None))
        if connection.execute(ended.values(outcome="", ended_by="", ended_at=None)).rowcount == 0:
            raise Refused("this need is open already or is not there; load the page again")
        audit.note(connection, who, "need reopen", str(need_id), now)


def needs(store: Database, place: str = "", theme: str = "", ended: bool = False) -> list[Wanted]:
    """The needs that are open (or have ended), the oldest first; of a place and of everywhere, of a theme and of every theme."""
    query = select(need).where(need.c.ended_at.is_not(None) if ended else need.c.ended_at.is_(None))
    for column, wanted in ((need.c.place, place), (need.c.theme, theme)):
        if wanted:
            query = query.where(or_(column == wanted, column == ""))
    with store.reading() as connection:
        return list(_wanted(connection.execute(query.order_by(need.c.added_at, need.c.id)).all()))


def one(store: Database, need_id: int) -> Wanted:
    """A need. Raises Refused where there is none."""
    with store.reading() as connection:
        for found in _wanted(connection.execute(select(need).where(need.c.id == need_id)).all()):
            return found
    raise Refused("there is no such need; load the list again")


def _wanted(rows: Any) -> Iterator[Wanted]:
    for row in rows:
        said = (row.id, row.place, row.theme, row.resource, row.words, row.added_by, row.added_at)
        yield Wanted(*said, row.outcome, row.ended_by, row.ended_at)
