"""The end of a settlement: where the next read begins."""

from typing import Any

from sqlalchemy import delete, except_, or_, select, update

from jobs.settling.arrived import Arrived
from store import bulk
from store.tables import Arrival, Cursor, Record, Reject
from store.tables import Connection as ConnectionRow

arrival, record, reject = (bulk.table_of(model) for model in (Arrival, Record, Reject))
connections, cursors = bulk.table_of(ConnectionRow), bulk.table_of(Cursor)

MOST_UNKNOWN = 1000
"""Ids that are remembered for the next read."""


def close(arrived: Arrived, touched: bool) -> None:
    """Forgets the arrivals and remembers what was read."""
    finished, following = arrived.finished, _next(arrived)
    _forget_arrivals(arrived)
    arrived.connection.execute(
        update(cursors)
        .where(cursors.c.connection_id == arrived.connection_id, cursors.c.entity == arrived.entity)
        .values(map_version=finished.map_version, fingerprint=finished.fingerprint, position=None, blocks=following)
    )
    if touched:
        arrived.connection.execute(
            update(connections).where(connections.c.id == arrived.connection_id).values(version=connections.c.version + 1)
        )


def _next(arrived: Arrived) -> dict[str, Any]:
    """For each source where the next read begins. An id that is unknown twice running was never told as a change (an import may
    back-date its rows), so then the next read is a whole one."""
    held = arrived.last_read and arrived.last_read.blocks
    found: dict[str, Any] = {}
    for source, end in arrived.finished.ended.items():
        unknown = _unknown(arrived, source) if arrived.swept and source in arrived.finished.living else []
        before = ((held or {}).get(source) or {}).get("unknown", ())
        found[source] = {"cursor": None if set(unknown) & set(before) else end.cursor, "unknown": unknown}
    return found


def _unknown(arrived: Arrived, source: str) -> list[str]:
    """Ids that are there and that this read should have brought, as neither a record nor a reject has them."""
    live = select(record.c.source_id).where(arrived.held, record.c.deleted_on.is_(None))
    refused = select(reject.c.source_id).where(reject.c.connection_id == arrived.connection_id, reject.c.entity == arrived.entity)
    seen = select(arrival.c.source_id).where(arrived.seen, arrival.c.block == source)
    return list(arrived.connection.scalars(except_(seen, live, refused).limit(MOST_UNKNOWN)))


def _forget_arrivals(arrived: Arrived) -> None:
    # SQLite lets go of a whole table at once where there is no condition. PostgreSQL does not, and others may be writing to it there.
    sqlite = arrived.connection.dialect.name == "sqlite"
    others = select(arrival.c.id).where(or_(arrival.c.connection_id != arrived.connection_id, arrival.c.entity != arrived.entity)).limit(1)
    alone = sqlite and arrived.connection.execute(others).first() is None
    arrived.connection.execute(delete(arrival) if alone else delete(arrival).where(arrived.rows))
