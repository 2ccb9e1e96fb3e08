"""Settle: turns the arrivals of a whole read into records, rejects and notices, in one transaction.

What arrived is compared as a set, so neither the order of rows nor how they were paged matters.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Text, and_, case, cast, delete, except_, func, insert, or_, select, update

from jobs import runs
from jobs.runs import Counts
from jobs.variants import NEVER, Variant, latest, rank, text_of, variants, why_kept
from mappings.field_map import Block
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Arrival, Cursor, Merged, Notice, Record, Reject
from store.tables import Connection as ConnectionRow

arrival, record, reject, notice = (bulk.table_of(model) for model in (Arrival, Record, Reject, Notice))
connections, cursors = bulk.table_of(ConnectionRow), bulk.table_of(Cursor)

GUARD_COUNT = 10
GUARD_SHARE = 5
"""A read that would remove more than GUARD_COUNT records and more than one in GUARD_SHARE stops and asks."""


MOST_UNKNOWN = 1000
"""Ids that are remembered for the next read."""


REFUSED = "this read would remove"
"""How every refusal's message begins."""


class DeletionsRefused(Exception):
    """The read would remove so much of an entity that it looks like a broken export."""


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

    @property
    def changes_only(self) -> list[str]:
        """The sources of which only what changed was read."""
        return [source for source, end in self.ended.items() if not end.snapshot]


def settle(
    store: Database, connection_id: int, entity: str, blocks: list[Block], finished: Finished, today: date, accept_deletions: bool = False
) -> Counts:
    """Makes the records of an entity be what arrived.

    Raises DeletionsRefused, leaving every record as it was, where that would remove more than a fifth of them and more than ten."""
    with store.connect() as connection:
        work = _Settling(connection, connection_id, entity, today, finished)
        counts = Counts(finished.read - work.supersede())
        work.resolve_doubles()
        if work.anything_held():
            lost, told = set(work.lost(blocks)), set(work.told_gone())
            if not accept_deletions:
                work.guard(len(lost - told) - work.renamed())
            counts.changed, counts.removed = work.change(), work.remove(sorted(lost | told))
        counts.added = work.add()
        counts.rejected, refused_others = work.write_rejects()
        merged = work.write_merged()
        work.write_notices(finished.said)
        runs.count(connection, finished.run_id, counts)
        work.close(bool(counts.added or counts.changed or counts.removed or refused_others or merged))
        bulk.tell_planner(connection, Record, counts.added + counts.changed)
        return counts


