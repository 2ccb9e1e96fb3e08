"""Pull: reads an entity of a connection page by page into arrivals, and settles a whole read into records.

A page's rows and the cursor after it are stored in one transaction, so a run that was killed goes on at the page where it stopped.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy import Row as SqlRow

from connector.contract import Connector, ConnectorError, Entity, Page, StopEntity, Stopped, TryLater
from jobs.ahead import ahead
from jobs.arrivals import Arrivals, Told
from jobs.once import Once
from jobs.runs import Counts
from jobs.settling.arrived import Ended, Finished
from jobs.settling.deletions import DeletionsRefused
from jobs.settling.settle import settle
from jobs.tally import Tally
from mappings.field_map import Block, FieldMap
from mappings.reading import READING_VERSION
from store import bulk
from store.database import Database
from store.tables import Arrival, Cursor, Record

arrival, cursor = bulk.table_of(Arrival), bulk.table_of(Cursor)
ENTITY_ORDER = ("business", "person", "engagement", "participant")
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
    ahead: bool = False
    """Whether the next page is asked for while one is stored."""

    @property
    def blocks(self) -> list[Block]:
        """The field map's blocks of this entity."""
        return self.field_map.blocks.get(self.entity, [])

    @cached_property
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
    ended: dict[str, Ended] = field(default_factory=dict)
    """How the read of each block's source ended."""
    living: list[str] = field(default_factory=list)
    """The sources in which a row that comes again is the same row, later."""

    def position(self, map_version: str) -> dict[str, Any]:
        ended = {source: asdict(end) for source, end in self.ended.items()}
        return {**vars(self), "said": dict(self.said), "ended": ended, "map_version": map_version}

    def end(self, source: str, page: Page) -> None:
        """Notes the last page of a block and goes on to the next."""
        again = source in self.ended  # two blocks read one source: each of their reads is from the start
        cursor = None if again or page.cursor is None else dict(page.cursor)
        self.ended[source] = Ended(cursor, page.snapshot and (not again or self.ended[source].snapshot))
        self.block, self.cursor = self.block + 1, None


def pull(task: Task) -> Counts | None:
    """Reads one entity and settles it. None where nothing can have changed since the last whole read.

    Raises the connector's faults (StopConnection, StopEntity, TryLater) and settle's DeletionsRefused."""
    known = _has_records(task)
    if not task.blocks and not known:
        return None
    told = _told(task)
    if known and told and not any(told):
        return None
    fingerprint = _digested(told)
    held = _held(task)
    unchanged = fingerprint is not None and held is not None and held.fingerprint == fingerprint and held.map_version == task.map_version
    if unchanged and not task.full and held is not None and held.position is None:
        return None
    resumed = _resumed(held, task.map_version, fingerprint)
    read, once, tally = resumed or _started(task, fingerprint), Once(resumed is None), Tally(whole=resumed is None)
    since = _since(held, task)
    if known:  # each row's record is looked up
        with task.store.reading() as connection:
            bulk.look_up_in_memory(connection)
    while read.block < len(task.blocks):
        block = task.blocks[read.block]
        rows = Arrivals(task.connection_id, block, task.zone, known, task.full, once, tally)
        _read_block(task, block, read, rows, since.get(block.source))
    if fingerprint != _digested(_told(task)):
        _drop(task)
        raise TryLater(f"the {task.entity} rows changed while they were read; they are left for the next run")
    finished = Finished(
        task.run_id,
        task.map_version,
        read.fingerprint,
        read.read,
        read.said,
        read.ended,
        read.living,
        once=once.sure,
        rising=once.rising,
        tally=tally if tally.whole else None,
    )
    try:
        return settle(task.store, task.connection_id, task.entity, task.blocks, finished, task.today, task.accept_deletions)
    except DeletionsRefused:
        if fingerprint is None:
            _drop(task)  # what an API says next time is something else
        raise


def as_entity(block: Block) -> Entity:
    """A block as its connector needs to know it."""
    changed = block.changed.columns[0] if block.changed and block.changed.columns else None
    ids = tuple(column for part in block.ids for column in part.columns)
    return Entity(block.entity, block.source, block.columns(), changed, ids, block.complete, block.options)


def _told(task: Task) -> list[str] | None:
    """The blocks' fingerprints, empty ones for what has nothing new; None where the system cannot tell."""
    found = [task.connector.fingerprint(as_entity(block)) for block in task.blocks]
    told = [text for text in found if text is not None]
    return told if len(told) == len(found) else None


def _digested(told: list[str] | None) -> str | None:
    return None if told is None else hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def _held(task: Task) -> SqlRow[Any] | None:
    """The cursor's row."""
    query = select(cursor).where(cursor.c.connection_id == task.connection_id, cursor.c.entity == task.entity)
    with task.store.reading() as connection:
        return connection.execute(query).first()


