"""Linking that is left out where nothing that it reads has changed ends where linking everything anew would."""

from contextlib import closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from jobs.decisions import links
from jobs.join_businesses import join_businesses
from jobs.join_people import join_people
from jobs.pipeline import sync
from jobs.pulling import Options, pull_alone
from jobs.refused import Refused
from jobs.resolve import resolve
from jobs.rules import Rules
from jobs.sources import Source
from mappings import field_map
from store import bulk
from store.database import Database
from store.tables import Connection, LinkDecision, Record, Stage
from tests.databases import new_migrated_file
from tests.jobs.living_crm import LivingCrm
from tests.snapshot import Rows, everything

RULES, DAY, NOW = Rules.load(), date(2026, 11, 1), datetime(2026, 11, 1, 9, tzinfo=UTC)
OPTIONS = Options(ZoneInfo("Europe/London"), DAY, accept_deletions=True)
MAP = field_map.read(
    """
business: {from: firms, id: Id, fields: {name: Name, postcode: Post, website: Web, employees: Staff, status: {from: State, values: {Shut: closed}}}}
person: {from: people, id: Id, fields: {name: Name, title: Job, phone: Tel, business: Firm, do_not_contact: Dnc, role: Role}}
""",
    "map.yaml",
)
CRMS, TABLES = ("council", "chamber"), ("firms", "people")
FIRM = {"Name": "Netherby Ceramics Ltd", "Post": "ZX1 1AB", "Web": "netherby.example", "Staff": "10", "State": ""}
ANN = {"Name": "Ann Lee", "Job": "CEO", "Tel": "07700 900001", "Firm": "F1", "Dnc": "no", "Role": ""}

some = st.sampled_from
numbers = st.integers(1, 4)
firms = st.fixed_dictionaries(
    {
        "Name": some(["Netherby Ceramics Ltd", "Netherby Ceramics", "Quill Print", "The Plough"]),
        "Post": some(["ZX1 1AB", "ZX9 9AB", ""]),
        "Web": some(["netherby.example", ""]),
        "Staff": some(["10", "20"]),
        "State": some(["", "Shut"]),
    }
)
people = st.fixed_dictionaries(
    {
        "Name": some(["Ann Lee", "A Lee", "Bob Ray"]),
        "Job": some(["CEO", "Clerk"]),
        "Tel": some(["07700 900001", ""]),
        "Firm": numbers.map("F{}".format),
        "Dnc": some(["yes", "no"]),
        "Role": some(["champion", ""]),
    }
)
puts = st.tuples(
    st.just("put"), some(CRMS), st.one_of(st.tuples(st.just("firms"), numbers, firms), st.tuples(st.just("people"), numbers, people))
)
staff = st.tuples(st.just("staff"), some(CRMS), numbers, some(["30", "40"]))
gone = st.tuples(st.just("delete"), some(CRMS), some(TABLES), numbers)
decided = st.tuples(st.just("decide"), some(["business", "person"]), st.booleans(), st.integers(0, 20), st.integers(0, 20))
hours = st.lists(st.lists(st.one_of(puts, puts, staff, gone, decided), max_size=5), min_size=1, max_size=6)


def source(name: str, crm: LivingCrm) -> Source:
    return Source(name, "memory", "council" if name == "council" else "business", lambda budget: crm, MAP)


def read(store: Database, crms: dict[str, LivingCrm]) -> None:
    results = sync(store, [source(name, crm) for name, crm in crms.items()], RULES, OPTIONS)
    assert {result.outcome for result in results} == {"done"}


def new_crms() -> dict[str, LivingCrm]:
    crms = {name: LivingCrm(dict.fromkeys(TABLES, "tracked")) for name in CRMS}
    for crm in crms.values():
        crm.put("firms", "F1", FIRM)
        crm.put("people", "P1", ANN)
    return crms


