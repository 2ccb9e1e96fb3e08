"""Rows for every table of a schema, whatever it is: made from what the database says of its columns, the same ones each time."""

import datetime as dt
import hashlib
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, insert, select
from sqlalchemy import types as t

from store.contents import OF_PROCESSES, VERSION

ROWS = 3


def reflected(connection: Connection) -> dict[str, Table]:
    """The tables as they are in the database, those that others point at first; Alembic's own left out, and those that tell only which processes live."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables if table.name not in {VERSION, *OF_PROCESSES}}


def fill(connection: Connection, words: str = "") -> None:
    """Puts rows into every table. Each text in them, JSON's too, begins with `words`."""
    for table in reflected(connection).values():
        rows = [{column.name: _value(column, number, words) for column in table.columns} for number in range(1, ROWS + 1)]
        connection.execute(insert(table), rows)


def keys(connection: Connection) -> dict[str, set[tuple[Any, ...]]]:
    """The primary keys of the rows of each table."""
    return {name: {tuple(row) for row in connection.execute(select(*table.primary_key))} for name, table in reflected(connection).items()}


def rows(connection: Connection) -> dict[str, list[str]]:
    """Everything that each table holds, to be compared between databases of one kind."""
    return {name: sorted(repr(tuple(row)) for row in connection.execute(select(table))) for name, table in reflected(connection).items()}


def _value(column: Column[Any], number: int, words: str) -> Any:
    if column.foreign_keys:
        return _value(next(iter(column.foreign_keys)).column, number, words)
    text = f"{words} {column.name} {number}".strip()
    of_type = {
        t.Boolean: number % 2 == 0,
        t.Integer: 100 * list(column.table.columns).index(column) + number,  # of two columns the later holds the higher number
        t.Float: number / 4,
        t.Numeric: number / 4,
        t.DateTime: dt.datetime(2026, 10, number, 12, tzinfo=dt.UTC),
        t.Date: dt.date(2026, 10, number),
        t.JSON: {text: [text, number, None]},
        t.LargeBinary: hashlib.md5(text.encode(), usedforsecurity=False).digest(),
        t.String: text,
    }
    for kind, value in of_type.items():
        if isinstance(column.type, kind):
            return value
    raise TypeError(f"{column.table.name}.{column.name}: teach tests/filled.py to fill a column of the type {column.type!r}")