def _has_records(task: Task) -> bool:
    record = bulk.table_of(Record)
    query = select(record.c.id).where(record.c.connection_id == task.connection_id, record.c.entity == task.entity).limit(1)
    with task.store.reading() as connection:
        return connection.execute(query).first() is not None


def _resumed(held: SqlRow[Any] | None, map_version: str, fingerprint: str | None) -> _Read | None:
    """The read that a killed run left, if what it was reading is still the same."""
    if held is None or held.position is None:
        return None
    position = held.position
    if position["map_version"] != map_version or position["fingerprint"] != fingerprint:
        return None
    ended = {source: Ended(**how) for source, how in position["ended"].items()}
    return _Read(fingerprint, position["block"], position["cursor"], position["read"], Counter(position["said"]), ended, position["living"])


def _since(held: SqlRow[Any] | None, task: Task) -> dict[str, Any]:
    """The cursor from which each source is read on, where its last whole read left one and is still worth going on from."""
    if held is None or task.full or held.map_version != task.map_version:
        return {}
    return {source: how["cursor"] for source, how in (held.blocks or {}).items()}


def _started(task: Task, fingerprint: str | None) -> _Read:
    _drop(task)
    return _Read(fingerprint)


def _drop(task: Task) -> None:
    """Forgets what an unfinished read has staged."""
    with task.store.connect() as connection:
        connection.execute(delete(arrival).where(arrival.c.connection_id == task.connection_id, arrival.c.entity == task.entity))
        of_this = (cursor.c.connection_id == task.connection_id, cursor.c.entity == task.entity, cursor.c.position.is_not(None))
        connection.execute(update(cursor).where(*of_this).values(position=None))


def _read_block(task: Task, block: Block, read: _Read, rows: Arrivals, since: dict[str, Any] | None) -> None:
    begun_at = read.block
    all_told = _told_by(rows, _pages(task.connector, as_entity(block), since if read.cursor is None else read.cursor))
    with ahead(all_told) if task.ahead else nullcontext(all_told) as coming:
        for done, total in map(partial(_store_page, task, rows, read), coming):
            task.progress(f"{task.entity} {block.source}", done, total)
    if read.block == begun_at:
        raise StopEntity(f"{task.entity} {block.source}: the connector stopped before its last page; tell whoever wrote it")


def _told_by(rows: Arrivals, pages: Generator[Page]) -> Iterator[Told]:
    """What each page says. By `map`, here and wherever pages are handed on, as a loop holds what it has handed on until the next is there:
    the memory of one page, which the processor has at hand, is then used for the next."""
    with closing(pages):
        yield from map(rows.told, pages)


def _pages(connector: Connector, entity: Entity, cursor: dict[str, Any] | None) -> Generator[Page]:
    """What the connector gives. A fault that is none of the contract's is its author's, and stops this entity alone."""
    try:
        yield from connector.pull(entity, cursor)
    except (ConnectorError, Stopped, GeneratorExit):
        raise
    except Exception as fault:
        said = f"{entity.kind} {entity.source}: the connector itself failed ({type(fault).__name__}); tell whoever wrote it"
        raise StopEntity(said) from fault


def _store_page(task: Task, rows: Arrivals, read: _Read, told: Told) -> tuple[int | None, int | None]:
    """How many rows have been read, and of how many."""
    page, source = told.page, task.blocks[read.block].source
    if page.restarted and sum(block.source == source for block in task.blocks) > 1:
        _drop(task)  # the other block's rows of it cannot be told from these
        raise TryLater(f"{task.entity} {source}: its read has to begin anew; the next run reads it whole")
    read.read += len(page.rows) + len(page.skipped)
    read.said.update(page.notes)
    read.cursor = dict(page.cursor) if page.cursor is not None else None
    if page.living and source not in read.living:
        read.living.append(source)
    if page.last:
        read.end(source, page)
    with task.store.connect() as connection:
        if page.restarted:
            of_this = (arrival.c.connection_id == task.connection_id, arrival.c.entity == task.entity, arrival.c.block == source)
            connection.execute(delete(arrival).where(*of_this))
        rows.write(connection, told)
        _save_position(connection, task, read.position(task.map_version))
    return page.done, page.total


_STANDS = (
    update(cursor)
    .where(cursor.c.connection_id == bindparam("connection"), cursor.c.entity == bindparam("of"))
    .values(position=bindparam("stands", type_=cursor.c.position.type))
)  # written once, as it is asked for every page


def _save_position(connection: Connection, task: Task, position: dict[str, Any]) -> None:
    done = connection.execute(_STANDS, {"connection": task.connection_id, "of": task.entity, "stands": position})
    if not done.rowcount:
        connection.execute(
            cursor.insert().values(
                connection_id=task.connection_id, entity=task.entity, map_version="", fingerprint=None, position=position
            )
        )
