"""Companies that no CRM holds: the census of a place, and putting one on the list."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from jobs import adding
from jobs.flag import flags_as_of
from jobs.pipeline import sync
from jobs.pulling import Options
from jobs.refused import Refused
from jobs.rules import Rules
from jobs.sources import Source
from jobs.unlisted import census, unknown
from store import bulk
from store.database import Database
from store.tables import Audit, RegisterCompany
from tests import small_world

ZONE, AS_OF, RULES = ZoneInfo("Europe/London"), date(2026, 11, 1), Rules.load()
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
HEADER = ["Id,Name,No,Post,Staff,State"]
KNOWN = "01345678"

COMPANIES = (
    (KNOWN, "NORTHSTAR FOODS LIMITED", "Active", "10710", "FULL"),
    ("02222222", "QUIET HOLDINGS LIMITED", "Active", "99999", "DORMANT"),
    ("03333333", "BRIGHT BAKERS LIMITED", "Active", "10710 47240", "MICRO ENTITY"),
    ("04444444", "GREAT CRANES PLC", "Active - Proposal to Strike off", "43999", "GROUP"),
    ("05555555", "ENDED LIMITED", "Liquidation", "10710", "FULL"),
    ("06666666", "NEW LIMITED", "Active", "", "NO ACCOUNTS FILED"),
)


@pytest.fixture
def place(store: Database, tmp_path: Path) -> Database:
    """A place whose register has five active companies, of which a CRM holds one."""
    with store.connect() as connection:
        rows = [
            (number, name, "ZX1 1AB", "THORNLEY", status, sic, accounts, "Thornley", [])
            for number, name, status, sic, accounts in COMPANIES
        ]
        names = ("number", "name", "postcode", "town", "status", "sic", "accounts", "place", "previous_names")
        bulk.insert(connection, RegisterCompany, names, rows)
    read(store, tmp_path, f"A1,Northstar Foods Ltd,{KNOWN},ZX1 1AB,20,")
    return store


def read(store: Database, folder: Path, *rows: str) -> None:
    """One sync of a council that holds these businesses."""
    bare = {name: lines[:1] for name, lines in small_world.files(1)["council"].items()}
    run(store, small_world.write(folder, {"council": bare | {"accounts.csv": [*HEADER, *rows]}}))


def run(store: Database, sources: list[Source]) -> None:
    sync(store, sources, RULES, Options(ZONE, AS_OF))


def listed(store: Database) -> dict[str, tuple[str, str]]:
    return {row["name"]: (row["business_id"], row["state"]) for row in flags_as_of(store, AS_OF, RULES.policy, ZONE)}


def test_the_census_counts_active_companies_and_which_are_known(place: Database) -> None:
    with place.reading() as connection:
        found = census(connection, "Thornley")
    assert (found.total.active, found.total.known, found.total.percent) == (5, 1, 20)
    assert {share.name: (share.active, share.known) for share in found.sections} == {
        "Manufacturing": (2, 1), "Construction": (1, 0), "No sector given": (2, 0),
    }  # fmt: skip
    assert {share.key: (share.active, share.known) for share in found.sizes} == {
        "large": (2, 1), "micro": (1, 0), "dormant": (1, 0), "new": (1, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("letter", "band", "expected"),
    [
        ("", "", ["GREAT CRANES PLC", "BRIGHT BAKERS LIMITED", "QUIET HOLDINGS LIMITED", "NEW LIMITED"]),
        ("C", "", ["BRIGHT BAKERS LIMITED"]),
        ("", "large", ["GREAT CRANES PLC"]),
        ("C", "large", []),
    ],
)
def test_unknown_companies_come_the_largest_first(place: Database, letter: str, band: str, expected: list[str]) -> None:
    with place.reading() as connection:
        rows, total = unknown(connection, "Thornley", letter, band, 50, 0)
        pages = [unknown(connection, "Thornley", letter, band, 1, at)[0][0].name for at in range(total)]
    assert [row.name for row in rows] == expected == pages


def test_one_that_is_added_is_flagged_and_joined_when_a_crm_comes_to_hold_it(place: Database, tmp_path: Path) -> None:
    adding.add(place, "03333333", "officer@council.example", NOW)
    run(place, [])
    business_id, state = listed(place)["BRIGHT BAKERS LIMITED"]
    assert state == "no_leader_known"
    read(place, tmp_path, f"A1,Northstar Foods Ltd,{KNOWN},ZX1 1AB,20,", "A2,Bright Bakers Ltd,03333333,ZX1 1AB,4,")
    assert listed(place)["Bright Bakers Ltd"][0] == business_id
    assert "BRIGHT BAKERS LIMITED" not in listed(place)


def test_one_that_is_taken_back_is_gone_and_can_be_added_again(place: Database) -> None:
    adding.add(place, "03333333", "officer@council.example", NOW)
    run(place, [])
    held = listed(place)["BRIGHT BAKERS LIMITED"]
    adding.take_back(place, "03333333", "officer@council.example", NOW, ZONE)
    run(place, [])
    assert "BRIGHT BAKERS LIMITED" not in listed(place)
    adding.add(place, "03333333", "officer@council.example", NOW)
    run(place, [])
    assert listed(place)["BRIGHT BAKERS LIMITED"] == held
    with place.reading() as connection:
        said = connection.execute(select(bulk.table_of(Audit)).order_by(bulk.table_of(Audit).c.id)).all()
    assert [(row.action, row.target) for row in said] == [
        ("company added", "03333333"), ("company taken back", "03333333"), ("company added", "03333333"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "said"),
    [("09999999", "has no company 09999999"), (KNOWN, "NORTHSTAR FOODS LIMITED is known already"), ("03333333", "has been added already")],
)
def test_what_cannot_be_added_is_refused_in_words(place: Database, number: str, said: str) -> None:
    adding.add(place, "03333333", "officer@council.example", NOW)
    with pytest.raises(Refused, match=said):
        adding.add(place, number, "officer@council.example", NOW)
    with pytest.raises(Refused, match="was not added here"):
        adding.take_back(place, "06666666", "officer@council.example", NOW, ZONE)
