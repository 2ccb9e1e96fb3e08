"""Offers: which businesses offer a resource, with the words that say so; those to whom a door is open first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, select

from jobs.decisions import corrected
from jobs.decisions.kinds import say_shut
from jobs.facts import Known, Loader
from jobs.place.needs import Wanted
from jobs.place.seats import WHOLE
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Business, Flag, Offer, SeatTheme, ThemeFound

offer, business, flag = bulk.table_of(Offer), bulk.table_of(Business), bulk.table_of(Flag)
seat_theme, found_in = bulk.table_of(SeatTheme), bulk.table_of(ThemeFound)

SHOWN = 3
"""Engagements that are shown as evidence of an offer, the newest."""


@dataclass(frozen=True)
class Evidence:
    """An engagement in which a resource was offered, and the words that say so."""

    engagement_id: int
    day: date
    words: tuple[str, ...]


@dataclass(frozen=True)
class Offering:
    """A business that offers a resource."""

    business_id: str
    name: str
    place: str
    resource: str
    state: str
    warmth: str
    """leader, theme, staff or cold: a leader is engaged; somebody was met about the theme; about anything; nobody in the window."""
    times: int
    last_on: date | None
    tag: str
    """The CRM's tag that says so; empty where notes do."""
    evidence: tuple[Evidence, ...] = field(default=())
    shut: str = ""
    """That it is not to be approached, until when and why; empty where it may be."""


def matches(store: Database, need: Wanted, zone: ZoneInfo, today: date, limit: int = 5) -> list[Offering]:
    """The businesses that could meet a need as `offering` orders them: in its place, where it names one."""
    return offering(store, need.resource, zone, today, place=need.place, theme=need.theme, limit=limit)


def offering(
    store: Database, resource: str, zone: ZoneInfo, today: date, place: str = "", theme: str = "", limit: int = 20
) -> list[Offering]:
    """Businesses that offer a resource, the warmest first; those that are not to be approached today (a day local to the zone) last.
    `theme` only orders: those met about it go before others not engaged."""
    with store.reading() as connection:
        rows = connection.execute(_query(resource, place, theme)).all()
        shut = {business_id: say_shut(said) for business_id, said in corrected.shut(connection, today).items()}
        offered = (replace(one, shut=shut.get(one.business_id, "")) for one in map(_offering, rows))
        found = sorted(offered, key=lambda one: (bool(one.shut), _coldness(one)))[:limit]
        evidence = _evidence(connection, [one.business_id for one in found], resource, zone)
    return [replace(one, evidence=tuple(evidence[one.business_id])) for one in found]


def of_business(store: Database, business_id: str, zone: ZoneInfo) -> list[Offering]:
    """All that one business offers, in the order of the resources' ids."""
    with store.reading() as connection:
        query = _query(None, "", "").where(offer.c.business_id == business_id).order_by(offer.c.resource)
        found = [_offering(row) for row in connection.execute(query)]
        known = Loader(connection, zone).load([business_id]) if found else []
        return [replace(one, evidence=tuple(_evidence_of(connection, known, one.resource)[business_id])) for one in found]


def _query(resource: str | None, place: str, theme: str) -> Any:
    about = seat_theme.alias()
    whole = and_(seat_theme.c.business_id == offer.c.business_id, seat_theme.c.theme == WHOLE)
    query = (
        select(offer, business.c.name, seat_theme.c.place, seat_theme.c.engaged, seat_theme.c.met, flag.c.state, about.c.met.label("about"))
        .join(seat_theme, whole)
        .join(business, business.c.id == offer.c.business_id)
        .join(flag, flag.c.business_id == offer.c.business_id)
        .outerjoin(about, and_(about.c.business_id == offer.c.business_id, about.c.theme == (theme or None)))
    )
    if resource is not None:
        query = query.where(offer.c.resource == resource)
    return query.where(seat_theme.c.place == place) if place else query


def _offering(row: Any) -> Offering:
    warmth = "leader" if row.engaged else "theme" if row.about else "staff" if row.met else "cold"
    said = (row.business_id, row.name, row.place, row.resource, row.state, warmth)
    return Offering(*said, row.times, row.last_on, row.tag)


_WARMTH = ("leader", "theme", "staff", "cold")


def _coldness(one: Offering) -> tuple[int, int, str, str]:
    return _WARMTH.index(one.warmth), -(one.last_on.toordinal() if one.last_on else 0), one.name.casefold(), one.business_id


def _evidence(connection: Connection, ids: Sequence[str], resource: str, zone: ZoneInfo) -> dict[str, list[Evidence]]:
    """The newest engagements of each business in which it offered the resource."""
    return _evidence_of(connection, Loader(connection, zone).load(ids), resource)


def _evidence_of(connection: Connection, businesses: Sequence[Known], resource: str) -> dict[str, list[Evidence]]:
    newest: dict[str, list[tuple[date, int]]] = {}
    for known in businesses:
        touches = [(touch.day, touch.id) for touch in known.facts.touches if touch.day and resource in known.resources.get(touch.id, ())]
        newest[known.id] = sorted(touches, reverse=True)[:SHOWN]
    words = _words(connection, {touch for touches in newest.values() for _, touch in touches}, resource)
    found: dict[str, list[Evidence]] = defaultdict(list)
    for business_id, touches in newest.items():
        found[business_id] = [Evidence(touch, day, words.get(touch, ())) for day, touch in touches]
    return found


def _words(connection: Connection, engagement_ids: Iterable[int], resource: str) -> dict[int, tuple[str, ...]]:
    query = select(found_in.c.engagement_id, found_in.c.evidence).where(
        among(connection, found_in.c.engagement_id, sorted(engagement_ids)), found_in.c.kind == "resource", found_in.c.found == resource
    )
    return {row.engagement_id: tuple(row.evidence) for row in connection.execute(query)}
