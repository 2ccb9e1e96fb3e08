"""What a read counts as it stages is what the database counts of it."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.contract import Merge, Page, Skipped
from jobs.arrivals import Arrivals
from jobs.once import Once
from jobs.pulling import Options, pull_alone
from jobs.settling.arrived import Arrived, Finished
from jobs.sources import Source
from jobs.tally import Tally
from mappings import field_map
from store.database import Database
from tests.jobs.living_crm import LivingCrm

ZONE = ZoneInfo("Europe/London")
MAP = field_map.read("business: {from: firms, id: Id, fields: {name: Name, employees: Size}}", "map.yaml")
FINISHED = Finished(1, "", None, 0, {}, {})
IDS = st.sampled_from([f"F{number}" for number in range(6)])
CELLS = st.tuples(IDS, st.sampled_from(["", "Example Mills Ltd"]), st.sampled_from(["", "12", "no number"]))
PAGES = st.builds(
    Page,
    rows=st.lists(CELLS, max_size=4),
    deleted=st.lists(IDS, max_size=2),
    merged=st.lists(st.builds(Merge, IDS, IDS), max_size=2),
    seen=st.lists(IDS, max_size=2),
    skipped=st.lists(st.builds(Skipped, st.just("firms, row 7"), st.just("it has no id"), IDS | st.just("")), max_size=2),
    living=st.booleans(),
)


@pytest.fixture
def held(store: Database) -> Database:
    """Some of the records are there, one of them deleted."""
    crm = LivingCrm({"firms": "tracked"})
    for number, size in enumerate(("12", "", "no number", "")):
        crm.put("firms", f"F{number}", {"Name": "Example Mills Ltd", "Size": size})
    source = Source("council", "memory", "council", lambda budget: crm, MAP)
    pull_alone(store, source, Options(ZONE, date(2026, 11, 1)))
    crm.delete("firms", "F3")
    pull_alone(store, source, Options(ZONE, date(2026, 11, 1)))
    return store


@given(known=st.booleans(), full=st.booleans(), pages=st.lists(PAGES, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_counted_is_what_is_there(held: Database, known: bool, full: bool, pages: list[Page]) -> None:
    tally = Tally()
    rows = Arrivals(1, MAP.blocks["business"][0], ZONE, known, full, Once(True), tally)
    with held.rehearsal():
        for page in pages:
            with held.connect() as connection:
                rows.write(connection, rows.told(page))
        with held.connect() as connection:
            assert Arrived(connection, 1, "business", FINISHED).there == tally
            assert Arrived(connection, 1, "business", replace(FINISHED, tally=tally)).there is tally
