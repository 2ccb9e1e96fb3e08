"""Settle: turns the arrivals of a whole read into records, rejects and notices, in one transaction.

What arrived is compared as a set, so neither the order of rows nor how they were paged matters.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Select, Text, and_, case, cast, delete, func, insert, or_, select, update

from jobs import runs
from jobs.runs import Counts
from mappings.field_map import Block
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Arrival, Cursor, Notice, Record, Reject
from store.tables import Connection as ConnectionRow

arrival, record, reject = bulk.table_of(Arrival), bulk.table_of(Record), bulk.table_of(Reject)
connections, cursors = bulk.table_of(ConnectionRow), bulk.table_of(Cursor)

GUARD_COUNT = 10
GUARD_SHARE = 5
"""A read that would remove more than GUARD_COUNT records and more than one in GUARD_SHARE stops and asks."""


NEVER = datetime.min.replace(tzinfo=UTC)


class DeletionsRefused(Exception):
    """The read would remove so much of an entity that it looks like a broken export."""


@dataclass(frozen=True)
class Finished:
    """What a whole read knows beside its rows."""

    run_id: int
    map_version: str
    fingerprint: str | None
    read: int
    said: Mapping[str, int]
    """What the connector noted, and how often."""


def settle(
    store: Database, connection_id: int, entity: str, blocks: list[Block], finished: Finished, today: date, accept_deletions: bool = False
) -> Counts:
    """Makes the records of an entity be what arrived.

    Raises DeletionsRefused, leaving every record as it was, where that would remove more than a fifth of them and more than ten."""
    with store.connect() as connection:
        work = _Settling(connection, connection_id, entity, today)
        work.resolve_doubles()
        counts = Counts(finished.read)
        if work.anything_held():
            lost = work.lost(blocks)
            if not accept_deletions:
                work.guard(len(lost))
            counts.changed, counts.removed = work.change(), work.remove(lost)
        counts.added = work.add()
        counts.rejected, refused_others = work.write_rejects()
        work.write_notices(finished.said)
        runs.count(connection, finished.run_id, counts)
        work.close(finished, bool(counts.added or counts.changed or counts.removed or refused_others))
        bulk.tell_planner(connection, Record, counts.added + counts.changed)
        return counts


class _Settling:
    """One settlement: the steps, in the order in which they are taken."""

    def __init__(self, connection: Connection, connection_id: int, entity: str, today: date) -> None:
        self.connection = connection
        self.connection_id = connection_id
        self.entity = entity
        self.today = today
        self.arrived = and_(arrival.c.connection_id == connection_id, arrival.c.entity == entity)
        self.accepted = and_(self.arrived, arrival.c.reason.is_(None))
        self.held = and_(record.c.connection_id == connection_id, record.c.entity == entity)
        self.known = arrival.c.record_id == record.c.id

    def resolve_doubles(self) -> None:
        """Rows with one id: those alike in all mapped fields become one; of those that differ one is kept and the others are rejects."""
        for rows in self._doubles().values():
            alike: dict[bytes, list[_Variant]] = defaultdict(list)
            for row in rows:
                alike[_text_of(row.fields)].append(row)
            kept = [max(same, key=_latest) for same in alike.values()]
            best = max(kept, key=_rank)
            self._drop([row.id for row in rows if row not in kept])
            self._refuse([row for row in kept if row is not best], best)

    def _doubles(self) -> dict[int | str, list["_Variant"]]:
        """The rows of each id that stands more than once, by the record that has it or by the id."""
        new = arrival.c.record_id.is_(None)
        known = self._standing_twice(arrival.c.record_id, ~new) if self.anything_held() else {}
        return known | self._standing_twice(arrival.c.source_id, new)

    def _standing_twice(self, key: Column[Any], among_these: ColumnElement[bool]) -> dict[int | str, list["_Variant"]]:
        # In two steps, as PostgreSQL expects next to nothing of the inner query and would ask it anew for every row.
        these = and_(self.accepted, among_these)
        keys = list(self.connection.scalars(select(key).where(these).group_by(key).having(func.count() > 1)))
        found: dict[int | str, list[_Variant]] = defaultdict(list)
        for start in range(0, len(keys), bulk.CHUNK):
            part = among(self.connection, key, keys[start : start + bulk.CHUNK])
            for row in self.connection.execute(_variants().where(these, part)):
                found[row.record_id or row.source_id].append(_Variant.of(row))
        return found

    def _drop(self, ids: list[int]) -> None:
        if ids:
            self.connection.execute(delete(arrival).where(among(self.connection, arrival.c.id, ids)))

    def _refuse(self, rows: list["_Variant"], best: "_Variant") -> None:
        for row in rows:
            reason = f"another row has the same id and {_why_kept(row, best)}; give each row an id of its own, or remove one"
            values = {"reason": reason, "source_id": row.source_id, "row_hash": row.row_hash, "fields": row.fields}
            self.connection.execute(update(arrival).where(arrival.c.id == row.id).values(**values))

    def anything_held(self) -> bool:
        """Whether this is not the entity's first read."""
        return self.connection.execute(select(record.c.id).where(self.held).limit(1)).first() is not None

    def lost(self, blocks: list[Block]) -> list[int]:
        """The ids of the records that a whole read no longer holds; those of an extract are never lost."""
        extracts = [block.source for block in blocks if not block.complete]
        there = and_(self.held, record.c.deleted_on.is_(None), record.c.block.not_in(extracts))
        arrived = select(arrival.c.record_id).where(self.accepted, arrival.c.record_id.is_not(None))
        # EXCEPT, as a join would be a nested loop on SQLite, and NOT IN one on PostgreSQL where the ids do not fit its memory.
        return list(self.connection.scalars(select(record.c.id).where(there).except_(arrived)))

    def guard(self, lost: int) -> None:
        """Stops before anything is removed, where too much would be."""
        if lost <= GUARD_COUNT:
            return
        live = int(self.connection.scalar(select(func.count()).select_from(record).where(self.held, record.c.deleted_on.is_(None))) or 0)
        if lost * GUARD_SHARE > live:
            raise DeletionsRefused(
                f"this read would remove {lost:,} of {live:,} {self.entity} records, which looks like a broken or partial export; nothing of"
                f" it was taken over. If they are really gone, run the sync again with --accept-deletions"
            )

    def add(self) -> int:
        """Rows with an id that was never held."""
        names = ["connection_id", "entity", "source_id", "block", "row_hash", "fields", "notices", "changed"]
        new = select(*(arrival.c[name] for name in names)).where(self.accepted, arrival.c.record_id.is_(None)).order_by(arrival.c.source_id)
        return self.connection.execute(insert(record).from_select(names, new), execution_options={"preserve_rowcount": True}).rowcount

    def change(self) -> int:
        """Rows that differ from what is held, or that come back."""
        read = and_(self.accepted, self.known, arrival.c.row_hash.is_not(None))
        cells = {name: arrival.c[name] for name in ("row_hash", "notices", "block")}
        fields = {name: arrival.c[name] for name in ("fields", "changed")}
        differs = or_(cast(arrival.c.fields, Text) != cast(record.c.fields, Text), arrival.c.changed.is_distinct_from(record.c.changed))
        differing = self.connection.execute(
            update(record).where(read, differs).values(**fields, **cells, changed_on=self.today, deleted_on=None)
        )
        self.connection.execute(update(record).where(read, arrival.c.row_hash != record.c.row_hash).values(**cells))
        returned = self.connection.execute(
            update(record).where(self.accepted, self.known, record.c.deleted_on.is_not(None)).values(deleted_on=None)
        )
        return differing.rowcount + returned.rowcount

    def remove(self, lost: list[int]) -> int:
        """Marks what is gone as deleted; it comes back with its old id should the CRM send it again."""
        for start in range(0, len(lost), bulk.CHUNK):
            part = lost[start : start + bulk.CHUNK]
            self.connection.execute(update(record).where(among(self.connection, record.c.id, part)).values(deleted_on=self.today))
        return len(lost)

    def write_rejects(self) -> tuple[int, bool]:
        """Makes the entity's rejects be those of this read; one that stood before keeps its date. How many, and whether others than before."""
        scope = {"connection_id": self.connection_id, "entity": self.entity, "stage": "read"}
        refused = self.connection.execute(
            select(arrival.c.source_id, arrival.c.reason, arrival.c.fields).where(self.arrived, arrival.c.reason.is_not(None))
        )
        rows = [
            scope | {"source_id": row.source_id, "hash": _hash_of(row.fields), "reason": row.reason, "fields": row.fields}
            for row in refused
        ]
        change = replace_rejects(self.connection, rows, scope, self.today)
        return len({(row["source_id"], row["hash"]) for row in rows}), bool(change)

    def write_notices(self, said: Mapping[str, int]) -> None:
        """Makes the entity's notices be those of its records, and what the connector said."""
        scope = {"connection_id": self.connection_id, "entity": self.entity, "stage": "read"}
        noted = select(record.c.notices).where(self.held, record.c.deleted_on.is_(None), record.c.notices.is_not(None))
        counted = Counter(f"{name} '{text}' {what}" for notices in self.connection.scalars(noted) for name, text, what in notices)
        counted.update(said)
        bulk.replace(self.connection, Notice, [scope | {"message": text, "count": count} for text, count in counted.items()], scope)

    def _forget_arrivals(self) -> None:
        # SQLite lets go of a whole table at once where there is no condition. PostgreSQL does not, and others may be writing to it there.
        sqlite = self.connection.dialect.name == "sqlite"
        others = select(arrival.c.id).where(or_(arrival.c.connection_id != self.connection_id, arrival.c.entity != self.entity)).limit(1)
        alone = sqlite and self.connection.execute(others).first() is None
        self.connection.execute(delete(arrival) if alone else delete(arrival).where(self.arrived))

    def close(self, finished: Finished, touched: bool) -> None:
        """Forgets the arrivals and remembers what was read."""
        self._forget_arrivals()
        self.connection.execute(
            update(cursors)
            .where(cursors.c.connection_id == self.connection_id, cursors.c.entity == self.entity)
            .values(map_version=finished.map_version, fingerprint=finished.fingerprint, position=None)
        )
        if touched:
            self.connection.execute(
                update(connections).where(connections.c.id == self.connection_id).values(version=connections.c.version + 1)
            )


