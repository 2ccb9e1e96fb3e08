"""`among` finds what `IN` would, whatever the values are."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Dirty, FlagLooked

dirty, looked = bulk.table_of(Dirty), bulk.table_of(FlagLooked)
ODD = ["", " ", "plain", "a,b", "{a}", '"', "\\", '\\"', "null", "NULL", "línea", "line\nbreak", "tab\t", "'", "%s", ":name", "[1]", "é\u2003"]


@pytest.mark.parametrize("value", ODD)
def test_an_odd_text_is_found_and_no_other_is(store: Database, value: str) -> None:
    with store.connect() as connection:
        bulk.insert(connection, Dirty, ("business_id",), [(text,) for text in ODD])
        assert list(connection.scalars(select(dirty.c.business_id).where(among(connection, dirty.c.business_id, [value, "gone"])))) == [value]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8), max_size=8))
def test_whatever_texts_are_asked_for_are_found(store: Database, texts: set[str]) -> None:
    with store.rehearsal(), store.connect() as connection:
        bulk.insert(connection, Dirty, ("business_id",), [(text,) for text in texts])
        assert set(connection.scalars(select(dirty.c.business_id).where(among(connection, dirty.c.business_id, sorted(texts))))) == texts


def test_numbers_and_days_are_found_by_value(store: Database) -> None:
    days = [date(2026, 2, day) for day in (1, 2, 3)]
    with store.connect() as connection:
        bulk.insert(connection, FlagLooked, ("business_id", "as_of"), [(f"b{day.day}", day) for day in days])
        found = select(looked.c.business_id).where(among(connection, looked.c.as_of, days[:2])).order_by(looked.c.business_id)
        assert list(connection.scalars(found)) == ["b1", "b2"]
