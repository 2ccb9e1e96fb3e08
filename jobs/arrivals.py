"""Arrivals: what a page of a read says, as it is staged until the read is whole."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Select, select

from connector.contract import Page, Skipped
from jobs.once import Once
from jobs.tally import Tally
from mappings.field_map import Block
from mappings.json_texts import json_texts
from mappings.reading import READING_VERSION, Reader, Readings
from store import bulk
from store.queries import among_named, listed
from store.standing import HASH, Standing
from store.tables import Arrival, Record

record = bulk.table_of(Record)
Columns = dict[str, Sequence[Any]]
"""Arrivals, column by column."""


class Told(NamedTuple):
    """A page as far as it can be worked on without the database."""

    page: Page
    ids: list[str]
    """Of its rows; empty texts where only reading a row tells its id."""
    hashes: list[bytes]
    """Of the cells of its rows."""
    read: Columns | None
    """Its rows as arrivals, where each is to be read whatever is held."""


class Arrivals:
    """Stages the rows of one block. A row whose cells its record was read from already is not read again."""

    def __init__(self, connection_id: int, block: Block, zone: ZoneInfo, known: bool, full: bool, once: Once, tally: Tally) -> None:
        """`known`: there are records already. `full`: every row is read again. `once` is told of every id, `tally` of what is staged."""
        self._connection_id, self._block, self._known, self._once, self._tally = connection_id, block, known, once, tally
        self._reads_all = full or not known or not block.ids
        self._reader = Reader(block, zone)
        self._query: Select[Any] | None = None
        self._rules = hashlib.blake2b(f"{READING_VERSION} {block!r} {zone.key}".encode(), digest_size=HASH).digest()

    def told(self, page: Page) -> Told:
        """What a page says; where people work in the system, of the rows of one id the last."""
        ids = self._reader.source_ids(page.rows)
        if page.living and self._block.ids and len(set(ids)) < len(ids):
            last = dict(zip(ids, page.rows, strict=True))
            page, ids = replace(page, rows=list(last.values())), list(last)
        digest = partial(hashlib.blake2b, digest_size=HASH, person=self._rules)
        hashes = [digest(text).digest() for text in map(orjson.dumps, page.rows)]
        read = self._columns(self._reader.columns(page.rows, ids), hashes) if self._reads_all and page.rows else None
        self._once.tell_rows(ids if read is None else read["source_id"])
        self._once.tell([*page.deleted, *(merge.loser for merge in page.merged), *page.seen, *map(_id_of, page.skipped)])
        return Told(page, ids, hashes, read)

    def write(self, connection: Connection, told: Told) -> None:
        """Stages all that a page says, in its order."""
        page = told.page
        self._tally.whole = self._tally.whole and not page.restarted
        if page.rows:
            self._write_rows(connection, told)
        if page.skipped:
            self._write_skipped(connection, page.skipped)
        if page.deleted or page.merged:
            losers = [merge.loser for merge in page.merged]
            survivors = [orjson.dumps({"survivor": merge.survivor}).decode() for merge in page.merged]
            self._write_marks(connection, "deleted", [*page.deleted, *losers])
            self._write_marks(connection, "merged", losers, {"fields": survivors})
        self._write_marks(connection, "seen", page.seen)

    def _write_rows(self, connection: Connection, told: Told) -> None:
        page, ids, hashes, read = told
        if read is not None:
            self._append(connection, read, self._held(connection, read["source_id"]) if self._known else None)
            return
        standing = Standing(connection, self._connection_id, self._block.entity, ids, hashes)
        staged = standing.stage(self._block.source if page.living else None)
        self._tally.known += staged
        if staged == len(page.rows):
            return
        others = standing.others()
        readings = self._reader.columns([page.rows[at] for at, _ in others], [ids[at] for at, _ in others])
        columns = self._columns(readings, [hashes[at] for at, _ in others])
        self._append(connection, columns, [record_id for _, record_id in others])

    def _write_skipped(self, connection: Connection, skipped: Sequence[Skipped]) -> None:
        """What the connector could not read."""
        ids = list(map(_id_of, skipped))
        reasons = dict(enumerate(skip.reason for skip in skipped))
        readings = Readings(ids, {"where": [skip.where for skip in skipped]}, [None] * len(ids), reasons, {})
        self._append(connection, self._columns(readings, [b""] * len(ids)), self._held(connection, ids))

    def _write_marks(self, connection: Connection, mark: str, ids: Sequence[str], more: Columns | None = None) -> None:
        """Ids that were told without a row."""
        if not ids:
            return
        record_ids = self._held(connection, ids)
        columns = {"mark": [mark] * len(ids), "source_id": ids, "block": [self._block.source] * len(ids)}
        self._append(connection, self._head(len(ids)) | columns | (more or {}), record_ids)

    def _append(self, connection: Connection, columns: Columns, record_ids: Sequence[int | None] | None) -> None:
        whole = columns if record_ids is None else columns | {"record_id": record_ids}
        self._tally.add(whole)
        bulk.append(connection, Arrival, whole)

    def _columns(self, read: Readings, hashes: Sequence[bytes]) -> Columns:
        """Rows that were read, as arrivals; which records they are is not told."""
        count = len(hashes)
        columns = self._head(count) | {
            "source_id": read.source_ids,
            "row_hash": hashes,
            "block": [self._block.source] * count,
            "fields": json_texts(read.columns, count),
            "changed": read.changed,
        }
        if read.notices:
            columns["notices"] = [read.notices.get(row) for row in range(count)]
        if read.reasons:
            columns["reason"] = [read.reasons.get(row) for row in range(count)]
        return columns

    def _head(self, count: int) -> Columns:
        return {"connection_id": [self._connection_id] * count, "entity": [self._block.entity] * count}

    def _held(self, connection: Connection, ids: Sequence[str]) -> list[int | None]:
        """For each id the record that has it."""
        if not ids or not self._known:
            return [None] * len(ids)
        if self._query is None:
            self._query = self._held_query(connection)
        rows = connection.execute(self._query, {"ids": listed(connection, ids)})
        found: dict[str, int] = dict(rows.all())
        return [found.get(source_id) for source_id in ids]

    def _held_query(self, connection: Connection) -> Select[Any]:
        return select(record.c.source_id, record.c.id).where(
            record.c.connection_id == self._connection_id,
            record.c.entity == self._block.entity,
            among_named(connection, record.c.source_id, "ids"),
        )


def _id_of(skip: Skipped) -> str:
    """A row that could not be read may not even tell its id."""
    return skip.source_id or skip.where
