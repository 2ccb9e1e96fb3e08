"""Everything that one database holds copied into another, empty one, of the same kind or not.

The tables are walked, not listed, so that a new one takes part. Rows stream: memory does not grow with their number.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import orjson
from sqlalchemy import JSON, BigInteger, Connection, Select, String, Table, cast, func, literal, select, text
from sqlalchemy.exc import SQLAlchemyError

from store import bulk, contents
from store.database import Database, StoreError

ROWS = 2000
"""Held in memory at once."""
SUM = 1 << 256


class Content(NamedTuple):
    """What a table holds: the number of its rows, and the sum of their hashes, in which their order does not count."""

    rows: int = 0
    digest: int = 0

    def and_these(self, rows: Sequence[Sequence[Any]]) -> "Content":
        """With more rows."""
        added = sum(int.from_bytes(hashlib.sha256(_canonical(row)).digest()) for row in rows)
        return Content(self.rows + len(rows), (self.digest + added) % SUM)


def transfer(source: Database, target: Database) -> dict[str, int]:
    """Copies every table in one transaction and reads it back; the number of rows of each.

    Both have this program's schema, the target without a row. Raises StoreError, and the target is then as it was."""
    copied = {}
    with _one_moment(source) as reading, target.connect() as writing:
        for table in contents.ours():
            with _said(table, source, target):
                there = _copy(reading, writing, table)
                _number_on(writing, table)
                here = _content(writing, table)
            if here != there:
                raise StoreError(f"{table.name} came over otherwise than it is ({there.rows} rows, then {here.rows}); nothing was changed")
            copied[table.name] = there.rows
        if not target.is_sqlite:
            writing.execute(text("ANALYZE"))
    return copied


@contextmanager
def _one_moment(source: Database) -> Iterator[Connection]:
    """A transaction that sees one moment of the source through all its reads."""
    if source.is_sqlite:
        with source.reading() as connection:
            yield connection
        return
    with source.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        yield connection


def _copy(reading: Connection, writing: Connection, table: Table) -> Content:
    content, names = Content(), [column.name for column in table.columns]
    for rows in _parts(reading, table):
        content = content.and_these(rows)
        bulk.append_to(writing, table, dict(zip(names, zip(*rows, strict=True), strict=True)))
    return content


def _content(connection: Connection, table: Table) -> Content:
    content = Content()
    for rows in _parts(connection, table):
        content = content.and_these(rows)
    return content


def _parts(connection: Connection, table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    """A table's rows, some at a time."""
    return connection.execute(_all(table), execution_options={"yield_per": ROWS}).partitions()


def _all(table: Table) -> Select[Any]:
    """Every row, JSON as its text: it goes over as it stands, a text in it too."""
    return select(*(cast(column, String).label(column.name) if isinstance(column.type, JSON) else column for column in table.columns))


def _canonical(row: Sequence[Any]) -> bytes:
    return orjson.dumps([value.hex() if isinstance(value, bytes) else value for value in row], option=orjson.OPT_UTC_Z)


def _number_on(connection: Connection, table: Table) -> None:
    """PostgreSQL gives the next row the number after the last; SQLite does so by itself."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    sequence = func.pg_get_serial_sequence(literal(table.name), literal(column.name))
    if connection.scalar(select(sequence)) is None:
        return
    last = cast(func.max(column), BigInteger)
    connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))).select_from(table))


@contextmanager
def _said(table: Table, *databases: Database) -> Iterator[None]:
    """Turns a database's refusal into a message without its words, which may quote a row."""
    faults: list[type[Exception]] = [SQLAlchemyError, *(database.engine.dialect.loaded_dbapi.Error for database in databases)]
    try:
        yield
    except tuple(faults) as fault:
        kind = type(getattr(fault, "orig", None) or fault).__name__
        raise StoreError(f"{table.name} cannot be copied ({kind}); nothing was changed") from None
