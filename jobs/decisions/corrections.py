"""Corrections: what people say that no record says, or against the records. Each is a decision with who and when, and can be undone.

They hold through every sync. What was said of a business or person that was joined with another holds for both together. The businesses
that one touches are marked, to be looked at again (`jobs.flag_stage.reflag` does it at once).
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update

from jobs import dirty, merged_ids
from jobs.audit import note
from jobs.decisions import corrected
from jobs.decisions.corrected import HOLDS, correction
from jobs.decisions.kinds import (
    CLAIM,
    DO_NOT_APPROACH,
    HAS_LEFT,
    IS_THEME,
    NOT_LEADER,
    NOT_THEME,
    REASONS,
    SAID_BY_PERSON,
    WRONG_PLACE,
    Correction,
    Shut,
    say_day,
)  # fmt: skip
from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.tables import Business, BusinessRecord, Engagement, Person, PersonRecord, Post, ThemeFound

business, person, engagement, theme = (bulk.table_of(model) for model in (Business, Person, Engagement, ThemeFound))
post, person_record, business_record = bulk.table_of(Post), bulk.table_of(PersonRecord), bulk.table_of(BusinessRecord)

LONGEST_WORDS = 500


def not_leader(store: Database, business_id: str, person_id: str, who: str, now: datetime) -> int:
    """Says that a person is no leader of a business, whatever their title. Returns the correction's number. Raises Refused."""
    with store.connect() as connection:
        at = _person_there(connection, business_id, person_id)
        return _say(connection, NOT_LEADER, who, now, **at)


def has_left(store: Database, business_id: str, person_id: str, since: date, who: str, now: datetime) -> int:
    """Says that a person has left a business; `since` is the first day on which they were no longer there. Raises Refused."""
    with store.connect() as connection:
        at = _person_there(connection, business_id, person_id)
        return _say(connection, HAS_LEFT, who, now, detail={"since": since.isoformat()}, **at)


def not_theme(store: Database, engagement_id: int, theme_id: str, who: str, now: datetime) -> int:
    """Says that an engagement is not about a theme that was found in it. Raises Refused."""
    with store.connect() as connection:
        at = _engagement(connection, engagement_id)
        if corrected.themes(connection, [engagement_id]).get(engagement_id, {}).get(theme_id):
            raise Refused("Somebody said that it is about that theme; undo that first.")
        if not connection.execute(update(theme).where(*_found(engagement_id, theme_id)).values(kind=NOT_THEME)).rowcount:
            raise Refused("That theme was not found in this engagement, so there is nothing to correct.")
        return _say(connection, NOT_THEME, who, now, detail={"theme": theme_id}, **at)


def is_theme(store: Database, engagement_id: int, theme_id: str, known: Iterable[str], who: str, now: datetime) -> int:
    """Says that an engagement is about a theme that was not found in it; `known` are all themes. Raises Refused."""
    with store.connect() as connection:
        at = _engagement(connection, engagement_id)
        if theme_id not in set(known):
            raise Refused(f"There is no theme '{theme_id}'; choose one of those that there are.")
        if corrected.themes(connection, [engagement_id]).get(engagement_id, {}).get(theme_id) is False:
            raise Refused("Somebody said that it is not about that theme; undo that first.")
        if connection.execute(select(theme.c.found).where(*_found(engagement_id, theme_id))).first():
            raise Refused("That theme was found in this engagement already.")
        connection.execute(insert(theme).values(engagement_id=engagement_id, kind="theme", found=theme_id, evidence=[SAID_BY_PERSON]))
        return _say(connection, IS_THEME, who, now, detail={"theme": theme_id}, **at)


def wrong_place(store: Database, business_id: str, place: str, who: str, now: datetime) -> int:
    """Says where a business really is. Raises Refused."""
    with store.connect() as connection:
        found, wanted = _business(connection, business_id), _words(place)
        if not wanted:
            raise Refused("Say which place it is in.")
        connection.execute(update(business).where(business.c.id == found).values(place=wanted))
        return _say(connection, WRONG_PLACE, who, now, business_id=found, detail={"place": wanted})


def do_not_approach(store: Database, business_id: str, shut: Shut, who: str, now: datetime, zone: ZoneInfo) -> int:
    """Says that a business is not to be approached until a day, on which it ends by itself. Raises Refused."""
    with store.connect() as connection:
        found, words = _business(connection, business_id), _words(shut.words)
        if shut.reason not in REASONS:
            raise Refused(f"'{shut.reason}' is no reason; give one of {', '.join(REASONS)}.")
        if shut.reason == "other" and not words:
            raise Refused("Say in a few words why it is not to be approached.")
        _demand_later(shut.ends_on, now, zone)
        detail = {"reason": shut.reason, "words": words}
        return _say(connection, DO_NOT_APPROACH, who, now, business_id=found, ends_on=shut.ends_on, detail=detail)


def claim(store: Database, business_id: str, by: str, ends_on: date, who: str, now: datetime, zone: ZoneInfo) -> int:
    """Says that somebody is on a business until a day, so that nobody else rings meanwhile. `by` is who: an officer, the chamber.

    Raises Refused while somebody else's claim holds, naming whose."""
    with store.connect() as connection:
        found, whose = _business(connection, business_id), _words(by) or who
        _demand_later(ends_on, now, zone)
        today = now.astimezone(zone).date()
        for held in corrected.of_business(connection, found, today):
            if held.kind == CLAIM and held.ends_on:
                raise Refused(f"{held.detail['by']} is on it until {say_day(held.ends_on)} (said by {held.who}); speak to them first.")
        return _say(connection, CLAIM, who, now, business_id=found, ends_on=ends_on, detail={"by": whose})


