"""Corrections as they hold: read for the flags, the themes, the places, and to be shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select

from jobs import merged_ids
from jobs.decisions.kinds import CLAIM, DO_NOT_APPROACH, HAS_LEFT, IS_THEME, NOT_LEADER, NOT_THEME, WRONG_PLACE
from jobs.decisions.kinds import Correction as Said
from store import bulk
from store.queries import among
from store.tables import Business, Correction, Person

correction = bulk.table_of(Correction)

HOLDS = correction.c.undone_at.is_(None)
IN_FLAGS = (NOT_LEADER, HAS_LEFT, DO_NOT_APPROACH)
ON_LIST = (DO_NOT_APPROACH, CLAIM)


@dataclass(frozen=True)
class Corrected:
    """What was said of one business that its flag rests on."""

    not_leaders: frozenset[str] = frozenset()
    """Persons by their ids."""
    left: Mapping[str, date] = field(default_factory=dict)
    """The first day on which a person has left, by the person's id."""
    shut: tuple[Said, ...] = ()
    """That it is not to be approached, whether the day has come or not; the one that holds longest first."""

    def shut_on(self, day: date) -> Said | None:
        """What shuts it on a day."""
        return next((one for one in self.shut if one.holds(day)), None)


NOTHING = Corrected()


def for_flags(connection: Connection, business_ids: Iterable[str]) -> dict[str, Corrected]:
    """What was said of these businesses, by their ids; those of which nothing was said are left out."""
    wanted = set(business_ids)
    found: dict[str, list[Said]] = defaultdict(list)
    for said in _resolved(connection, connection.execute(select(correction).where(HOLDS, correction.c.kind.in_(IN_FLAGS)))):
        if said.business_id in wanted:
            found[str(said.business_id)].append(said)
    return {business_id: _corrected(words) for business_id, words in found.items()}


def _corrected(words: Sequence[Said]) -> Corrected:
    left: dict[str, date] = {}
    for said in (said for said in words if said.kind == HAS_LEFT):
        left[str(said.person_id)] = min(said.since, left.get(str(said.person_id), said.since))
    shut = sorted((said for said in words if said.kind == DO_NOT_APPROACH), key=lambda said: (said.ends_on or date.max, said.id))
    return Corrected(frozenset(str(said.person_id) for said in words if said.kind == NOT_LEADER), left, tuple(reversed(shut)))


def places(connection: Connection) -> dict[str, str]:
    """The places that people gave businesses, by the ids that these have now; the last word holds."""
    words = said_places(connection)
    now = merged_ids.current(connection, Business, {business_id for business_id, _ in words})
    return {now.get(business_id, business_id): place for business_id, place in words}


def said_places(connection: Connection) -> list[tuple[str, str]]:
    """The places that people gave businesses, each with the id of which it was said, in the order in which it was."""
    query = select(correction.c.business_id, correction.c.detail).where(HOLDS, correction.c.kind == WRONG_PLACE)
    return [(row.business_id, str(row.detail["place"])) for row in connection.execute(query.order_by(correction.c.id))]


def themes(connection: Connection, engagement_ids: Sequence[int]) -> dict[int, dict[str, bool]]:
    """What people said of these engagements' themes: whether an engagement is about it, by engagement and theme."""
    mine = among(connection, correction.c.engagement_id, list(engagement_ids))
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    for row in connection.execute(select(correction).where(HOLDS, correction.c.kind.in_((NOT_THEME, IS_THEME)), mine)):
        found[row.engagement_id][row.detail["theme"]] = row.kind == IS_THEME
    return found


def of_business(connection: Connection, business_id: str, day: date, engagement_ids: Sequence[int] = (), ended: bool = False) -> list[Said]:
    """What was said of a business, of its people there, and of these engagements, the newest first: what holds on a day; with `ended`
    also what was undone or whose day has come."""
    ids = sorted(merged_ids.meaning(connection, [business_id]))
    mine = or_(among(connection, correction.c.business_id, ids), among(connection, correction.c.engagement_id, list(engagement_ids)))
    rows = connection.execute(select(correction).where(mine).order_by(correction.c.id.desc()))
    return [said for said in _resolved(connection, rows) if ended or said.holds(day)]


def on_list(connection: Connection, business_ids: Sequence[str], day: date) -> dict[str, list[Said]]:
    """The claims and the words not to approach that hold on a day, by the ids of these businesses: for a page of the list."""
    means = merged_ids.meaning(connection, business_ids)
    query = select(correction).where(HOLDS, correction.c.kind.in_(ON_LIST), among(connection, correction.c.business_id, sorted(means)))
    found: dict[str, list[Said]] = defaultdict(list)
    for said in _resolved(connection, connection.execute(query.order_by(correction.c.id))):
        if said.holds(day):
            found[str(said.business_id)].append(said)
    return dict(found)


def shut(connection: Connection, day: date) -> dict[str, Said]:
    """What says of businesses that they are not to be approached on a day, by the ids that they have now; of several what holds longest."""
    query = select(correction).where(
        HOLDS, correction.c.kind == DO_NOT_APPROACH, or_(correction.c.ends_on.is_(None), correction.c.ends_on > day)
    )
    found = _resolved(connection, connection.execute(query.order_by(correction.c.id)))
    return {str(said.business_id): said for said in sorted(found, key=lambda said: said.ends_on or date.max)}


def find(connection: Connection, correction_id: int) -> Said | None:
    """A correction by its number."""
    return next(iter(_resolved(connection, connection.execute(select(correction).where(correction.c.id == correction_id)))), None)


def stamp(connection: Connection) -> list[int]:
    """Another one whenever a place was corrected, or that was undone."""
    query = select(correction.c.id, correction.c.undone_at).where(correction.c.kind == WRONG_PLACE).order_by(correction.c.id)
    return [row.id for row in connection.execute(query) if row.undone_at is None]


def _resolved(connection: Connection, rows: Iterable[Any]) -> list[Said]:
    """Corrections with the ids that their businesses and persons have now."""
    every = list(rows)
    businesses = merged_ids.current(connection, Business, {row.business_id for row in every if row.business_id})
    people = merged_ids.current(connection, Person, {row.person_id for row in every if row.person_id})
    return [
        Said(
            id=row.id,
            kind=row.kind,
            business_id=businesses.get(row.business_id, row.business_id),
            person_id=people.get(row.person_id, row.person_id),
            engagement_id=row.engagement_id,
            ends_on=row.ends_on,
            who=row.decided_by,
            at=row.decided_at,
            undone_by=row.undone_by,
            undone_at=row.undone_at,
            detail=row.detail or {},
        )
        for row in every
    ]
