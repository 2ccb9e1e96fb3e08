"""Warm paths: each kind of them from records, with its strength; nobody who is not to be contacted opens a door."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from jobs import officers
from jobs.facts import Loader
from jobs.flag import decide
from jobs.paths import Path as WarmPath
from jobs.paths import paths
from jobs.pipeline import sync
from jobs.pulling import Options
from jobs.rules import Rules
from jobs.work.listing import Wanted, find
from store import bulk
from store.database import Database
from store.tables import Business
from tests import small_world

ZONE, AS_OF, RULES = ZoneInfo("Europe/London"), date(2026, 11, 1), Rules.load()
business = bulk.table_of(Business)
FIRMS = ["A1,Target Works Ltd,04100001,ZX1 1AB,20,", "A2,Engaged Mills Ltd,04100918,ZX1 1AB,20,", "A3,Quiet Yard Ltd,04101835,ZX1 1AB,20,"]
LEADERS = ["P1,Tess Target,CEO,t@target.example,A1,,", "P2,Ed Engaged,CEO,e@engaged.example,A2,,", "P3,Quin Quiet,CEO,q@quiet.example,A3,,"]
MET_ED, ED_CAME = "V1,meeting,2026-10-01T10:00,Engaged Mills,,J Officer,", "V1,P2,attended"


def found(store: Database, folder: Path, people: tuple[str, ...] = (), visits: tuple[str, ...] = ()) -> list[WarmPath]:
    """The paths to the target's leaders, where these people and visits are known beside the leaders and the meeting with Ed."""
    lines = {name: rows[:1] for name, rows in small_world.files(1)["council"].items()}
    lines |= {"accounts.csv": [lines["accounts.csv"][0], *FIRMS], "people.csv": [lines["people.csv"][0], *LEADERS, *people]}
    lines["visits-1.csv"] = [lines["visits-1.csv"][0], MET_ED, *visits]
    lines["attended.csv"] = [lines["attended.csv"][0], ED_CAME]
    sync(store, small_world.write(folder, {"council": lines}), RULES, Options(ZONE, AS_OF))
    return paths_of(store)


def paths_of(store: Database) -> list[WarmPath]:
    with store.reading() as connection:
        target = connection.scalar(select(business.c.id).where(business.c.name == "Target Works Ltd"))
        known = Loader(connection, ZONE).load([target])[0]
        judged = decide(known, AS_OF, RULES.policy).judged
        assert judged is not None
        return paths(connection, known, judged, AS_OF, RULES.policy.window_days)


def said(paths: list[WarmPath]) -> list[tuple[str, int, str]]:
    return [(path.kind, path.strength, path.sentence) for path in paths]


CLERK, SHY = "P4,Cleo Clerk,Clerk,c@target.example,A1,,", "P4,Cleo Clerk,Clerk,c@target.example,A1,,yes"
MET_CLEO = "V2,call,2026-09-01T10:00,Target Works,,J Officer,Cleo Clerk"
BOTH = "V3,meeting,2026-08-01T10:00,,,K Officer,Cleo Clerk;Ed Engaged"


@pytest.mark.parametrize(
    ("people", "visits", "expected"),
    [
        ((), (), []),
        (
            (CLERK,),
            (MET_CLEO,),
            [
                ("colleague", 3, "Cleo Clerk (Clerk), a colleague, took part in a call on 1 September 2026."),
                ("officer who met them", 2, "J Officer met them once, in a call on 1 September 2026."),
            ],
        ),
        ((SHY,), (MET_CLEO,), [("officer who met them", 2, "J Officer met them once, in a call on 1 September 2026.")]),
        (
            (CLERK,),
            (BOTH,),
            [
                ("colleague", 3, "Cleo Clerk (Clerk), a colleague, took part in a meeting on 1 August 2026."),
                (
                    "shared event",
                    2,
                    "Ed Engaged (CEO) of Engaged Mills Ltd was at a meeting on 1 August 2026 with Cleo Clerk (Clerk).",
                ),
                ("officer who met them", 2, "K Officer met them once, in a meeting on 1 August 2026."),
            ],
        ),
        (
            (CLERK,),
            (
                "V2,meeting,2024-09-01T10:00,Target Works,,J Officer,Cleo Clerk",
                "V4,meeting,2024-06-01T10:00,Target Works,,J Officer,Cleo Clerk",
            ),
            [("officer who met them", 1, "J Officer met them 2 times, last in a meeting on 1 September 2024.")],
        ),
        (
            ("P5,Ed Engaged,Chair,e@engaged.example,A1,,",),
            (),
            [("two posts", 2, "Ed Engaged is also at Engaged Mills Ltd, whose leaders are engaged.")],
        ),
    ],
)
def test_paths_from_records(
    store: Database, tmp_path: Path, people: tuple[str, ...], visits: tuple[str, ...], expected: list[tuple[str, int, str]]
) -> None:
    assert said(found(store, tmp_path, people, visits)) == expected


