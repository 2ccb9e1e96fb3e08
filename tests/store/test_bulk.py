"""Rows that are written in bulk are held just as rows that are written one by one."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Text, cast, delete, insert, select

from store import bulk
from store.database import Database
from store.tables import Arrival

arrival = bulk.table_of(Arrival)
COLUMNS = ("connection_id", "entity", "source_id", "row_hash", "fields", "changed")
ZONES = st.sampled_from([UTC, UTC, ZoneInfo("Europe/London"), timezone(timedelta(hours=-3, minutes=-30))])
MOMENTS = st.builds(
    lambda seconds, micros, zone: datetime.fromtimestamp(seconds, zone).replace(microsecond=micros),
    st.integers(-(2**33), 2**36),
    st.just(0) | st.integers(0, 999_999),
    ZONES,
)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
ROWS = st.tuples(
    st.integers(-(2**31), 2**31 - 1),
    TEXTS,
    st.none() | TEXTS,
    st.none() | st.binary(max_size=20),
    st.dictionaries(TEXTS, TEXTS | st.none() | st.booleans(), max_size=2),
    st.none() | MOMENTS,
)


def held(store: Database, rows: list[tuple[Any, ...]], bulky: bool) -> list[tuple[Any, ...]]:
    """What the table holds of these rows, as the database itself writes it, in order."""
    with store.connect() as connection:
        connection.execute(delete(arrival))
        if bulky and rows:
            bulk.append(connection, Arrival, dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True)))
        for row in () if bulky else rows:
            connection.execute(insert(arrival).values(dict(zip(COLUMNS, row, strict=True))))
        columns = [arrival.c[name] if name in {"connection_id", "row_hash"} else cast(arrival.c[name], Text) for name in COLUMNS]
        return [tuple(row) for row in connection.execute(select(*columns).order_by(arrival.c.id))]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, max_size=5))
def test_they_are_alike_whatever_they_hold(store: Database, rows: list[tuple[Any, ...]]) -> None:
    assert held(store, rows, bulky=True) == held(store, rows, bulky=False)
