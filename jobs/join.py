"""Join: what businesses and persons of all connections have in common while they are linked and given durable ids."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from jobs import identity as ids
from jobs.decisions.holding import upon_live
from jobs.identity import Identity, assign
from jobs.link.records import Edge
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
    parts = connection.execute(query).partitions(bulk.CHUNK)
    return sorted((Held(*row) for part in parts for row in part), key=lambda held: held.key)


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


@dataclass(frozen=True)
class Kind:
    """Businesses, or people: what differs between them when records get ids."""

    model: type[Business] | type[Person]
    of: type[BusinessRecord] | type[PersonRecord]
    column: str
    """The id's, in `of`."""
    prefix: str


BUSINESSES, PEOPLE = Kind(Business, BusinessRecord, "business_id", "b"), Kind(Person, PersonRecord, "person_id", "p")


@dataclass(frozen=True)
class Before:
    """The ids before a join: what each record holds, and every id that was ever given."""

    held: Mapping[int, ids.Held]
    given: set[str]

    def of(self, records: Iterable[Held]) -> list[str | None]:
        """The id that each record holds, if it has one."""
        return [found.id if (found := self.held.get(held.id)) else None for held in records]

    def clusters(self, records: Iterable[Held]) -> dict[str, list[Held]]:
        """The records by the ids that they hold; each has one."""
        found: dict[str, list[Held]] = defaultdict(list)
        for held in records:
            found[self.held[held.id].id].append(held)
        return found


@dataclass(frozen=True)
class Joined:
    """What a join came to: the records of each id."""

    clusters: Mapping[str, list[Held]]
    identity: Identity

    def of(self, records: Iterable[Held]) -> list[str | None]:
        """The id that each record holds now."""
        now: dict[int, str | None] = {held.id: found for found, cluster in self.clusters.items() for held in cluster}
        return [now[held.id] for held in records]


def before(connection: Connection, kind: Kind) -> Before:
    """The ids as they stand."""
    joined, holder = bulk.table_of(kind.of), bulk.table_of(kind.model)
    rows = connection.execute(select(joined.c.record_id, joined.c[kind.column], joined.c.former)).all()
    return Before({row[0]: ids.Held(row[1], tuple(row[2] or ())) for row in rows}, set(connection.scalars(select(holder.c.id))))


def identify(kind: Kind, clusters: Sequence[Sequence[Held]], before: Before) -> Identity:
    """A durable id for each cluster of records."""
    seeds = ["\x1f".join(min(item.key for item in cluster)) for cluster in clusters]
    return assign([[item.id for item in cluster] for cluster in clusters], before.held, seeds, kind.prefix, before.given)


def with_tombstones(
    connection: Connection, kind: Kind, rows: list[dict[str, Any]], identity: Identity, before: Before
) -> list[dict[str, Any]]:
    """The rows, and beside them every id that was ever given: merged into another, or without a live record."""
    table = bulk.table_of(kind.model)
    rest = sorted(before.given - {row["id"] for row in rows})
    return rows + [
        row | {"gone": True, "merged_into": identity.merged.get(row["id"]) or row["merged_into"]}
        for row in _rows_of(connection, table, table.c.id, rest)
    ]


def with_former(connection: Connection, kind: Kind, rows: list[dict[str, Any]], identity: Identity, before: Before) -> list[dict[str, Any]]:
    """The rows with the ids that each record had before, and beside them those of records that the CRM no longer holds, so that one that
    comes back finds its id."""
    table = bulk.table_of(kind.of)
    rest = sorted(before.held.keys() - {row["record_id"] for row in rows})
    others = _rows_of(connection, table, table.c.record_id, rest)
    rows = rows + [row | {kind.column: _followed(before.held[row["record_id"]], identity)} for row in others]
    for row in rows:
        held = before.held.get(row["record_id"])
        row["former"] = (list(held.then(row[kind.column]).former) or None) if held else None
    return rows


def _rows_of(connection: Connection, table: Table, column: ColumnElement[Any], values: list[Any]) -> Iterator[dict[str, Any]]:
    for part in bulk.parts(values):
        query = select(table).where(among(connection, column, part))
        yield from map(dict, connection.execute(query).mappings().all())


def _followed(held: ids.Held, identity: Identity) -> str:
    """The id of a deleted record: where its fellows went, be it back to what they were."""
    back = next((old for old in reversed(held.former) if old in identity.revived), None)
    return back or identity.merged.get(held.id, held.id)


def write_edges(connection: Connection, entity: str, edges: Iterable[Edge], by_key: Mapping[Key, Held]) -> None:
    """Stores what the rules hold of each pair, with the evidence."""
    names = ("entity", "left_id", "right_id", "judgement", "score", "band", "evidence", "decided_by")
    lists: dict[tuple[str, ...], list[str]] = {}  # few differ: one list for all that say the same

    def row(edge: Edge) -> bulk.Row:
        left, right = by_key[edge.left].id, by_key[edge.right].id
        ends = (left, right) if left < right else (right, left)
        return (entity, *ends, edge.judgement, edge.score, edge.band, lists.setdefault(edge.evidence, list(edge.evidence)), BY_RULES)

    key = ("entity", "left_id", "right_id", "decided_by")
    bulk.replace_rows(connection, LinkDecision, names, map(row, edges), {"entity": entity, "decided_by": BY_RULES}, key)


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
    for person_record_id, business_id in connection.execute(query).all():
        found[person_record_id] = found[person_record_id] or business_id
    return found
