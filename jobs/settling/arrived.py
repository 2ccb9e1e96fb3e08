"""What arrived of one entity in one read, and which records it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, case, func, select

from jobs.tally import Tally
from store import bulk
from store.tables import Arrival, Cursor, Record

arrival, record, cursor = (bulk.table_of(model) for model in (Arrival, Record, Cursor))


@dataclass(frozen=True)
class Ended:
    """How the read of one source ended."""

    cursor: dict[str, Any] | None
    """Where the next read begins; None: from the start."""
    snapshot: bool
    """What it left out is gone."""


@dataclass(frozen=True)
class Finished:
    """What a whole read knows beside its rows."""

    run_id: int
    map_version: str
    fingerprint: str | None
    read: int
    said: Mapping[str, int]
    """What the connector noted, and how often."""
    ended: Mapping[str, Ended]
    """How the read of each source ended."""
    living: Sequence[str] = ()
    """The sources in which a row that comes again is the same row, later."""
    once: bool = False
    """It is sure that no id was told of twice."""
    rising: bool = False
    """And that rows came in the order of their ids."""
    tally: Tally | None = None
    """What it has staged, where it knows."""

    @property
    def changes_only(self) -> list[str]:
        """The sources of which only what changed was read."""
        return [source for source, end in self.ended.items() if not end.snapshot]


class Arrived:
    """The conditions that pick out an entity's arrivals and records, and what is to be known of them before any step."""

    def __init__(self, connection: Connection, connection_id: int, entity: str, finished: Finished) -> None:
        self.connection = connection
        self.connection_id = connection_id
        self.entity = entity
        self.finished = finished
        self.rows = and_(arrival.c.connection_id == connection_id, arrival.c.entity == entity)
        """All arrivals."""
        self.accepted = and_(self.rows, arrival.c.reason.is_(None), arrival.c.mark.is_(None))
        """Those that say what a record holds."""
        self.held = and_(record.c.connection_id == connection_id, record.c.entity == entity)
        """The records, live or not."""
        self.known = arrival.c.record_id == record.c.id
        """An arrival's own record."""
        self.doubled = False
        """Whether rows were refused since, as others have their ids."""

    @property
    def seen(self) -> ColumnElement[bool]:
        """Ids that are there, without their rows."""
        return and_(self.rows, arrival.c.mark == "seen")

    @cached_property
    def there(self) -> Tally:
        """How many arrivals of each sort came; where the read does not know, by one look at all."""
        if self.finished.tally is not None:
            return self.finished.tally
        anew = and_(arrival.c.record_id.is_not(None), arrival.c.row_hash.is_not(None))
        sorts = {
            "marks": arrival.c.mark,
            "refused": arrival.c.reason,
            "noted": arrival.c.notices,
            "known": arrival.c.record_id,
            "anew": case((anew, 1)),
        }
        counted = [func.count(column).label(name) for name, column in sorts.items()]
        return Tally(**self.connection.execute(select(*counted).where(self.rows)).one()._asdict())

    @cached_property
    def last_read(self) -> Any:
        """What the cursor keeps of the last whole read: `map_version` and `blocks`, empty before there was one."""
        of_this = (cursor.c.connection_id == self.connection_id, cursor.c.entity == self.entity)
        return self.connection.execute(select(cursor.c.map_version, cursor.c.blocks).where(*of_this)).first()

    @property
    def by_the_same_map(self) -> bool:
        """Whether the last read was by this field map, so that no record is of a block that is in it no more."""
        return self.last_read is not None and self.last_read.map_version == self.finished.map_version

    @property
    def any_refused(self) -> bool:
        """Whether any row was refused, as it came or since."""
        return self.doubled or bool(self.there.refused)

    @cached_property
    def known_again(self) -> bool:
        """Whether any record is told of more than once."""
        known = and_(self.rows, arrival.c.record_id.is_not(None))
        return not self.finished.once and bool(self.there.known) and self._stands_twice(arrival.c.record_id, known)

    @cached_property
    def new_again(self) -> bool:
        """Whether any id that no record has is told of more than once."""
        return not self.finished.once and self._stands_twice(arrival.c.source_id, and_(self.rows, arrival.c.record_id.is_(None)))

    def _stands_twice(self, key: Column[Any], these: ColumnElement[bool]) -> bool:
        return self.connection.execute(repeated(key, these).limit(1)).first() is not None

    @cached_property
    def swept(self) -> bool:
        """Whether any ids were told without their rows."""
        return bool(self.there.marks) and self.connection.execute(select(arrival.c.id).where(self.seen).limit(1)).first() is not None


def repeated(key: Column[Any], these: ColumnElement[bool]) -> Select[Any]:
    """The values of a key that stand more than once."""
    return select(key).where(these).group_by(key).having(func.count() > 1)