class _Settling:
    """One settlement: the steps, in the order in which they are taken."""

    def __init__(self, connection: Connection, connection_id: int, entity: str, today: date, finished: Finished) -> None:
        self.connection = connection
        self.connection_id = connection_id
        self.entity = entity
        self.today = today
        self.finished = finished
        self.arrived = and_(arrival.c.connection_id == connection_id, arrival.c.entity == entity)
        self.accepted = and_(self.arrived, arrival.c.reason.is_(None), arrival.c.mark.is_(None))
        self.held = and_(record.c.connection_id == connection_id, record.c.entity == entity)
        self.known = arrival.c.record_id == record.c.id
        self._doubled = False

    @cached_property
    def _there(self) -> Any:
        """How many arrivals there are of each sort, by one look at them all: most reads have no marks, refused rows or notices to look for."""
        anew = and_(arrival.c.record_id.is_not(None), arrival.c.row_hash.is_not(None))
        sorts = {
            "marks": arrival.c.mark,
            "refused": arrival.c.reason,
            "noted": arrival.c.notices,
            "known": arrival.c.record_id,
            "anew": case((anew, 1)),
        }
        counted = [func.count(column).label(name) for name, column in sorts.items()]
        return self.connection.execute(select(*counted).where(self.arrived)).one()

    @property
    def _any_refused(self) -> bool:
        return self._doubled or bool(self._there.refused)

    @cached_property
    def _known_again(self) -> bool:
        """Whether any record is told of more than once."""
        return bool(self._there.known) and self._stands_twice(arrival.c.record_id, and_(self.arrived, arrival.c.record_id.is_not(None)))

    @cached_property
    def _new_again(self) -> bool:
        """Whether any id that no record has is told of more than once."""
        return self._stands_twice(arrival.c.source_id, and_(self.arrived, arrival.c.record_id.is_(None)))

    def _stands_twice(self, key: Column[Any], these: ColumnElement[bool]) -> bool:
        return self.connection.execute(_repeated(key, these).limit(1)).first() is not None

    def supersede(self) -> int:
        """In a system that people work in while it is read: of all that was said of one id the last holds. How many rows came again."""
        if not self.finished.living:
            return 0
        again = 0
        told = or_(arrival.c.mark.is_(None), arrival.c.mark == "deleted")
        said = and_(self.arrived, arrival.c.block.in_(self.finished.living), told)
        new = arrival.c.record_id.is_(None)
        moment = case((arrival.c.row_hash.is_(None), record.c.changed), else_=arrival.c.changed).label("changed")
        columns = (arrival.c.id, arrival.c.record_id, arrival.c.source_id, arrival.c.mark, moment)
        query = select(*columns).select_from(arrival.outerjoin(record, self.known))
        for any_again, key, these in (
            (self._known_again, arrival.c.record_id, and_(said, ~new)),
            (self._new_again, arrival.c.source_id, and_(said, new)),
        ):
            if not any_again:
                continue
            for rows in self._standing_twice(key, these, query).values():
                best = max(rows, key=lambda row: row.id)
                if best.mark is None:
                    best = max((row for row in rows if row.mark is None), key=lambda row: (row.changed or NEVER, row.id))
                self._drop([row.id for row in rows if row is not best])
                again += max(0, sum(row.mark is None for row in rows) - 1)
        return again

    def resolve_doubles(self) -> None:
        """Rows with one id: those alike in all mapped fields become one; of those that differ one is kept and the others are rejects."""
        for rows in self._doubles().values():
            alike: dict[bytes, list[Variant]] = defaultdict(list)
            for row in rows:
                alike[text_of(row.fields)].append(row)
            kept = [max(same, key=latest) for same in alike.values()]
            best = max(kept, key=rank)
            self._drop([row.id for row in rows if row not in kept])
            self._refuse([row for row in kept if row is not best], best)

    def _doubles(self) -> dict[int | str, list["Variant"]]:
        """The rows of each id that stands more than once, by the record that has it or by the id."""
        new = arrival.c.record_id.is_(None)
        found: dict[int | str, list[Any]] = {}
        if self._known_again:
            found |= self._standing_twice(arrival.c.record_id, and_(self.accepted, ~new), variants())
        if self._new_again:
            found |= self._standing_twice(arrival.c.source_id, and_(self.accepted, new), variants())
        return {key: [Variant.of(row) for row in rows] for key, rows in found.items()}

    def _standing_twice(self, key: Column[Any], these: ColumnElement[bool], query: Select[Any]) -> dict[int | str, list[Any]]:
        """The rows of `query` among `these` whose key more than one of them has."""
        # In two steps, as PostgreSQL expects next to nothing of the inner query and would ask it anew for every row.
        keys = list(self.connection.scalars(_repeated(key, these)))
        found: dict[int | str, list[Any]] = defaultdict(list)
        for part in bulk.parts(keys):
            for row in self.connection.execute(query.where(these, among(self.connection, key, part))):
                found[row.record_id or row.source_id].append(row)
        return found

    def _drop(self, ids: list[int]) -> None:
        if ids:
            self.connection.execute(delete(arrival).where(among(self.connection, arrival.c.id, ids)))

    def _refuse(self, rows: list["Variant"], best: "Variant") -> None:
        self._doubled = self._doubled or bool(rows)
        for row in rows:
            reason = f"another row has the same id and {why_kept(row, best)}; give each row an id of its own, or remove one"
            values = {"reason": reason, "source_id": row.source_id, "row_hash": row.row_hash, "fields": row.fields}
            self.connection.execute(update(arrival).where(arrival.c.id == row.id).values(**values))

    def anything_held(self) -> bool:
        """Whether this is not the entity's first read."""
        return self.connection.execute(select(record.c.id).where(self.held).limit(1)).first() is not None

    def lost(self, blocks: list[Block]) -> list[int]:
        """The ids of the records that a whole read no longer holds; those of an extract are never lost."""
        kept = [*(block.source for block in blocks if not block.complete), *self.finished.changes_only]
        there = and_(self.held, record.c.deleted_on.is_(None), record.c.block.not_in(kept))
        arrived = select(arrival.c.record_id).where(or_(self.accepted, self.seen), arrival.c.record_id.is_not(None))
        # EXCEPT, as a join would be a nested loop on SQLite, and NOT IN one on PostgreSQL where the ids do not fit its memory.
        return list(self.connection.scalars(select(record.c.id).where(there).except_(arrived)))

    def told_gone(self) -> list[int]:
        """The ids of the live records that the system said are deleted, or whose row is refused now."""
        if not self.finished.living or not (self._there.marks or self._any_refused):
            return []
        refused = and_(self.arrived, arrival.c.reason.is_not(None), arrival.c.block.in_(self.finished.living))
        gone = select(arrival.c.record_id).where(or_(and_(self.arrived, arrival.c.mark == "deleted"), refused))
        accepted = select(arrival.c.record_id).where(self.accepted, arrival.c.record_id.is_not(None))
        live = select(record.c.id).where(self.held, record.c.deleted_on.is_(None), record.c.id.in_(gone))
        return list(self.connection.scalars(live.except_(accepted)))

    @property
    def seen(self) -> ColumnElement[bool]:
        """Ids that are there, without their rows."""
        return and_(self.arrived, arrival.c.mark == "seen")

    def renamed(self) -> int:
        """How many of what is lost may only have got another id: a participant's is made of what its row says."""
        if self.entity != "participant":
            return 0
        new = select(func.count()).select_from(arrival).where(self.accepted, arrival.c.record_id.is_(None))
        return int(self.connection.scalar(new) or 0)

    @cached_property
    def swept(self) -> bool:
        """Whether any ids were told without their rows."""
        return bool(self._there.marks) and self.connection.execute(select(arrival.c.id).where(self.seen).limit(1)).first() is not None

    def guard(self, lost: int) -> None:
        """Stops before anything is removed, where too much would be."""
        if lost <= GUARD_COUNT:
            return
        live = int(self.connection.scalar(select(func.count()).select_from(record).where(self.held, record.c.deleted_on.is_(None))) or 0)
        if lost * GUARD_SHARE > live:
            raise DeletionsRefused(
                f"{REFUSED} {lost:,} of {live:,} {self.entity} records, which looks like a broken or partial export; nothing of"
                f" it was taken over. If they are really gone, run the sync again with --accept-deletions; if another system took this"
                f" one's place, see `placebridge connection replace`"
            )

    def add(self) -> int:
        """Rows with an id that was never held."""
        names = ["connection_id", "entity", "source_id", "block", "row_hash", "fields", "notices", "changed"]
        new = select(*(arrival.c[name] for name in names)).where(self.accepted, arrival.c.record_id.is_(None)).order_by(arrival.c.source_id)
        return self.connection.execute(insert(record).from_select(names, new), execution_options={"preserve_rowcount": True}).rowcount

    def change(self) -> int:
        """Rows that differ from what is held, or that come back; only of live records is nothing read anew."""
        if not self._there.anew:
            return 0
        differing = self._take_over()
        returned = self.connection.execute(
            update(record).where(self.accepted, self.known, record.c.deleted_on.is_not(None)).values(deleted_on=None)
        )
        return differing + returned.rowcount

    def _take_over(self) -> int:
        """Rows that had to be read anew; how many of them differ in what was read."""
        read = and_(self.accepted, self.known, arrival.c.row_hash.is_not(None))
        cells = {name: arrival.c[name] for name in ("row_hash", "notices", "block")}
        fields = {name: arrival.c[name] for name in ("fields", "changed")}
        differs = or_(cast(arrival.c.fields, Text) != cast(record.c.fields, Text), arrival.c.changed.is_distinct_from(record.c.changed))
        differing = self.connection.execute(
            update(record).where(read, differs).values(**fields, **cells, changed_on=self.today, deleted_on=None)
        )
        self.connection.execute(update(record).where(read, arrival.c.row_hash != record.c.row_hash).values(**cells))
        return differing.rowcount

    def remove(self, lost: list[int]) -> int:
        """Marks what is gone as deleted; it comes back with its old id should the CRM send it again."""
        for part in bulk.parts(lost):
            self.connection.execute(update(record).where(among(self.connection, record.c.id, part)).values(deleted_on=self.today))
        return len(lost)

    def write_rejects(self) -> tuple[int, bool]:
        """Makes the entity's rejects be those of this read; one that stood before keeps its date. How many, and whether others than before."""
        scope = {"connection_id": self.connection_id, "entity": self.entity, "stage": "read"}
        columns = (arrival.c.source_id, arrival.c.block, arrival.c.reason, arrival.c.fields)
        query = select(*columns).where(self.arrived, arrival.c.reason.is_not(None))
        refused = self.connection.execute(query).all() if self._any_refused else []
        rows = [
            scope
            | {"source_id": row.source_id, "block": row.block, "hash": _hash_of(row.fields), "reason": row.reason, "fields": row.fields}
            for row in refused
        ]
        rows += self._standing_rejects()
        change = replace_rejects(self.connection, rows, scope, self.today)
        return len({(row["source_id"], row["hash"]) for row in rows}), bool(change)

    def _standing_rejects(self) -> list[dict[str, Any]]:
        """Rejects of which this read says nothing: of a source whose changes alone were read, or merely seen again."""
        if not (self.finished.living or self.finished.changes_only):
            return []
        known_by = func.coalesce(arrival.c.source_id, record.c.source_id)
        told = select(known_by).select_from(arrival.outerjoin(record, self.known))
        told = told.where(self.arrived, arrival.c.mark.is_distinct_from("seen"))
        merely_seen = reject.c.source_id.in_(select(arrival.c.source_id).where(self.seen))
        standing = and_(reject.c.connection_id == self.connection_id, reject.c.entity == self.entity, reject.c.stage == "read")
        unsaid = or_(reject.c.block.in_(self.finished.changes_only), merely_seen)
        columns = [column for column in reject.c if column.name not in {"id", "since"}]
        found = self.connection.execute(select(*columns).where(standing, unsaid, reject.c.source_id.not_in(told)))
        return [dict(row) for row in found.mappings()]

    def write_merged(self) -> bool:
        """Keeps which records were joined with which; a whole read says it all anew. Whether anything changed."""
        if not self.finished.living:
            return False
        told = select(arrival.c.source_id, arrival.c.fields).where(self.arrived, arrival.c.mark == "merged").order_by(arrival.c.id)
        scope = {"connection_id": self.connection_id, "entity": self.entity}
        merged = self.connection.execute(told).all() if self._there.marks else []
        rows = {row.source_id: scope | {"loser": row.source_id, "survivor": row.fields["survivor"]} for row in merged}
        if not (self.swept or self.finished.changes_only):
            return bool(bulk.replace(self.connection, Merged, rows.values(), scope))
        return bool(bulk.replace_among(self.connection, Merged, "loser", list(rows), rows.values())) if rows else False

    def write_notices(self, said: Mapping[str, int]) -> None:
        """Makes the entity's notices be those of its records, and what the connector said."""
        scope = {"connection_id": self.connection_id, "entity": self.entity, "stage": "read"}
        noted = select(record.c.notices).where(self.held, record.c.deleted_on.is_(None), record.c.notices.is_not(None))
        # Where none stood and none came, no record has any.
        any_noted = self._there.noted or self.connection.execute(select(notice.c.message).filter_by(**scope).limit(1)).first()
        found = self.connection.scalars(noted) if any_noted else ()
        counted = Counter(f"{name} '{text}' {what}" for notices in found for name, text, what in notices)
        counted.update(said)
        bulk.replace(self.connection, Notice, [scope | {"message": text, "count": count} for text, count in counted.items()], scope)

    def _forget_arrivals(self) -> None:
        # SQLite lets go of a whole table at once where there is no condition. PostgreSQL does not, and others may be writing to it there.
        sqlite = self.connection.dialect.name == "sqlite"
        others = select(arrival.c.id).where(or_(arrival.c.connection_id != self.connection_id, arrival.c.entity != self.entity)).limit(1)
        alone = sqlite and self.connection.execute(others).first() is None
        self.connection.execute(delete(arrival) if alone else delete(arrival).where(self.arrived))

    def _unknown(self, source: str) -> list[str]:
        """Ids that are there and that this read should have brought, as neither a record nor a reject has them."""
        live = select(record.c.source_id).where(self.held, record.c.deleted_on.is_(None))
        refused = select(reject.c.source_id).where(reject.c.connection_id == self.connection_id, reject.c.entity == self.entity)
        seen = select(arrival.c.source_id).where(self.seen, arrival.c.block == source)
        return list(self.connection.scalars(except_(seen, live, refused).limit(MOST_UNKNOWN)))

    def _next(self) -> dict[str, Any]:
        """For each source where the next read begins. An id that is unknown twice running was never told as a change (an import may
        back-date its rows), so then the next read is a whole one."""
        held = self.connection.scalar(
            select(cursors.c.blocks).where(cursors.c.connection_id == self.connection_id, cursors.c.entity == self.entity)
        )
        found: dict[str, Any] = {}
        for source, end in self.finished.ended.items():
            unknown = self._unknown(source) if self.swept and source in self.finished.living else []
            before = ((held or {}).get(source) or {}).get("unknown", ())
            found[source] = {"cursor": None if set(unknown) & set(before) else end.cursor, "unknown": unknown}
        return found

    def close(self, touched: bool) -> None:
        """Forgets the arrivals and remembers what was read."""
        finished, following = self.finished, self._next()
        self._forget_arrivals()
        self.connection.execute(
            update(cursors)
            .where(cursors.c.connection_id == self.connection_id, cursors.c.entity == self.entity)
            .values(map_version=finished.map_version, fingerprint=finished.fingerprint, position=None, blocks=following)
        )
        if touched:
            self.connection.execute(
                update(connections).where(connections.c.id == self.connection_id).values(version=connections.c.version + 1)
            )


def _repeated(key: Column[Any], these: ColumnElement[bool]) -> Select[Any]:
    """The values of a key that stand more than once."""
    return select(key).where(these).group_by(key).having(func.count() > 1)


def _hash_of(fields: dict[str, Any]) -> bytes:
    return hashlib.blake2b(text_of(fields), digest_size=16).digest()


def replace_rejects(connection: Connection, rows: list[dict[str, Any]], scope: Mapping[str, Any], today: date) -> bulk.Change:
    """Makes the rejects of a scope be `rows`; a reject that stood before keeps its `since`."""
    key = ["connection_id", "entity", "stage", "source_id", "hash"]
    in_scope = and_(*(reject.c[name] == value for name, value in scope.items()))
    since = {(row.source_id, bytes(row.hash)): row.since for row in connection.execute(select(reject).where(in_scope))}
    dated = [row | {"since": since.get((row["source_id"], row["hash"]), today)} for row in rows]
    return bulk.replace(connection, Reject, dated, scope, key)
