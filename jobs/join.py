"""Join: what businesses and persons of all connections have in common while they are linked and given durable ids."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from jobs import identity as ids
from jobs.decisions.holding import upon_live
from jobs.identity import Identity, assign
from jobs.members import Held
from store import bulk
from store.queries import among
from store.tables import RULES as BY_RULES
from store.tables import Business, BusinessRecord, LinkDecision, Person, PersonRecord, Post, Record
from store.tables import Connection as ConnectionRow

record, connections = bulk.table_of(Record), bulk.table_of(ConnectionRow)

Key = tuple[str, str]


HELD = (record.c.id, connections.c.name, connections.c.side, record.c.source_id, record.c.fields)
"""What makes a `Held`."""


def live(connection: Connection, entity: str) -> list[Held]:
    """Every live record of an entity, of all connections, in the order of their keys."""
    query = (
        select(*HELD)
        .join(connections, connections.c.id == record.c.connection_id)
        .where(record.c.entity == entity, record.c.deleted_on.is_(None))
    )
    return sorted((Held(*row) for row in connection.execute(query)), key=lambda held: held.key)


def held_by_business(connection: Connection, business_ids: Sequence[str]) -> dict[str, list[Held]]:
    """The live records of these businesses."""
    joined = bulk.table_of(BusinessRecord)
    query = (
        select(joined.c.business_id, *HELD)
        .join(record, record.c.id == joined.c.record_id)
        .join(connections, connections.c.id == record.c.connection_id)
        .where(among(connection, joined.c.business_id, business_ids), record.c.deleted_on.is_(None))
    )
    found: dict[str, list[Held]] = defaultdict(list)
    for business_id, *held in connection.execute(query).all():
        found[business_id].append(Held(*held))
    return found


def human_decisions(connection: Connection, entity: str, records: Mapping[int, Held]) -> list[tuple[Key, Key, bool]]:
    """What people decided and did not undo, as it concerns pairs of live records."""
    return [(records[left].key, records[right].key, same) for left, right, same in upon_live(connection, entity, records.keys())]


def identify(
    connection: Connection,
    clusters: Sequence[Sequence[Held]],
    model: type[Business] | type[Person],
    of: type[BusinessRecord] | type[PersonRecord],
) -> Identity:
    """A durable id for each cluster of records."""
    joined, holder = bulk.table_of(of), bulk.table_of(model)
    id_column = joined.c.business_id if of is BusinessRecord else joined.c.person_id
    rows = connection.execute(select(joined.c.record_id, id_column, joined.c.former))
    held = {row[0]: ids.Held(row[1], tuple(row[2] or ())) for row in rows}
    taken = set(connection.scalars(select(holder.c.id)))
    seeds = ["\x1f".join(min(item.key for item in cluster)) for cluster in clusters]
    return assign([[item.id for item in cluster] for cluster in clusters], held, seeds, "b" if of is BusinessRecord else "p", taken)


def with_tombstones(
    connection: Connection, model: type[Business] | type[Person], rows: Iterable[dict[str, Any]], identity: Identity
) -> list[dict[str, Any]]:
    """The rows, and beside them every id that was ever given: merged into another, or without a live record."""
    table = bulk.table_of(model)
    wanted = {row["id"]: row for row in rows}
    for row in connection.execute(select(table)).mappings():
        if row["id"] in wanted:
            continue
        into = identity.merged.get(row["id"]) or row["merged_into"]
        wanted[row["id"]] = dict(row) | {"gone": True, "merged_into": into}
    return list(wanted.values())


def with_former(
    connection: Connection, of: type[BusinessRecord] | type[PersonRecord], rows: list[dict[str, Any]], identity: Identity
) -> list[dict[str, Any]]:
    """The rows with the ids that each record had before, and beside them those of records that the CRM no longer holds, so that one that
    comes back finds its id."""
    column = "business_id" if of is BusinessRecord else "person_id"
    held = {row["record_id"]: dict(row) for row in connection.execute(select(bulk.table_of(of))).mappings()}
    wanted = {row["record_id"]: row for row in rows}
    for record_id, row in held.items():
        wanted.setdefault(record_id, row | {column: _followed(row[column], row["former"], identity)})
    for record_id, row in wanted.items():
        before = held.get(record_id)
        then = ids.Held(before[column], tuple(before["former"] or ())).then(row[column]) if before else ids.Held(row[column])
        wanted[record_id] = row | {"former": list(then.former) or None}
    return list(wanted.values())


def _followed(held: str, former: list[str] | None, identity: Identity) -> str:
    """The id of a deleted record: where its fellows went, be it back to what they were."""
    back = next((old for old in reversed(former or ()) if old in identity.revived), None)
    return back or identity.merged.get(held, held)


def write_edges(connection: Connection, entity: str, edges: Iterable[Any], by_key: Mapping[Key, Held]) -> None:
    """Stores what the rules hold of each pair, with the evidence."""
    rows = {}
    for edge in edges:
        left, right = sorted((by_key[edge.left].id, by_key[edge.right].id))
        rows[(left, right)] = {
            "entity": entity,
            "left_id": left,
            "right_id": right,
            "judgement": edge.judgement,
            "score": edge.score,
            "band": edge.band,
            "evidence": list(edge.evidence),
            "decided_by": BY_RULES,
        }
    bulk.replace(
        connection, LinkDecision, rows.values(), {"entity": entity, "decided_by": BY_RULES}, ("entity", "left_id", "right_id", "decided_by")
    )


def grouped(clusters: Iterable[Iterable[Key]], by_key: Mapping[Key, Held]) -> list[list[Held]]:
    """Clusters of keys as clusters of records."""
    return [[by_key[key] for key in cluster] for cluster in clusters]


def held_by_id(records: Iterable[Held]) -> dict[int, Held]:
    """Records by their id."""
    return {held.id: held for held in records}


def posts_now(connection: Connection) -> dict[int, str]:
    """The business at which each person record stands now; the first where there are several."""
    post, joined = bulk.table_of(Post), bulk.table_of(BusinessRecord)
    query = (
        select(post.c.person_record_id, joined.c.business_id)
        .join(joined, joined.c.record_id == post.c.business_record_id)
        .where(post.c.until.is_(None))
        .order_by(post.c.person_record_id, joined.c.business_id)
    )
    found: dict[int, str] = defaultdict(str)
    for person_record_id, business_id in connection.execute(query):
        found[person_record_id] = found[person_record_id] or business_id
    return found
