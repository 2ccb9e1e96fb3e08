"""The digest: what an officer asked to be told of the list, and what there is to tell. Names of businesses and counts, never of people."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from jobs import audit
from jobs.refused import Refused
from jobs.work.listing import FLAGGED, ME, Wanted, every_id
from jobs.work.standing import standings
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import DigestChoice, FlagHistory, Listed, WorkStep

choices, history, listed, step = (bulk.table_of(model) for model in (DigestChoice, FlagHistory, Listed, WorkStep))

EVERY = ("day", "week", "month")
HOUR = time(7)
"""When a digest is due on its day, by the configured zone."""
ADDRESS = re.compile(r"[^\s@<>,;\"']{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
ADDRESS_LONGEST = 254
SHOWN = 20
"""Businesses named under each heading; the rest are counted."""
COLD = {"leader_left", "leader_lapsed"}


@dataclass(frozen=True)
class Choice:
    """What an officer asked for. Empty places or themes: all."""

    address: str
    places: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    every: str = "week"
    """One of EVERY. A month's comes on its first day."""
    weekday: int = 0
    """For a week's: Monday is 0."""


@dataclass(frozen=True)
class Told:
    """A business in a digest."""

    business_id: str
    name: str
    place: str
    state: str
    words: str = ""
    """Why it is back."""


@dataclass(frozen=True)
class Part:
    """One heading: the first businesses by priority, and how many there are."""

    rows: list[Told] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class Digest:
    """What there is to tell of the days from `since` until `until`, which is not among them."""

    since: date
    until: date
    new: Part
    cold: Part
    back: Part
    mine: Part

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not any(part.total for part in (self.new, self.cold, self.back, self.mine))


def choose(store: Database, choice: Choice, who: str, now: datetime) -> None:
    """Asks for a digest, or changes what was asked for. Raises Refused."""
    if choice.every not in EVERY or choice.weekday not in range(7):
        raise Refused("Choose every day, every week and a day of it, or every month.")
    address = choice.address.strip()
    if not ADDRESS.fullmatch(address) or len(address) > ADDRESS_LONGEST:
        raise Refused("That is no email address. Write one as in ann.lee@council.gov.uk.")
    values = {**replace(choice, address=address).__dict__, "places": list(choice.places), "themes": list(choice.themes)}
    with store.connect() as connection:
        new = bulk.upsert(connection, DigestChoice).values(officer=who, chosen_at=now, told_to=now, **values)
        connection.execute(new.on_conflict_do_update(index_elements=["officer"], set_={**values, "chosen_at": now}))
        audit.note(connection, who, "digest choose", who, now, choice.every)


def stop(store: Database, who: str, now: datetime) -> None:
    """Ends somebody's digest. Nothing happens where there is none."""
    with store.connect() as connection:
        if connection.execute(delete(choices).where(choices.c.officer == who)).rowcount:
            audit.note(connection, who, "digest stop", who, now)


def choice_of(store: Database, who: str) -> Choice | None:
    """What somebody asked for."""
    with store.reading() as connection:
        row = connection.execute(select(choices).where(choices.c.officer == who)).one_or_none()
    return None if row is None else Choice(row.address, tuple(row.places), tuple(row.themes), row.every, row.weekday)


def newest_moment(every: str, weekday: int, now: datetime, zone: ZoneInfo) -> datetime:
    """The newest moment up to now at which a digest was due."""
    local = now.astimezone(zone)
    day = local.date() if local.time() >= HOUR else local.date() - timedelta(days=1)
    if every == "week":
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    elif every == "month":
        day = day.replace(day=1)
    return datetime.combine(day, HOUR, zone)


def compose(store: Database, choice: Choice, who: str, since: date, until: date, zone: ZoneInfo) -> Digest:
    """What there is to tell `who` on the day `until` of the days from `since` on."""
    wanted = Wanted(place=choice.places, theme=choice.themes)
    on_list = every_id(store, wanted, who, until)
    mine = every_id(store, Wanted(owner=(ME,)), who, until)
    with store.reading() as connection:
        before, now = _states(connection, since, until)
        back = _back(connection, since, until, zone)
        new = [found for found in on_list if found in now and before.get(found) is None]
        cold = [found for found in on_list if now.get(found) in COLD and before.get(found) not in {None, now[found]}]
        parts = [_part(connection, ids, back) for ids in (new, cold, [found for found in on_list if found in back], mine)]
    return Digest(since, until, *parts)


def _states(connection: Connection, since: date, until: date) -> tuple[dict[str, str | None], dict[str, str]]:
    """Of the businesses whose flag changed in these days: the state before, and the state that they now have on the list."""
    changed = select(history.c.business_id).where(history.c.as_of >= since, history.c.as_of < until).distinct()
    earlier = (
        select(history.c.business_id, history.c.state)
        .where(history.c.business_id.in_(changed), history.c.as_of < since)
        .order_by(history.c.business_id, history.c.as_of)
    )
    before = {row.business_id: row.state for row in connection.execute(earlier)}
    held = select(listed.c.business_id, listed.c.state).where(listed.c.business_id.in_(changed), listed.c.state.in_(FLAGGED))
    return before, {row.business_id: row.state for row in connection.execute(held)}


def _back(connection: Connection, since: date, until: date, zone: ZoneInfo) -> dict[str, str]:
    """The businesses that came back in these days, with why. What was snoozed until a day is back on it."""
    put_off = select(step.c.business_id).where(step.c.kind.in_(("snoozed", "dismissed")), step.c.undone_at.is_(None)).distinct()
    held = select(listed.c.business_id).where(listed.c.business_id.in_(put_off), ~listed.c.gone)
    found = {}
    for business_id, stand in standings(connection, connection.scalars(held).all()).items():
        by_day = stand.snoozed_until is not None and since < stand.snoozed_until <= until
        by_change = stand.since is not None and since <= stand.since.as_of < until
        if by_day or by_change:
            found[business_id] = stand.back(until, zone)
    return found


def _part(connection: Connection, ids: list[str], words: dict[str, str]) -> Part:
    query = select(listed).where(among(connection, listed.c.business_id, ids[:SHOWN]))
    rows = {row.business_id: row for row in connection.execute(query)}
    return Part([_told(rows[found], words) for found in ids[:SHOWN] if found in rows], len(ids))


def _told(row: Any, words: dict[str, str]) -> Told:
    return Told(row.business_id, row.name, row.place, row.state, words.get(row.business_id, ""))
