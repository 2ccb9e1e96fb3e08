"""What arrived becomes what the records hold."""

from datetime import date

from sqlalchemy import Text, and_, cast, insert, or_, select, update

from jobs.settling.arrived import Arrived
from store import bulk
from store.queries import among, by_code
from store.tables import Arrival, Record

arrival, record = bulk.table_of(Arrival), bulk.table_of(Record)


def anything_held(arrived: Arrived) -> bool:
    """Whether this is not the entity's first read."""
    return arrived.connection.execute(select(record.c.id).where(arrived.held).limit(1)).first() is not None


def add(arrived: Arrived) -> int:
    """Rows with an id that was never held. They are numbered in the order of their ids, however they came."""
    names = ["connection_id", "entity", "source_id", "block", "row_hash", "fields", "notices", "changed"]
    new = select(*(arrival.c[name] for name in names)).where(arrived.accepted, arrival.c.record_id.is_(None))
    new = new.order_by(arrival.c.id if arrived.finished.rising else by_code(arrived.connection, arrival.c.source_id))
    return arrived.connection.execute(insert(record).from_select(names, new), execution_options={"preserve_rowcount": True}).rowcount


def change(arrived: Arrived, today: date) -> int:
    """Rows that differ from what is held, or that come back; only of live records is nothing read anew."""
    if not arrived.there.anew:
        return 0
    differing = _take_over(arrived, today)
    returned = arrived.connection.execute(
        update(record).where(arrived.accepted, arrived.known, record.c.deleted_on.is_not(None)).values(deleted_on=None)
    )
    return differing + returned.rowcount


def _take_over(arrived: Arrived, today: date) -> int:
    """Rows that had to be read anew; how many of them differ in what was read."""
    read = and_(arrived.accepted, arrived.known, arrival.c.row_hash.is_not(None))
    cells = {name: arrival.c[name] for name in ("row_hash", "notices", "block")}
    fields = {name: arrival.c[name] for name in ("fields", "changed")}
    differs = or_(cast(arrival.c.fields, Text) != cast(record.c.fields, Text), arrival.c.changed.is_distinct_from(record.c.changed))
    differing = arrived.connection.execute(update(record).where(read, differs).values(**fields, **cells, changed_on=today, deleted_on=None))
    arrived.connection.execute(update(record).where(read, arrival.c.row_hash != record.c.row_hash).values(**cells))
    return differing.rowcount


def remove(arrived: Arrived, lost: list[int], today: date) -> int:
    """Marks what is gone as deleted; it comes back with its old id should the CRM send it again."""
    for part in bulk.parts(lost):
        arrived.connection.execute(update(record).where(among(arrived.connection, record.c.id, part)).values(deleted_on=today))
    return len(lost)
