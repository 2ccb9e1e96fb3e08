"""Small helpers for queries that both databases understand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, Connection, DateTime, bindparam, collate, func, select, type_coerce
from sqlalchemy.types import UserDefinedType


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """`column IN values` with one bound parameter, however many values there are."""
    return _among(connection, column, bindparam(None, listed(connection, values), unique=True))


def by_code(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """A text to sort by as Python sorts, whatever the language of a PostgreSQL database: SQLite does so by itself."""
    return column if connection.dialect.name == "sqlite" else collate(column, "C")


def among_named(connection: Connection, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The same with a parameter of that name, for a query that is asked often; what it is given, `listed` makes."""
    return _among(connection, column, bindparam(name))


def listed(connection: Connection, values: Sequence[Any]) -> Any:
    """Values as the parameter of `among_named`."""
    text = orjson.dumps(list(values)).decode()
    if connection.dialect.name == "sqlite":
        return text
    # PostgreSQL writes an array as JSON does, but for its brackets and for what stands behind a backslash.
    return "{" + (text[1:-1] if "\\" not in text else ",".join(map(_quoted, values))) + "}"


def instant(connection: Connection, column: ColumnElement[datetime | None]) -> ColumnElement[datetime | None]:
    """A moment for a query of very many rows. PostgreSQL's driver gives it with its zone, and the column's type would make each anew."""
    return column if connection.dialect.name == "sqlite" else type_coerce(column, DateTime(timezone=True))


def _quoted(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _ArrayLiteral(UserDefinedType[str]):
    """An array as the text that PostgreSQL reads it from, whose element type it takes from what it is compared with.

    The driver writes a list of thousands ten times as slowly; a text that the statement casts would not be known when it is planned."""

    cache_ok = True


def _among(connection: Connection, column: ColumnElement[Any], parameter: BindParameter[Any]) -> ColumnElement[bool]:
    if connection.dialect.name == "sqlite":
        found = func.json_each(parameter).table_valued("value")
        return column.in_(select(found.c.value))
    return column == func.any(type_coerce(parameter, _ArrayLiteral()))
