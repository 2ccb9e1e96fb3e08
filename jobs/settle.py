"""Settle: turns the arrivals of a whole read into records, rejects and notices, in one transaction.

What arrived is compared as a set, so neither the order of rows nor how they were paged matters.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, select, update

from jobs import runs
from jobs.runs import Counts
from mappings.field_map import Block
from store import bulk
from store.database import Database
from store.tables import Arrival, Cursor, Notice, Record, Reject
from store.tables import Connection as ConnectionRow

arrival, record, reject = bulk.table_of(Arrival), bulk.table_of(Record), bulk.table_of(Reject)
connections, cursors = bulk.table_of(ConnectionRow), bulk.table_of(Cursor)

GUARD_COUNT = 10
GUARD_SHARE = 5
"""A read that would remove more than GUARD_COUNT records and more than one in GUARD_SHARE stops and asks."""


class DeletionsRefused(Exception):
    """The read would remove so much of an entity that it looks like a broken export."""


@dataclass(frozen=True)
class Finished:
    """What a whole read knows beside its rows."""

    run_id: int
    map_version: str
    fingerprint: str | None
    read: int
    notices: Mapping[str, int]


def settle(
    store: Database, connection_id: int, entity: str, blocks: list[Block], finished: Finished, today: date, accept_deletions: bool = False
) -> Counts:
    """Makes the records of an entity be what arrived.

    Raises DeletionsRefused, leaving every record as it was, where that would remove more than a fifth of them and more than ten."""
    with store.connect() as connection:
        work = _Settling(connection, connection_id, entity, today)
        work.resolve_doubles()
        gone = work.gone(blocks)
        if not accept_deletions:
            work.guard(gone)
        counts = Counts(finished.read, work.add(), work.change(), work.remove(gone))
        counts.rejected = work.write_rejects()
        work.write_notices(finished.notices)
        runs.count(connection, finished.run_id, counts)
        work.close(finished, bool(counts.added or counts.changed or counts.removed))
        return counts


class _Settling:
    """One settlement: the steps, in the order in which they are taken."""

    def __init__(self, connection: Connection, connection_id: int, entity: str, today: date) -> None:
        self.connection = connection
        self.connection_id = connection_id
        self.entity = entity
        self.today = today
        self.arrived = and_(arrival.c.connection_id == connection_id, arrival.c.entity == entity)
        self.held = and_(record.c.connection_id == connection_id, record.c.entity == entity)
        self.same_id = and_(
            arrival.c.connection_id == record.c.connection_id,
            arrival.c.entity == record.c.entity,
            arrival.c.source_id == record.c.source_id,
        )

    def resolve_doubles(self) -> None:
        """Of rows with one id that differ, keeps one and makes the others rejects."""
        for source_id, rows in self._doubles().items():
            best = max(rows, key=_rank)
            for row in rows:
                if row is not best:
                    self._refuse(source_id, row, best)

    def _doubles(self) -> dict[str, list["_Variant"]]:
        doubled = (
            select(arrival.c.source_id)
            .where(self.arrived, arrival.c.reason.is_(None))
            .group_by(arrival.c.source_id)
            .having(func.count() > 1)
        )
        query = (
            select(arrival.c.source_id, arrival.c.hash, func.coalesce(arrival.c.fields, record.c.fields), arrival.c.changed)
            .select_from(arrival.outerjoin(record, self.same_id))
            .where(self.arrived, arrival.c.reason.is_(None), arrival.c.source_id.in_(doubled))
        )
        found: dict[str, list[_Variant]] = defaultdict(list)
        for source_id, digest, fields, changed in self.connection.execute(query):
            found[source_id].append(_Variant(bytes(digest), fields, changed))
        return found

    def _refuse(self, source_id: str, row: "_Variant", best: "_Variant") -> None:
        of_row = and_(self.arrived, arrival.c.source_id == source_id, arrival.c.hash == row.hash)
        if row.fields == best.fields:
            self.connection.execute(delete(arrival).where(of_row))
            return
        reason = f"another row has the same id and {_why_kept(row, best)}; give each row an id of its own, or remove one"
        self.connection.execute(update(arrival).where(of_row).values(reason=reason, fields=row.fields))

    def gone(self, blocks: list[Block]) -> ColumnElement[bool]:
        """The records that a whole read no longer holds; those of an extract are never gone."""
        extracts = [block.source for block in blocks if not block.complete]
        still = exists().where(self.arrived, arrival.c.reason.is_(None), self.same_id)
        return and_(self.held, record.c.deleted_on.is_(None), record.c.block.not_in(extracts), ~still)

    def guard(self, gone: ColumnElement[bool]) -> None:
        """Stops before anything is removed, where too much would be."""
        lost = self._count(gone)
        if lost <= GUARD_COUNT:
            return
        live = self._count(and_(self.held, record.c.deleted_on.is_(None)))
        if lost * GUARD_SHARE > live:
            raise DeletionsRefused(
                f"this read would remove {lost:,} of {live:,} {self.entity} records, which looks like a broken or partial export; nothing of"
                f" it was taken over. If they are really gone, run the sync again with --accept-deletions"
            )

    def _count(self, condition: ColumnElement[bool]) -> int:
        return int(self.connection.scalar(select(func.count()).select_from(record).where(condition)) or 0)

    def add(self) -> int:
        """Rows with an id that was never held."""
        names = ["connection_id", "entity", "source_id", "block", "hash", "fields", "changed"]
        new = (
            select(*(arrival.c[name] for name in names))
            .where(self.arrived, arrival.c.reason.is_(None), ~exists().where(self.held, self.same_id).correlate(arrival))
            .order_by(arrival.c.source_id)
        )
        return self.connection.execute(insert(record).from_select(names, new), execution_options={"preserve_rowcount": True}).rowcount

    def change(self) -> int:
        """Rows that differ from what is held, or that come back."""
        here = and_(self.arrived, self.same_id, arrival.c.reason.is_(None))
        back = record.c.deleted_on.is_not(None)
        returned = self.connection.execute(
            update(record).where(here, back, arrival.c.hash == record.c.hash).values(deleted_on=None, block=arrival.c.block)
        )
        differing = self.connection.execute(
            update(record)
            .where(here, arrival.c.hash != record.c.hash)
            .values(
                hash=arrival.c.hash,
                fields=arrival.c.fields,
                block=arrival.c.block,
                changed=arrival.c.changed,
                changed_on=self.today,
                deleted_on=None,
            )
        )
        return returned.rowcount + differing.rowcount

    def remove(self, gone: ColumnElement[bool]) -> int:
        """Marks what is gone as deleted; it comes back with its old id should the CRM send it again."""
        return self.connection.execute(update(record).where(gone).values(deleted_on=self.today)).rowcount

    def write_rejects(self) -> int:
        """Makes the entity's rejects be those of this read; one that stood before keeps its date."""
        scope = {"connection_id": self.connection_id, "entity": self.entity, "stage": "read"}
        refused = self.connection.execute(
            select(arrival.c.source_id, arrival.c.hash, arrival.c.reason, arrival.c.fields).where(
                self.arrived, arrival.c.reason.is_not(None)
            )
        ).all()
        rows = [
            scope | {"source_id": row.source_id, "hash": bytes(row.hash), "reason": row.reason, "fields": row.fields} for row in refused
        ]
        replace_rejects(self.connection, rows, scope, self.today)
        return len(rows)

    def write_notices(self, notices: Mapping[str, int]) -> None:
        """Makes the entity's notices be those of this read."""
        scope = {"connection_id": self.connection_id, "entity": self.entity, "stage": "read"}
        bulk.replace(self.connection, Notice, [scope | {"message": text, "count": count} for text, count in notices.items()], scope)

    def close(self, finished: Finished, touched: bool) -> None:
        """Forgets the arrivals and remembers what was read."""
        self.connection.execute(delete(arrival).where(self.arrived))
        self.connection.execute(
            update(cursors)
            .where(cursors.c.connection_id == self.connection_id, cursors.c.entity == self.entity)
            .values(map_version=finished.map_version, fingerprint=finished.fingerprint, position=None)
        )
        if touched:
            self.connection.execute(
                update(connections).where(connections.c.id == self.connection_id).values(version=connections.c.version + 1)
            )


@dataclass(eq=False)
class _Variant:
    """One of several rows with the same id."""

    hash: bytes
    fields: dict[str, Any]
    changed: datetime | None


def _rank(row: _Variant) -> tuple[datetime, int, list[int]]:
    """The greatest is kept: the later changed, then the more fields filled, then the first in text order of its mapped values."""
    text = "\x00".join(f"{name}\x01{value}" for name, value in sorted(row.fields.items()))
    return (row.changed or datetime.min.replace(tzinfo=UTC), len(row.fields), [-ord(letter) for letter in text] + [1])


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
