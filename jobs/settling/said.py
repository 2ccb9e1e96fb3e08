"""What is kept of a read beside its records: rejects, notices, and which records the system joined."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from jobs.settling.arrived import Arrived
from jobs.settling.variants import text_of
from store import bulk
from store.tables import Arrival, Merged, Notice, Record, Reject

arrival, record, reject, notice = (bulk.table_of(model) for model in (Arrival, Record, Reject, Notice))


def write_rejects(arrived: Arrived, today: date) -> tuple[int, bool]:
    """Makes the entity's rejects be those of this read; one that stood before keeps its date. How many, and whether others than before."""
    scope = {"connection_id": arrived.connection_id, "entity": arrived.entity, "stage": "read"}
    columns = (arrival.c.source_id, arrival.c.block, arrival.c.reason, arrival.c.fields)
    query = select(*columns).where(arrived.rows, arrival.c.reason.is_not(None))
    refused = arrived.connection.execute(query).all() if arrived.any_refused else []
    rows = [
        scope | {"source_id": row.source_id, "block": row.block, "hash": _hash_of(row.fields), "reason": row.reason, "fields": row.fields}
        for row in refused
    ]
    rows += _standing_rejects(arrived)
    change = replace_rejects(arrived.connection, rows, scope, today)
    return len({(row["source_id"], row["hash"]) for row in rows}), bool(change)


def _standing_rejects(arrived: Arrived) -> list[dict[str, Any]]:
    """Rejects of which this read says nothing: of a source whose changes alone were read, or merely seen again."""
    if not (arrived.finished.living or arrived.finished.changes_only):
        return []
    known_by = func.coalesce(arrival.c.source_id, record.c.source_id)
    told = select(known_by).select_from(arrival.outerjoin(record, arrived.known))
    told = told.where(arrived.rows, arrival.c.mark.is_distinct_from("seen"))
    merely_seen = reject.c.source_id.in_(select(arrival.c.source_id).where(arrived.seen))
    standing = and_(reject.c.connection_id == arrived.connection_id, reject.c.entity == arrived.entity, reject.c.stage == "read")
    unsaid = or_(reject.c.block.in_(arrived.finished.changes_only), merely_seen)
    columns = [column for column in reject.c if column.name not in {"id", "since"}]
    found = arrived.connection.execute(select(*columns).where(standing, unsaid, reject.c.source_id.not_in(told)))
    return [dict(row) for row in found.mappings()]


def _hash_of(fields: dict[str, Any]) -> bytes:
    return hashlib.blake2b(text_of(fields), digest_size=16).digest()


def replace_rejects(connection: Connection, rows: list[dict[str, Any]], scope: Mapping[str, Any], today: date) -> bulk.Change:
    """Makes the rejects of a scope be `rows`; a reject that stood before keeps its `since`."""
    key = ["connection_id", "entity", "stage", "source_id", "hash"]
    in_scope = and_(*(reject.c[name] == value for name, value in scope.items()))
    since = {(row.source_id, bytes(row.hash)): row.since for row in connection.execute(select(reject).where(in_scope))}
    dated = [row | {"since": since.get((row["source_id"], row["hash"]), today)} for row in rows]
    return bulk.replace(connection, Reject, dated, scope, key)


def write_merged(arrived: Arrived) -> bool:
    """Keeps which records were joined with which; a whole read says it all anew. Whether anything changed."""
    if not arrived.finished.living:
        return False
    told = select(arrival.c.source_id, arrival.c.fields).where(arrived.rows, arrival.c.mark == "merged").order_by(arrival.c.id)
    scope = {"connection_id": arrived.connection_id, "entity": arrived.entity}
    merged = arrived.connection.execute(told).all() if arrived.there.marks else []
    rows = {row.source_id: scope | {"loser": row.source_id, "survivor": row.fields["survivor"]} for row in merged}
    if not (arrived.swept or arrived.finished.changes_only):
        return bool(bulk.replace(arrived.connection, Merged, rows.values(), scope))
    return bool(bulk.replace_among(arrived.connection, Merged, "loser", list(rows), rows.values())) if rows else False


def write_notices(arrived: Arrived, said: Mapping[str, int]) -> None:
    """Makes the entity's notices be those of its records, and what the connector said."""
    scope = {"connection_id": arrived.connection_id, "entity": arrived.entity, "stage": "read"}
    noted = select(record.c.notices).where(arrived.held, record.c.deleted_on.is_(None), record.c.notices.is_not(None))
    # Where none stood and none came, no record has any.
    any_noted = arrived.there.noted or arrived.connection.execute(select(notice.c.message).filter_by(**scope).limit(1)).first()
    found = arrived.connection.scalars(noted) if any_noted else ()
    counted = Counter(f"{name} '{text}' {what}" for notices in found for name, text, what in notices)
    counted.update(said)
    bulk.replace(arrived.connection, Notice, [scope | {"message": text, "count": count} for text, count in counted.items()], scope)
