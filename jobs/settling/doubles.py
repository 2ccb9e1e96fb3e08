"""Rows that say something of one id: one of them holds."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, case, delete, or_, select, update

from jobs.settling.arrived import Arrived, repeated
from jobs.settling.variants import NEVER, Variant, latest, rank, text_of, variants, why_kept
from store import bulk
from store.queries import among
from store.tables import Arrival, Record

arrival, record = bulk.table_of(Arrival), bulk.table_of(Record)


def supersede(arrived: Arrived) -> int:
    """In a system that people work in while it is read: of all that was said of one id the last holds. How many rows came again."""
    if not arrived.finished.living:
        return 0
    again = 0
    told = or_(arrival.c.mark.is_(None), arrival.c.mark == "deleted")
    said = and_(arrived.rows, arrival.c.block.in_(arrived.finished.living), told)
    new = arrival.c.record_id.is_(None)
    moment = case((arrival.c.row_hash.is_(None), record.c.changed), else_=arrival.c.changed).label("changed")
    columns = (arrival.c.id, arrival.c.record_id, arrival.c.source_id, arrival.c.mark, moment)
    query = select(*columns).select_from(arrival.outerjoin(record, arrived.known))
    for any_again, key, these in (
        (arrived.known_again, arrival.c.record_id, and_(said, ~new)),
        (arrived.new_again, arrival.c.source_id, and_(said, new)),
    ):
        if not any_again:
            continue
        for rows in _standing_twice(arrived, key, these, query).values():
            best = max(rows, key=lambda row: row.id)
            if best.mark is None:
                best = max((row for row in rows if row.mark is None), key=lambda row: (row.changed or NEVER, row.id))
            _drop(arrived, [row.id for row in rows if row is not best])
            again += max(0, sum(row.mark is None for row in rows) - 1)
    return again


def resolve(arrived: Arrived) -> None:
    """Rows with one id: those alike in all mapped fields become one; of those that differ one is kept and the others are rejects."""
    for rows in _doubles(arrived).values():
        alike: dict[bytes, list[Variant]] = defaultdict(list)
        for row in rows:
            alike[text_of(row.fields)].append(row)
        kept = [max(same, key=latest) for same in alike.values()]
        best = max(kept, key=rank)
        _drop(arrived, [row.id for row in rows if row not in kept])
        _refuse(arrived, [row for row in kept if row is not best], best)


def _doubles(arrived: Arrived) -> dict[int | str, list[Variant]]:
    """The rows of each id that stands more than once, by the record that has it or by the id."""
    new = arrival.c.record_id.is_(None)
    found: dict[int | str, list[Any]] = {}
    if arrived.known_again:
        found |= _standing_twice(arrived, arrival.c.record_id, and_(arrived.accepted, ~new), variants())
    if arrived.new_again:
        found |= _standing_twice(arrived, arrival.c.source_id, and_(arrived.accepted, new), variants())
    return {key: [Variant.of(row) for row in rows] for key, rows in found.items()}


def _standing_twice(arrived: Arrived, key: Column[Any], these: ColumnElement[bool], query: Select[Any]) -> dict[int | str, list[Any]]:
    """The rows of `query` among `these` whose key more than one of them has."""
    # In two steps, as PostgreSQL expects next to nothing of the inner query and would ask it anew for every row.
    keys = list(arrived.connection.scalars(repeated(key, these)))
    found: dict[int | str, list[Any]] = defaultdict(list)
    for part in bulk.parts(keys):
        for row in arrived.connection.execute(query.where(these, among(arrived.connection, key, part))):
            found[row.record_id or row.source_id].append(row)
    return found


def _drop(arrived: Arrived, ids: list[int]) -> None:
    if ids:
        arrived.connection.execute(delete(arrival).where(among(arrived.connection, arrival.c.id, ids)))


def _refuse(arrived: Arrived, rows: list[Variant], best: Variant) -> None:
    arrived.doubled = arrived.doubled or bool(rows)
    for row in rows:
        reason = f"another row has the same id and {why_kept(row, best)}; give each row an id of its own, or remove one"
        values = {"reason": reason, "source_id": row.source_id, "row_hash": row.row_hash, "fields": row.fields}
        arrived.connection.execute(update(arrival).where(arrival.c.id == row.id).values(**values))
