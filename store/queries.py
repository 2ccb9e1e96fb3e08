"""Small helpers for queries that both databases understand."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, bindparam, func, select


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """`column IN values` with one bound parameter, however many values there are."""
    if connection.dialect.name == "sqlite":
        listed = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
        return column.in_(select(listed.c.value))
    from sqlalchemy.dialects.postgresql import ARRAY

    return column == func.any(bindparam(None, list(values), type_=ARRAY(column.type), unique=True))
