"""Dirty businesses: those whose flag is to be looked at again because something that it rests on has changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from store import bulk
from store.queries import among
from store.tables import BusinessRecord, Dirty, EngagementBusiness, Participant, Post

named, participant, post = bulk.table_of(EngagementBusiness), bulk.table_of(Participant), bulk.table_of(Post)
business_record = bulk.table_of(BusinessRecord)


@dataclass(frozen=True)
class Changes:
    """What a resolve changed, table by table."""

    posts: bulk.Change
    engagements: bulk.Change
    named: bulk.Change
    participants: bulk.Change


def mark(connection: Connection, changes: Changes) -> None:
    """Marks every business that the changes touch, before or after them."""
    people = {int(who) for _, who in changes.participants.keys() if who.isdigit()}
    businesses = {key[1] for key in (*changes.posts.keys(), *changes.named.keys())}
    touched = {key[0] for change in (changes.engagements, changes.named, changes.participants) for key in change.keys()}
    for part in bulk.parts(sorted(touched)):
        businesses.update(connection.scalars(select(named.c.business_record_id).where(among(connection, named.c.engagement_id, part))))
        at = select(participant.c.person_record_id).where(among(connection, participant.c.engagement_id, part))
        people.update(person for person in connection.scalars(at) if person is not None)
    for part in bulk.parts(sorted(people)):
        businesses.update(connection.scalars(select(post.c.business_record_id).where(among(connection, post.c.person_record_id, part))))
    mark_records(connection, businesses)


def mark_engagements(connection: Connection, engagement_ids: Sequence[int]) -> None:
    """Marks the businesses that these engagements belong to."""
    mark_businesses(connection, of_engagements(connection, engagement_ids))


def of_engagements(connection: Connection, engagement_ids: Sequence[int]) -> set[str]:
    """The businesses that these engagements belong to."""
    businesses = set(connection.scalars(select(named.c.business_record_id).where(among(connection, named.c.engagement_id, engagement_ids))))
    at = (
        select(post.c.business_record_id)
        .join(participant, participant.c.person_record_id == post.c.person_record_id)
        .where(among(connection, participant.c.engagement_id, engagement_ids))
    )
    return _of_records(connection, businesses | set(connection.scalars(at)))


def mark_records(connection: Connection, business_record_ids: Iterable[int]) -> None:
    """Marks the businesses of these business records."""
    mark_businesses(connection, _of_records(connection, business_record_ids))


def _of_records(connection: Connection, business_record_ids: Iterable[int]) -> set[str]:
    found: set[str] = set()
    for part in bulk.parts(sorted(set(business_record_ids))):
        found.update(connection.scalars(select(business_record.c.business_id).where(among(connection, business_record.c.record_id, part))))
    return found


def mark_businesses(connection: Connection, business_ids: Iterable[str]) -> None:
    """Marks these businesses."""
    bulk.insert(connection, Dirty, ("business_id",), [(found,) for found in sorted(set(business_ids))])
