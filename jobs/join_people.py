"""Joins person records of all connections into persons with durable ids."""

from itertools import starmap
from typing import Any

from sqlalchemy import Connection, select

from jobs import dirty, join, unchanged
from jobs.identity import Identity
from jobs.link.businesses import Decision
from jobs.link.persons import PersonLinks, PersonRecord, link_persons
from jobs.members import Held, person_row
from mappings.link_points import person_points
from mappings.roles import roles
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Person, PersonRoleSaid, Post
from store.tables import PersonRecord as PersonRecordRow


def join_people(store: Database) -> bool:
    """Links every live person record and writes what differs: persons, which records they are of, and the evidence.

    Whether anything had to be linked anew, as of businesses."""
    with store.connect() as connection:
        records = join.live(connection, "person")
        before = join.before(connection, join.PEOPLE)
        at = join.posts_now(connection)
        asked = [_as_record(held, at.get(held.id)) for held in records]
        decisions = join.human_decisions(connection, "person", join.held_by_id(records))
        inputs = unchanged.inputs(connection, person_points(), asked, decisions)
        anew = not unchanged.same_as_before(connection, "person", inputs, before.of(records))
        moved: set[int] = set()
        if anew:
            joined, moved = _link(connection, records, link_persons(asked, starmap(Decision, decisions)), before)
            unchanged.remember(connection, "person", inputs, joined.of(records))
        else:
            joined = join.Joined(before.clusters(records), Identity([]))
        rows = [person_row(found, cluster) for found, cluster in joined.clusters.items()]
        changed = bulk.replace(connection, Person, join.with_tombstones(connection, join.PEOPLE, rows, joined.identity, before))
        _mark(connection, moved, [found for (found,) in changed.keys()])
        said = {(found, role) for found, cluster in joined.clusters.items() for held in cluster for role in roles(held.text("role"))}
        bulk.replace(connection, PersonRoleSaid, [{"person_id": found, "role": role} for found, role in sorted(said)])
    return anew


def _link(connection: Connection, records: list[Held], links: PersonLinks, before: join.Before) -> tuple[join.Joined, set[int]]:
    """Gives clusters their ids and writes which records they are of; and the records of which that is another."""
    by_key = {held.key: held for held in records}
    clusters = join.grouped(links.clusters, by_key)
    identity = join.identify(join.PEOPLE, clusters, before)
    of = dict(zip(identity.ids, clusters, strict=True))
    members = [_member_row(found, held, links) for found, cluster in of.items() for held in cluster]
    moved = bulk.replace(connection, PersonRecordRow, join.with_former(connection, join.PEOPLE, members, identity, before))
    join.write_edges(connection, "person", links.edges, by_key)
    return join.Joined(of, identity), {record_id for (record_id,) in moved.keys()}


def _member_row(person_id: str, held: Held, links: PersonLinks) -> dict[str, Any]:
    how = links.joined[held.key]
    return {"record_id": held.id, "person_id": person_id, "method": how.method, "score": how.score, "band": how.band}


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