def forget(store: Database) -> None:
    """So that everything is linked anew."""
    with store.connect() as connection:
        connection.execute(delete(bulk.table_of(Stage)).where(bulk.table_of(Stage).c.name.like("link %")))


def connections(store: Database) -> list[int]:
    with store.reading() as connection:
        return list(connection.scalars(select(bulk.table_of(Connection).c.id)))


def happen(store: Database, step: tuple[Any, ...]) -> None:
    """A person's decision about two live records."""
    _, entity, same, left, right = step
    record = bulk.table_of(Record)
    with store.reading() as connection:
        live = list(
            connection.scalars(select(record.c.id).where(record.c.entity == entity, record.c.deleted_on.is_(None)).order_by(record.c.id))
        )
    if live:
        ends = live[left % len(live)], live[right % len(live)]
        with suppress(Refused):  # where it contradicts what was said before
            links.join(store, entity, ends, "an officer", NOW) if same else links.keep_apart(store, entity, *ends, "an officer", NOW)


def change(crms: dict[str, LivingCrm], step: tuple[Any, ...]) -> None:
    what, crm, *rest = step
    if what == "put":
        table, number, row = rest[0]
        crms[crm].put(table, f"{table[0].upper()}{number}", row)
    elif what == "delete":
        crms[crm].delete(rest[0], f"{rest[0][0].upper()}{rest[1]}")
    elif row := crms[crm].live("firms").get(f"F{rest[0]}"):
        crms[crm].put("firms", f"F{rest[0]}", row | {"Staff": rest[1]})


def held(store: Database) -> dict[str, Rows]:
    return {name: rows for name, rows in everything(store).items() if name not in ("run", "audit", "stage")}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hours)
def test_it_ends_where_linking_everything_anew_ends(told: list[list[tuple[Any, ...]]]) -> None:
    crms = new_crms()
    with TemporaryDirectory() as folder, closing(Database(new_migrated_file(Path(folder) / "kept.db"))) as kept, \
            closing(Database(new_migrated_file(Path(folder) / "anew.db"))) as anew:  # fmt: skip
        for steps in [[], *told, []]:
            for step in steps:
                if step[0] == "decide":
                    happen(kept, step)
                    happen(anew, step)
                else:
                    change(crms, step)
            read(kept, crms)
            forget(anew)
            read(anew, crms)
            assert held(kept) == held(anew)


ALTERED: dict[str, tuple[str, dict[str, str], tuple[bool, bool]]] = {
    "nothing": ("firms", {}, (False, False)),
    "a number of staff": ("firms", {"Staff": "99"}, (False, False)),
    "a firm that closed": ("firms", {"State": "Shut"}, (False, False)),
    "a website": ("firms", {"Web": "www.netherby.example/contact"}, (True, False)),
    "a phone": ("people", {"Tel": "07700 900999"}, (False, True)),
    "a person whose firm is another now": ("people", {"Firm": ""}, (False, True)),
    "a person who is not to be contacted": ("people", {"Dnc": "yes"}, (False, False)),
}


@pytest.mark.parametrize("name", ALTERED)
def test_what_linking_reads_is_linked_anew_and_the_rest_is_not(store: Database, name: str) -> None:
    crms = new_crms()
    read(store, crms)
    table, cells, anew = ALTERED[name]
    row_id = f"{table[0].upper()}1"
    crms["council"].put(table, row_id, crms["council"].live(table)[row_id] | cells)
    pull_alone(store, source("council", crms["council"]), OPTIONS)
    for number in connections(store):
        resolve(store, number, RULES.levels, NOW, DAY)
    assert (join_businesses(store, RULES.places), join_people(store)) == anew


def test_what_linking_left_is_made_anew_where_it_is_no_longer_there(store: Database) -> None:
    read(store, new_crms())
    before = held(store)
    assert not join_businesses(store, RULES.places)
    with store.connect() as connection:
        connection.execute(delete(bulk.table_of(LinkDecision)))
    assert join_businesses(store, RULES.places)
    assert join_people(store)
    assert held(store) == before
