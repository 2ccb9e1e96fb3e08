"""Pull: reads an entity of a connection page by page into arrivals, and settles a whole read into records.

A page's rows and the cursor after it are stored in one transaction, so a run that was killed goes on at the page where it stopped.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, delete, select, update

from connector.contract import Connector, Entity, Page, Row, TryLater
from jobs.runs import Counts
from jobs.settle import Finished, settle
from mappings.field_map import Block, FieldMap
from mappings.reading import READING_VERSION, Reader, Reading
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Arrival, Cursor, Record

ENTITY_ORDER = ("business", "person", "engagement", "participant")
UNCHANGED = ("connection_id", "entity", "record_id")
READ = (*UNCHANGED, "source_id", "raw", "hash", "block", "fields", "notices", "changed", "reason")
"""The columns of an arrival: of a row that its record was read from already, and of one that was read."""

Progress = Callable[[str, int | None, int | None], None]
"""Told after each page: what is read, how much of it, of how much."""


@dataclass
class Task:
    """What is needed to read one entity of one connection."""

    store: Database
    connection_id: int
    run_id: int
    connector: Connector
    field_map: FieldMap
    entity: str
    zone: ZoneInfo
    today: date
    full: bool = False
    accept_deletions: bool = False
    progress: Progress = lambda what, done, total: None

    @property
    def blocks(self) -> list[Block]:
        """The field map's blocks of this entity."""
        return self.field_map.blocks.get(self.entity, [])

    @property
    def map_version(self) -> str:
        """Changes when rows would be read differently."""
        return f"{self.field_map.version(self.entity)} {self.zone.key} {READING_VERSION}"


@dataclass
class _Read:
    """A read under way: where it stands and what it has counted."""

    fingerprint: str | None
    block: int = 0
    cursor: dict[str, Any] | None = None
    read: int = 0
    said: Counter[str] = field(default_factory=Counter)
    """What the connector noted, and how often."""

    def position(self, map_version: str) -> dict[str, Any]:
        return {
            "map_version": map_version,
            "fingerprint": self.fingerprint,
            "block": self.block,
            "cursor": self.cursor,
            "read": self.read,
            "said": self.said,
        }


def pull(task: Task) -> Counts | None:
    """Reads one entity and settles it. None where nothing can have changed since the last whole read.

    Raises the connector's faults (StopConnection, StopEntity, TryLater) and settle's DeletionsRefused."""
    known = _has_records(task)
    if not task.blocks and not known:
        return None
    fingerprint = _fingerprint(task)
    held = _held(task)
    unchanged = fingerprint is not None and held is not None and held.fingerprint == fingerprint and held.map_version == task.map_version
    if unchanged and not task.full and held is not None and held.position is None:
        return None
    read = _resumed(held, task.map_version, fingerprint) or _started(task, fingerprint)
    for index in range(read.block, len(task.blocks)):
        read.block = index
        _read_block(task, task.blocks[index], read, known)
        read.cursor = None
    if fingerprint != _fingerprint(task):
        _drop(task)
        raise TryLater(f"the {task.entity} rows changed while they were read; they are left for the next run")
    finished = Finished(task.run_id, task.map_version, read.fingerprint, read.read, read.said)
    return settle(task.store, task.connection_id, task.entity, task.blocks, finished, task.today, task.accept_deletions)


def as_entity(block: Block) -> Entity:
    """A block as its connector needs to know it."""
    changed = block.changed.columns[0] if block.changed and block.changed.columns else None
    return Entity(block.entity, block.source, block.columns(), changed)


def _fingerprint(task: Task) -> str | None:
    found = [task.connector.fingerprint(as_entity(block)) for block in task.blocks]
    return None if None in found else hashlib.blake2b(repr(found).encode(), digest_size=16).hexdigest()


def _held(task: Task) -> Cursor | None:
    with task.store.begin() as session:
        return session.get(Cursor, (task.connection_id, task.entity))


def _has_records(task: Task) -> bool:
    record = bulk.table_of(Record)
    query = select(record.c.id).where(record.c.connection_id == task.connection_id, record.c.entity == task.entity).limit(1)
    with task.store.reading() as connection:
        return connection.execute(query).first() is not None


def _resumed(held: Cursor | None, map_version: str, fingerprint: str | None) -> _Read | None:
    """The read that a killed run left, if what it was reading is still the same."""
    if held is None or held.position is None:
        return None
    position = held.position
    if position["map_version"] != map_version or position["fingerprint"] != fingerprint:
        return None
    return _Read(fingerprint, position["block"], position["cursor"], position["read"], Counter(position["said"]))


def _started(task: Task, fingerprint: str | None) -> _Read:
    _drop(task)
    return _Read(fingerprint)


