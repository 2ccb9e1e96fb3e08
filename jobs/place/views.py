"""The rows of the documented views, for pages that hand them on as CSV or JSON."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Date, TextualSelect, text

from jobs.refused import Refused
from store.database import Database
from store.views import VIEWS

ROWS = 2000
"""Held in memory at once."""


def columns(name: str) -> list[str]:
    """A view's columns in their order. Raises Refused where there is no such view."""
    if name not in VIEWS:
        raise Refused(f"there is no view '{name}'; there are {', '.join(VIEWS)}")
    return list(VIEWS[name].columns)


def rows(store: Database, name: str) -> Iterator[dict[str, Any]]:
    """Every row of a view, streamed, sorted by its columns in their order; days are dates. Raises Refused where there is no such view."""
    query = _query(name)
    with store.reading() as connection:
        for part in connection.execute(query, execution_options={"yield_per": ROWS}).mappings().partitions():
            yield from (dict(row) for row in part)


def _query(name: str) -> TextualSelect:
    names = columns(name)
    days = {found: Date for found in names if found in {"as_of", "last_on"}}
    sorting = ", ".join(str(at) for at in range(1, min(len(names), 3) + 1))
    return text(f"SELECT {', '.join(names)} FROM {name} ORDER BY {sorting}").columns(**days)
