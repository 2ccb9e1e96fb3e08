"""Small helpers for queries that both databases understand."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, func, select, type_coerce


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """`column IN values` with one bound parameter, however many values there are."""
    return _among(connection, column, bindparam(None, listed(connection, values), unique=True))


def among_named(connection: Connection, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The same with a parameter of that name, for a query that is asked often; what it is given, `listed` makes."""
    return _among(connection, column, bindparam(name))


def listed(connection: Connection, values: Sequence[Any]) -> Any:
    """Values as the parameter of `among_named`."""
    return orjson.dumps(list(values)).decode() if connection.dialect.name == "sqlite" else list(values)


def _among(connection: Connection, column: ColumnElement[Any], parameter: BindParameter[Any]) -> ColumnElement[bool]:
    if connection.dialect.name == "sqlite":
        found = func.json_each(parameter).table_valued("value")
        return column.in_(select(found.c.value))
    from sqlalchemy.dialects.postgresql import ARRAY

    return column == func.any(type_coerce(parameter, ARRAY(column.type)))