def _variants() -> Select[Any]:
    """Arrivals, with what their record holds where they are just as it is."""
    unchanged = arrival.c.row_hash.is_(None)
    both = {name: case((unchanged, record.c[name]), else_=arrival.c[name]) for name in ("source_id", "row_hash", "fields", "changed")}
    columns = (column.label(name) for name, column in both.items())
    joined = arrival.outerjoin(record, arrival.c.record_id == record.c.id)
    return select(arrival.c.id, arrival.c.record_id, unchanged.label("unchanged"), *columns).select_from(joined)


@dataclass(frozen=True, eq=False)
class _Variant:
    """One of several rows with the same id."""

    id: int
    unchanged: bool
    source_id: str
    row_hash: bytes
    fields: dict[str, Any]
    changed: datetime | None

    @classmethod
    def of(cls, row: Any) -> "_Variant":
        """From a row of `_variants`."""
        return cls(row.id, row.unchanged, row.source_id, bytes(row.row_hash), row.fields, row.changed)


def _text_of(fields: dict[str, Any]) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def _hash_of(fields: dict[str, Any]) -> bytes:
    return hashlib.blake2b(_text_of(fields), digest_size=16).digest()


def _latest(row: _Variant) -> tuple[datetime, bool, list[int]]:
    """Of rows alike in all fields the greatest is kept: the later changed, then the one that is held, then the first by its hash."""
    return (row.changed or NEVER, row.unchanged, [-byte for byte in row.row_hash])