def _drop(task: Task) -> None:
    """Forgets what an unfinished read has staged."""
    arrival, cursor = bulk.table_of(Arrival), bulk.table_of(Cursor)
    with task.store.connect() as connection:
        connection.execute(delete(arrival).where(arrival.c.connection_id == task.connection_id, arrival.c.entity == task.entity))
        of_this = (cursor.c.connection_id == task.connection_id, cursor.c.entity == task.entity, cursor.c.position.is_not(None))
        connection.execute(update(cursor).where(*of_this).values(position=None))


def _read_block(task: Task, block: Block, read: _Read, known: bool) -> None:
    rows = _Rows(task, block, known)
    for page in task.connector.pull(as_entity(block), read.cursor):
        _store_page(task, rows, read, page)
        task.progress(f"{task.entity} {block.source}", page.done, page.total)


def _store_page(task: Task, rows: "_Rows", read: _Read, page: Page) -> None:
    read.read += len(page.rows) + len(page.skipped)
    read.said.update(page.notes)
    read.cursor = dict(page.cursor) if page.cursor is not None else None
    after = replace(read, block=read.block + 1, cursor=None) if page.last else read
    with task.store.connect() as connection:
        unchanged, fresh = rows.sorted_out(connection, page.rows)
        bulk.append(connection, Arrival, UNCHANGED, unchanged)
        bulk.append(connection, Arrival, READ, [*fresh, *rows.skipped(page)])
        _save_position(connection, task, after.position(task.map_version))


class _Rows:
    """Turns a block's rows into arrivals. A row whose cells its record was read from already is not read again."""

    def __init__(self, task: Task, block: Block, known: bool) -> None:
        self._task, self._block, self._known = task, block, known
        self._reader = Reader(block, task.zone)
        self._rules = _digest(f"{READING_VERSION} {block!r} {task.zone.key}".encode())
        self._head = (task.connection_id, task.entity)

    def sorted_out(self, connection: Connection, rows: Sequence[Row]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """The arrivals of rows whose cells are known, and of those that had to be read."""
        raws = [hashlib.blake2b(orjson.dumps(row), digest_size=16, key=self._rules).digest() for row in rows]
        if not self._block.ids:
            return [], self._without_ids(connection, rows, raws)
        ids = self._reader.source_ids(rows)
        held = self._held(connection, ids)
        unchanged, others = [], []
        for row, raw, source_id in zip(rows, raws, ids, strict=True):
            record_id, before = held.get(source_id, (None, None))
            if before == raw and not self._task.full:
                unchanged.append((*self._head, record_id))
            else:
                others.append((row, raw, record_id))
        readings = self._reader.read([row for row, _, _ in others])
        return unchanged, [self._arrival(reading, *rest) for reading, (_, *rest) in zip(readings, others, strict=True)]

    def skipped(self, page: Page) -> Iterator[tuple[Any, ...]]:
        """What the connector could not read."""
        for skip in page.skipped:
            yield self._arrival(Reading(skip.source_id or skip.where, {"where": skip.where}, reason=skip.reason), b"", None)

    def _without_ids(self, connection: Connection, rows: Sequence[Row], raws: Sequence[bytes]) -> list[tuple[Any, ...]]:
        """Rows whose id is only known once they are read: participants."""
        readings = self._reader.read(rows)
        held = self._held(connection, [reading.source_id for reading in readings])
        found = [held.get(reading.source_id, (None, None))[0] for reading in readings]
        return [self._arrival(*each) for each in zip(readings, raws, found, strict=True)]

    def _held(self, connection: Connection, ids: Sequence[str]) -> Mapping[str, Sequence[Any]]:
        """For each id that is held its record and the digest of the cells that it was read from."""
        if not self._known:
            return {}
        record = bulk.table_of(Record)
        query = select(record.c.source_id, record.c.id, record.c.raw).where(
            record.c.connection_id == self._task.connection_id,
            record.c.entity == self._task.entity,
            among(connection, record.c.source_id, ids),
        )
        return {found[0]: found[1:] for found in connection.execute(query).all()}

    def _arrival(self, reading: Reading, raw: bytes, record_id: int | None) -> tuple[Any, ...]:
        fields = orjson.dumps(reading.fields, option=orjson.OPT_SORT_KEYS)
        changed = reading.changed.isoformat().encode() if reading.changed else b""
        digest = _digest(fields + changed)
        read = (
            reading.source_id,
            raw,
            digest,
            self._block.source,
            fields.decode(),
            reading.notices or None,
            reading.changed,
            reading.reason,
        )
        return (*self._head, record_id, *read)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _save_position(connection: Connection, task: Task, position: dict[str, Any] | None) -> None:
    cursor = bulk.table_of(Cursor)
    of_this = (cursor.c.connection_id == task.connection_id, cursor.c.entity == task.entity)
    done = connection.execute(update(cursor).where(*of_this).values(position=position))
    if not done.rowcount:
        connection.execute(
            cursor.insert().values(
                connection_id=task.connection_id, entity=task.entity, map_version="", fingerprint=None, position=position
            )
        )
