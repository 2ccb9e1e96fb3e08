"""`Met … on …`: an engagement that somebody writes down here. It counts at once, as a CRM's does, and can be undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from jobs import audit, dirty, merged_ids
from jobs.refused import Refused
from jobs.work.steps import LONGEST
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Business, BusinessRecord, OwnEngagement, Person, PersonRecord, Post

own = bulk.table_of(OwnEngagement)
KINDS = ("meeting", "call", "visit", "event")


@dataclass(frozen=True)
class Met:
    """What took place."""

    kind: str
    """One of KINDS."""
    day: date
    """Local to the configured zone."""
    people: tuple[str, ...] = ()
    """The ids of those of theirs who took part; none where nobody knows who."""
    note: str = ""


def met(store: Database, business_id: str, what: Met, who: str, now: datetime, today: date) -> int:
    """Writes an engagement down and marks the business to be looked at again (`jobs.flag_stage.reflag`); its id. Raises Refused."""
    if what.kind not in KINDS:
        raise Refused("Choose a meeting, a call, a visit or an event.")
    if what.day > today:
        raise Refused("That day is still to come. Write it down once it has taken place.")
    if len(what.note) > LONGEST:
        raise Refused(f"That note is too long: write at most {LONGEST:,} characters.")
    with store.connect() as connection:
        found = merged_ids.current(connection, Business, [business_id]).get(business_id)
        if found is None:
            raise Refused("That business is not known any more. Look at the list again.")
        there = _of_theirs(connection, found, what.people)
        values = {"business_id": found, "kind": what.kind, "day": what.day, "people": there, "note": what.note.strip()}
        row = insert(own).values(**values, decided_by=who, decided_at=now).returning(own.c.id)
        number = int(connection.execute(row).scalar_one())
        audit.note(connection, who, "work met", found, now, f"own engagement {number}")
        dirty.mark_businesses(connection, [found])
        return number


def undo_met(store: Database, number: int, who: str, now: datetime) -> str:
    """Undoes one, and marks its business to be looked at again; the business's id. Raises Refused."""
    with store.connect() as connection:
        of_this = own.c.id == number, own.c.undone_at.is_(None)
        held: str | None = connection.scalar(update(own).where(*of_this).values(undone_at=now, undone_by=who).returning(own.c.business_id))
        if held is None:
            raise Refused("That is undone already, or was never there. Look at the page again.")
        found = merged_ids.current(connection, Business, [held]).get(held, held)
        audit.note(connection, who, "work undo met", found, now, f"own engagement {number}")
        dirty.mark_businesses(connection, [found])
        return found


def _of_theirs(connection: Connection, business_id: str, people: Iterable[str]) -> list[str]:
    wanted = sorted(set(people))
    means = merged_ids.current(connection, Person, wanted)
    joined, of_person, post = bulk.table_of(BusinessRecord), bulk.table_of(PersonRecord), bulk.table_of(Post)
    at = (
        select(of_person.c.person_id)
        .join(post, post.c.person_record_id == of_person.c.record_id)
        .join(joined, joined.c.record_id == post.c.business_record_id)
        .where(joined.c.business_id == business_id, among(connection, of_person.c.person_id, sorted(set(means.values()))))
    )
    theirs = set(connection.scalars(at))
    if any(means.get(who) not in theirs for who in wanted):
        raise Refused("Somebody among these is not known to be of this business. Choose from its people.")
    return sorted({means[who] for who in wanted})