def test_somebody_who_moved_from_here_to_an_engaged_business_is_a_path(store: Database, tmp_path: Path) -> None:
    assert found(store, tmp_path, ("P6,Mo Mover,Clerk,mo@target.example,A1,,",)) == []
    moved = found(store, tmp_path, ("P6,Mo Mover,Clerk,mo@target.example,A2,,",))
    assert said(moved) == [
        ("former employer", 2, "Mo Mover, who is now at Engaged Mills Ltd, was here before; the leaders of Engaged Mills Ltd are engaged.")
    ]


@pytest.mark.parametrize(("resigned", "expected"), [("", ["strong"]), ("2026-01-31", [])])
def test_a_director_of_both_is_a_path_while_in_office(store: Database, tmp_path: Path, resigned: str, expected: list[str]) -> None:
    found(store, tmp_path)
    shared = {"id": "abc", "name": "SHAW, Sam", "readable": "Sam Shaw", "officer_role": "director"} | (
        {"resigned_on": resigned} if resigned else {}
    )
    with store.connect() as connection:
        officers.keep(connection, {"04100001": {"officers": [shared]}, "04100918": {"officers": [shared]}, "04101835": {"officers": []}})
    answers = said(paths_of(store))
    assert answers == (
        [("shared director", 2, "Sam Shaw is also a director of Engaged Mills Ltd, whose leaders are engaged.")] if expected else []
    )
    assert through(store) == ("Sam Shaw, also a director of Engaged Mills Ltd, whose leaders are engaged" if expected else "")
    with store.connect() as connection:
        officers.keep(connection, {"04100918": None})
    assert (paths_of(store), through(store)) == ([], "")


@pytest.mark.parametrize("at", ["A1", "A2"])
def test_a_director_who_is_not_to_be_contacted_is_no_path(store: Database, tmp_path: Path, at: str) -> None:
    found(store, tmp_path, (f"P7,Samuel Shaw,Adviser,sam@shaw.example,{at},,yes",))
    shared = {"id": "abc", "name": "SHAW, Sam", "readable": "Sam Shaw", "officer_role": "director"}
    with store.connect() as connection:
        officers.keep(connection, {"04100001": {"officers": [shared]}, "04100918": {"officers": [shared]}})
    assert (said(paths_of(store)), through(store)) == ([], "")


def through(store: Database) -> str:
    """What the list says of through whom the target's leaders can be reached."""
    return next(row.via for row in find(store, Wanted(), "", AS_OF, ZONE).rows if row.name == "Target Works Ltd")


def test_the_list_names_a_director_at_an_engaged_business_before_others_and_none_where_another_way_leads(
    store: Database, tmp_path: Path
) -> None:
    found(store, tmp_path)
    adam, sam = ({"id": name, "name": name, "readable": name, "officer_role": "director"} for name in ("Adam Ash", "Sam Shaw"))
    with store.connect() as connection:
        officers.keep(
            connection, {"04100001": {"officers": [adam, sam]}, "04100918": {"officers": [sam]}, "04101835": {"officers": [adam]}}
        )
    assert through(store) == "Sam Shaw, also a director of Engaged Mills Ltd, whose leaders are engaged"
    with store.connect() as connection:
        officers.keep(connection, {"04100918": None})
    assert through(store) == "Adam Ash, also a director of Quiet Yard Ltd"
    found(store, tmp_path, (CLERK,), (MET_CLEO,))
    assert through(store) == "Cleo Clerk (Clerk), who took part in a call on 1 September 2026"
