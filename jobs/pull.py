"""Pull: reads an entity of a connection page by page into arrivals, and settles a whole read into records.

A page's rows and the cursor after it are stored in one transaction, so a run that was killed goes on at the page where it stopped.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import delete, select, update

from connector.contract import Connector, Entity, Page, TryLater
from jobs.runs import Counts
from jobs.settle import Finished, settle
from mappings.field_map import Block, FieldMap
from mappings.reading import Reader, Reading
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Arrival, Cursor, Record

ENTITY_ORDER = ("business", "person", "engagement", "participant")
ARRIVAL = ("connection_id", "entity", "source_id", "hash", "block", "fields", "changed", "reason")

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
        return f"{self.field_map.version(self.entity)} {self.zone.key}"


@dataclass
class _Read:
    """A read under way: where it stands and what it has counted."""

    fingerprint: str | None
    block: int = 0
    cursor: dict[str, Any] | None = None
    read: int = 0
    notices: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    said: dict[str, int] = field(default_factory=dict)

    def position(self, map_version: str) -> dict[str, Any]:
        return {
            "map_version": map_version,
            "fingerprint": self.fingerprint,
            "block": self.block,
            "cursor": self.cursor,
            "read": self.read,
            "notices": [[*key, count] for key, count in sorted(self.notices.items())],
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
    return settle(task.store, task.connection_id, task.entity, task.blocks, _finish(task, read), task.today, task.accept_deletions)


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
    notices = Counter({(name, text, what): count for name, text, what, count in position["notices"]})
    return _Read(fingerprint, position["block"], position["cursor"], position["read"], notices, dict(position["said"]))


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
    reader = Reader(block, task.zone)
    for page in task.connector.pull(as_entity(block), read.cursor):
        _store_page(task, block, reader, read, page, known)
        task.progress(f"{task.entity} {block.source}", page.done, page.total)


def _store_page(task: Task, block: Block, reader: Reader, read: _Read, page: Page, known: bool) -> None:
    reader.notices.clear()
    arrivals = [_Arrived.of(reader.read(row)) for row in page.rows]
    skipped = [_Arrived.of(Reading(skip.source_id or skip.where, {"where": skip.where}, reason=skip.reason)) for skip in page.skipped]
    read.read += len(arrivals) + len(skipped)
    read.notices.update(reader.notices)
    for note in page.notes:
        read.said[note] = read.said.get(note, 0) + 1
    read.cursor = dict(page.cursor) if page.cursor is not None else None
    after = _Read(read.fingerprint, read.block + 1, None, read.read, read.notices, read.said) if page.last else read
    with task.store.connect() as connection:
        same = _same_as_held(connection, task, arrivals) if known else set()
        head = (task.connection_id, task.entity)
        rows = [
            (*head, item.source_id, item.hash, block.source, None if item.key in same else item.text, item.changed, item.reason)
            for item in (*arrivals, *skipped)
        ]
        bulk.insert(connection, Arrival, ARRIVAL, rows)
        _save_position(connection, task, after.position(task.map_version))


@dataclass(slots=True)
class _Arrived:
    source_id: str
    hash: bytes
    text: str
    changed: Any
    reason: str | None

    @property
    def key(self) -> tuple[str, bytes]:
        return (self.source_id, self.hash)

    @classmethod
    def of(cls, reading: Reading) -> "_Arrived":
        text = orjson.dumps(reading.fields, option=orjson.OPT_SORT_KEYS)
        changed = reading.changed.isoformat().encode() if reading.changed else b""
        digest = hashlib.blake2b(text + changed, digest_size=16).digest()
        return cls(reading.source_id, digest, text.decode(), reading.changed, reading.reason)


def _same_as_held(connection: Any, task: Task, arrivals: list[_Arrived]) -> set[tuple[str, bytes]]:
    """Which of the rows are already held just so."""
    record = bulk.table_of(Record)
    ids = [item.source_id for item in arrivals]
    query = select(record.c.source_id, record.c.hash).where(
        record.c.connection_id == task.connection_id, record.c.entity == task.entity, among(connection, record.c.source_id, ids)
    )
    return {(source_id, bytes(found)) for source_id, found in connection.execute(query)}


def _save_position(connection: Any, task: Task, position: dict[str, Any] | None) -> None:
    cursor = bulk.table_of(Cursor)
    of_this = (cursor.c.connection_id == task.connection_id, cursor.c.entity == task.entity)
    done = connection.execute(update(cursor).where(*of_this).values(position=position))
    if not done.rowcount:
        connection.execute(
            cursor.insert().values(
                connection_id=task.connection_id, entity=task.entity, map_version="", fingerprint=None, position=position
            )
        )


def _finish(task: Task, read: _Read) -> Finished:
    words = Counter({f"{name} '{text}' {what}": count for (name, text, what), count in read.notices.items()})
    words.update(read.said)
    return Finished(task.run_id, task.map_version, read.fingerprint, read.read, words)
