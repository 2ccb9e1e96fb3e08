"""Replace: gives the records of a connection the ids that they have in the system that takes the place of the one they came from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, select, update

from connector.contract import Connector
from jobs.pull import as_entity
from mappings.field_map import FieldMap
from mappings.reading import Reader
from mappings.successors import KEYS, Match, match
from store import bulk
from store.tables import Arrival, Cursor, Record

record, arrival, cursors = bulk.table_of(Record), bulk.table_of(Arrival), bulk.table_of(Cursor)


@dataclass
class Plan:
    """What replacing would do to one entity."""

    entity: str
    held: int
    read: int
    matches: list[Match] = field(default_factory=list)

    @property
    def by(self) -> Counter[str]:
        """How many records were matched by which evidence."""
        return Counter(found.by for found in self.matches)

    @property
    def renamed(self) -> list[Match]:
        """The records that get another id."""
        return [found for found in self.matches if found.old != found.new]


def plan(connection: Connection, connection_id: int, connector: Connector, field_map: FieldMap, zone: ZoneInfo) -> Iterator[Plan]:
    """Reads the new system once and says of each entity which rows are which. Writes nothing. Raises ConnectorError as pulling does."""
    for entity in KEYS:
        if entity in field_map.blocks:
            old, new = _held(connection, connection_id, entity), _read(connector, field_map, entity, zone)
            yield Plan(entity, len(old), len(new), match(entity, old, new))


def replace(connection: Connection, connection_id: int, plans: list[Plan]) -> None:
    """Gives the records their new ids. The next sync reads everything, and what was matched keeps all that was decided about it."""
    for planned in plans:
        of_this = and_(record.c.connection_id == connection_id, record.c.entity == planned.entity)
        renamed = planned.renamed
        _give_way(connection, of_this, renamed)
        # In two steps, as an id may be given up by one record and taken by another.
        for parked in (True, False):
            values = [
                {"before": found.old if parked else _parked(found), "after": _parked(found) if parked else found.new} for found in renamed
            ]
            if values:
                statement = update(record).where(of_this, record.c.source_id == bindparam("before")).values(source_id=bindparam("after"))
                connection.execute(statement, values)
    # Nothing rests on a participant row of its own, and its id is made of the others'.
    connection.execute(delete(record).where(record.c.connection_id == connection_id, record.c.entity == "participant"))
    connection.execute(delete(cursors).where(cursors.c.connection_id == connection_id))
    connection.execute(delete(arrival).where(arrival.c.connection_id == connection_id))


def _give_way(connection: Connection, of_this: ColumnElement[bool], renamed: list[Match]) -> None:
    """A record without counterpart whose id another record takes gets an id that no system has, until the next sync removes it."""
    leaving, taken = {found.old for found in renamed}, {found.new for found in renamed}
    found = [row for row in connection.execute(select(record.c.id, record.c.source_id).where(of_this)) if row.source_id in taken - leaving]
    for row in found:
        connection.execute(update(record).where(record.c.id == row.id).values(source_id=f"{row.source_id} (replaced, {row.id})"))


def _parked(found: Match) -> str:
    return f"\x01{found.new}"


def _held(connection: Connection, connection_id: int, entity: str) -> dict[str, Any]:
    query = select(record.c.source_id, record.c.fields).where(record.c.connection_id == connection_id, record.c.entity == entity)
    return {row.source_id: row.fields for row in connection.execute(query)}


def _read(connector: Connector, field_map: FieldMap, entity: str, zone: ZoneInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in field_map.blocks[entity]:
        reader = Reader(block, zone)
        for page in connector.pull(as_entity(block), None):
            found |= {reading.source_id: reading.fields for reading in reader.read(page.rows) if reading.reason is None}
    return found