def _rank(row: _Variant) -> tuple[datetime, int, list[int]]:
    """The greatest is kept: the later changed, then the more fields filled, then the first in text order of its mapped values."""
    text = "\x00".join(f"{name}\x01{value}" for name, value in sorted(row.fields.items()))
    return (row.changed or NEVER, len(row.fields), [-ord(letter) for letter in text] + [1])


def _why_kept(row: _Variant, best: _Variant) -> str:
    if best.changed and (row.changed is None or best.changed > row.changed):
        return "was changed later"
    if len(best.fields) > len(row.fields):
        return "has more fields filled"
    return "comes first in text order"


def replace_rejects(connection: Connection, rows: list[dict[str, Any]], scope: Mapping[str, Any], today: date) -> bulk.Change:
    """Makes the rejects of a scope be `rows`; a reject that stood before keeps its `since`."""
    key = ["connection_id", "entity", "stage", "source_id", "hash"]
    in_scope = and_(*(reject.c[name] == value for name, value in scope.items()))
    since = {(row.source_id, bytes(row.hash)): row.since for row in connection.execute(select(reject).where(in_scope))}
    dated = [row | {"since": since.get((row["source_id"], row["hash"]), today)} for row in rows]
    return bulk.replace(connection, Reject, dated, scope, key)
