"""Readiness: the parts of a place after the chapters of Partnerships in Place, what people say of each, and what data says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import insert, select

from jobs import audit
from jobs.place.needs import LONGEST
from jobs.place.picture import Counts, Stored
from jobs.place.roles import roles
from jobs.place.seats import WHOLE
from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.tables import Readiness

table = bulk.table_of(Readiness)

PARTS: Final = {
    "senior_leadership": "Senior business leadership",
    "business_chair": "A business chair",
    "vision_and_plan": "A shared vision and plan",
    "early_action": "Early action",
    "supply_chains": "Local supply chains",
    "measures": "Measures",
    "exit_plan": "An exit plan",
}
"""The parts by their ids, in the order of the list."""
STATES: Final = ("yes", "partly", "no")
LONGEST_LINK: Final = 2000


@dataclass(frozen=True)
class Said:
    """What somebody said of a part, and when."""

    state: str
    words: str
    link: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Part:
    """A part of a place's readiness."""

    part: str
    name: str
    said: Said | None
    """The last word; None where nobody said anything yet."""
    data: str
    """What the data says by itself, as a sentence; empty where it says nothing."""


@dataclass(frozen=True)
class NewWord:
    """What is to be said of a part. `link`: where the evidence is, http or https, or empty."""

    place: str
    part: str
    state: str
    words: str = ""
    link: str = ""


def say(store: Database, new: NewWord, who: str, now: datetime) -> None:
    """Says how a part of a place stands; what was said before stays as its history. Raises Refused."""
    place, words, link = new.place.strip(), new.words.strip(), new.link.strip()
    if not place:
        raise Refused("readiness belongs to a place; choose one")
    if new.part not in PARTS:
        raise Refused(f"'{new.part}' is no part of readiness; choose one of {', '.join(PARTS)}")
    if new.state not in STATES:
        raise Refused(f"'{new.state}' is no state; choose yes, partly or no")
    if len(words) > LONGEST:
        raise Refused(f"that is too long; say it in {LONGEST} characters and link to the rest")
    if link and not _is_web(link):
        raise Refused("the link must begin with https:// or http:// and name a site, as in https://www.council.example/plan")
    row = {"place": place, "part": new.part, "state": new.state, "words": words, "link": link, "decided_by": who, "decided_at": now}
    with store.connect() as connection:
        connection.execute(insert(table).values(**row))
        audit.note(connection, who, "readiness", new.part, now, f"{place}: {new.state}")


def readiness(store: Database, place: str) -> list[Part]:
    """Every part of a place, in the order of the list."""
    with store.reading() as connection:
        last = {row.part: row for row in connection.execute(select(table).where(table.c.place == place).order_by(table.c.id))}
        whole = Stored(connection).counts((), theme=WHOLE, place=place).get((), Counts())
        supply = Stored(connection).counts((), theme="supply_chains", place=place).get((), Counts())
    chairs = len({one.person_id for one in roles(store, place=place, role="business_chair")})
    says = {"senior_leadership": _of_leaders(whole), "business_chair": _of_chairs(chairs), "supply_chains": _of_supply_chains(supply)}
    return [Part(part, name, _said(last.get(part)), says.get(part, "")) for part, name in PARTS.items()]


def history(store: Database, place: str, part: str) -> Sequence[Said]:
    """All that was said of a part, the newest first."""
    with store.reading() as connection:
        query = select(table).where(table.c.place == place, table.c.part == part).order_by(table.c.id.desc())
        return [found for row in connection.execute(query) if (found := _said(row))]


def _said(row: Any) -> Said | None:
    return Said(row.state, row.words, row.link, row.decided_by, row.decided_at) if row is not None else None


def _is_web(link: str) -> bool:
    if len(link) > LONGEST_LINK or any(letter.isspace() or not letter.isprintable() for letter in link):
        return False
    try:
        found = urlsplit(link)
    except ValueError:
        return False
    return found.scheme in {"http", "https"} and bool(found.hostname) and not found.username


def _of_leaders(counts: Counts) -> str:
    if not counts.known:
        return "No business of this place is known yet."
    share = round(100 * counts.engaged / counts.known)
    return f"A senior leader of {counts.engaged:,} of {counts.known:,} businesses is engaged ({share} %)."


def _of_chairs(count: int) -> str:
    if count == 0:
        return "Nobody has the role of business chair here."
    return "One person has the role of business chair here." if count == 1 else f"{count} people have the role of business chair here."


def _of_supply_chains(counts: Counts) -> str:
    return f"{counts.met:,} of the organisations here were met about local supply chains in the last year."
