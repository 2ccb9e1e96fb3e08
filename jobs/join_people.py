"""Joins person records of all connections into persons with durable ids."""

from sqlalchemy import Connection, select

from jobs import dirty, join
from jobs.link.businesses import Decision
from jobs.link.persons import PersonRecord, link_persons
from jobs.members import Held, person_row
from mappings.roles import roles
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Person, PersonRoleSaid, Post
from store.tables import PersonRecord as PersonRecordRow


def join_people(store: Database) -> None:
    """Links every live person record and writes what differs: persons, which records they are of, and the evidence."""
    with store.connect() as connection:
        records = join.live(connection, "person")
        by_key = {held.key: held for held in records}
        at = join.posts_now(connection)
        decisions = [Decision(*found) for found in join.human_decisions(connection, "person", join.held_by_id(records))]
        links = link_persons([_as_record(held, at.get(held.id)) for held in records], decisions)
        clusters = join.grouped(links.clusters, by_key)
        before = join.before(connection, join.PEOPLE)
        identity = join.identify(join.PEOPLE, clusters, before)
        rows = [person_row(found, cluster) for found, cluster in zip(identity.ids, clusters, strict=True)]
        members = [
            {
                "record_id": held.id,
                "person_id": found,
                "method": links.joined[held.key].method,
                "score": links.joined[held.key].score,
                "band": links.joined[held.key].band,
            }
            for found, cluster in zip(identity.ids, clusters, strict=True)
            for held in cluster
        ]
        members = join.with_former(connection, join.PEOPLE, members, identity, before)
        moved = bulk.replace(connection, PersonRecordRow, members)
        changed = bulk.replace(connection, Person, join.with_tombstones(connection, join.PEOPLE, rows, identity, before))
        _mark(connection, {record_id for (record_id,) in moved.keys()}, [found for (found,) in changed.keys()])
        of = [(found, held) for found, cluster in zip(identity.ids, clusters, strict=True) for held in cluster]
        said = {(found, role) for found, held in of for role in roles(held.text("role"))}
        bulk.replace(connection, PersonRoleSaid, [{"person_id": found, "role": role} for found, role in sorted(said)])
        join.write_edges(connection, "person", links.edges, by_key)


def _as_record(held: Held, business: str | None) -> PersonRecord:
    return PersonRecord(
        key=held.key,
        business=business,
        **{name: held.text(name) for name in ("first_name", "last_name", "name", "email", "phone", "title")},
    )


def _mark(connection: Connection, record_ids: set[int], people: list[str]) -> None:
    """Marks the businesses where these person records stand or stood."""
    joined, post = bulk.table_of(PersonRecordRow), bulk.table_of(Post)
    ids = set(record_ids)
    ids.update(connection.scalars(select(joined.c.record_id).where(among(connection, joined.c.person_id, people))))
    found = connection.scalars(select(post.c.business_record_id).where(among(connection, post.c.person_record_id, sorted(ids))))
    dirty.mark_records(connection, list(found))