def undo(store: Database, correction_id: int, who: str, now: datetime) -> None:
    """Takes a correction back: what the records say holds again. Raises Refused where it was undone already, or there is none."""
    with store.connect() as connection:
        held = update(correction).where(correction.c.id == correction_id, HOLDS).values(undone_at=now, undone_by=who)
        found = corrected.find(connection, correction_id)
        if found is None or not connection.execute(held).rowcount:
            raise Refused("That was undone already; look at the business again.")
        _take_back(connection, found)
        _mark(connection, found)
        note(connection, who, f"{found.kind} undone", str(correction_id), now, _ids(found))


def _take_back(connection: Connection, found: Correction) -> None:
    """What a correction changed in what was worked out is as it would be without it."""
    if found.kind == WRONG_PLACE:
        left = corrected.places(connection).get(str(found.business_id))
        mine = update(business).where(business.c.id == found.business_id)
        connection.execute(mine.values(place=left or business.c.place_by_records))
    elif found.kind in {NOT_THEME, IS_THEME} and found.engagement_id is not None:
        theme_id = found.detail["theme"]
        if found.kind == NOT_THEME:
            connection.execute(update(theme).where(*_found(found.engagement_id, theme_id, NOT_THEME)).values(kind="theme"))
            return
        for row in connection.execute(select(theme.c.evidence).where(*_found(found.engagement_id, theme_id))).all():
            if list(row.evidence) == [SAID_BY_PERSON]:
                connection.execute(delete(theme).where(*_found(found.engagement_id, theme_id)))


def _say(connection: Connection, kind: str, who: str, now: datetime, detail: dict[str, Any] | None = None, **about: Any) -> int:
    values = {"business_id": None, "person_id": None, "engagement_id": None, "ends_on": None} | about
    _demand_new(connection, kind, detail, values)
    new = insert(correction).values(kind=kind, detail=detail, decided_by=who, decided_at=now, **values)
    number = int(connection.execute(new.returning(correction.c.id)).scalar_one())
    found = corrected.find(connection, number)
    if found is not None:
        _mark(connection, found)
        note(connection, who, kind, str(number), now, _ids(found))
    return number


def _demand_new(connection: Connection, kind: str, detail: dict[str, Any] | None, about: dict[str, Any]) -> None:
    """Raises Refused where just this was said and holds."""
    same = [correction.c[name] == value if value is not None else correction.c[name].is_(None) for name, value in about.items()]
    for row in connection.execute(select(correction).where(HOLDS, correction.c.kind == kind, *same)):
        if row.detail == detail:
            raise Refused(f"{row.decided_by} said that already.")


def _mark(connection: Connection, found: Correction) -> None:
    if found.kind == CLAIM:
        return  # no flag says it
    if found.business_id is not None:
        dirty.mark_businesses(connection, [found.business_id])
    if found.engagement_id is not None:
        dirty.mark_engagements(connection, [found.engagement_id])


def _ids(found: Correction) -> str:
    """For the audit: ids alone, as a theme, a place or a day may tell of a person."""
    said = (found.business_id, found.person_id, found.engagement_id and f"engagement {found.engagement_id}")
    return " ".join(str(part) for part in said if part)


def _business(connection: Connection, business_id: str) -> str:
    """The id that a business has now, held until the transaction ends so that of two claims one comes second. Raises Refused."""
    now = merged_ids.current(connection, Business, [business_id]).get(business_id)
    row = connection.execute(select(business.c.gone).where(business.c.id == now).with_for_update()).one_or_none()
    if now is None or row is None or row.gone:
        raise Refused("No CRM holds that business any more.")
    return now


def _person_there(connection: Connection, business_id: str, person_id: str) -> dict[str, Any]:
    found = _business(connection, business_id)
    who = merged_ids.current(connection, Person, [person_id]).get(person_id)
    there = (
        select(post.c.person_record_id)
        .join(person_record, person_record.c.record_id == post.c.person_record_id)
        .join(business_record, business_record.c.record_id == post.c.business_record_id)
        .where(person_record.c.person_id == who, business_record.c.business_id == found)
    )
    if who is None or connection.execute(there.limit(1)).first() is None:
        raise Refused("No CRM has that person at this business.")
    return {"business_id": found, "person_id": who}


def _engagement(connection: Connection, engagement_id: int) -> dict[str, Any]:
    if connection.execute(select(engagement.c.record_id).where(engagement.c.record_id == engagement_id)).first() is None:
        raise Refused("No CRM holds that engagement any more.")
    return {"engagement_id": engagement_id}


def _found(engagement_id: int, theme_id: str, kind: str = "theme") -> tuple[Any, ...]:
    return theme.c.engagement_id == engagement_id, theme.c.kind == kind, theme.c.found == theme_id


def _demand_later(ends_on: date, now: datetime, zone: ZoneInfo) -> None:
    if ends_on <= now.astimezone(zone).date():
        raise Refused("Give a day after today: it is the first on which this no longer holds.")


def _words(text: str) -> str:
    """Words on one line. Raises Refused where they are too many."""
    found = " ".join(text.split())
    if len(found) > LONGEST_WORDS:
        raise Refused(f"Say it in at most {LONGEST_WORDS} letters.")
    return found
