"""The contract's table "what comes / what happens", row by row."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.harness import Place, Row, told

MAP = """
business: {from: a*.csv, id: Id, CHANGED, fields: {name: Name, town: Town, sector: Sector, status: State, multi_site: Multi}}
"""
WORLD = """
business: {from: a.csv, id: Id, fields: {name: Name}}
person: {from: p.csv, id: Id, fields: {first_name: First, last_name: Last, email: Mail, business: Firm, left_on: Left, joined_on: Joined, status: State}}
engagement: {from: e.csv, id: Id, fields: {kind: Kind, direction: Way, status: State, starts_at: When, business: Firm}}
participant: {from: x.csv, fields: {engagement: Act, person: Who, email: Mail, name: Name, took_part: Word}}
"""
HEADS = {
    "a.csv": "Id,Name", "p.csv": "Id,First,Last,Mail,Firm,Left,Joined,State", "e.csv": "Id,Kind,Way,State,When,Firm", "x.csv": "Act,Who,Mail,Name,Word",
}  # fmt: skip


def world(place: Place, **rows: list[str]) -> None:
    """Syncs a small world; `a`, `p`, `e` and `x` are the rows of its files."""
    place.connect("council", WORLD)
    base = {"a": ["A1,Alder Ltd"], "p": ["P1,Ann,Lee,ann@a.example,A1,,,"], "e": ["E1,meeting,,,2026-10-02,A1"], "x": ["E1,P1,,,attended"]}
    for name, lines in (base | rows).items():
        place.put(f"{name}.csv", "\n".join([HEADS[f"{name}.csv"], *lines]) + "\n")
    place.sync()


REJECTS = [
    ("a business without an id", {"a": ["A1,Alder Ltd", ",Birch Ltd"]}, "business", "no id"),
    ("a business without a name", {"a": ["A1,Alder Ltd", "A2,"]}, "business", "no name"),
    ("a business whose name is spaces", {"a": ["A1,Alder Ltd", "A2,  "]}, "business", "no name"),
    ("a person without an id", {"p": ["P1,Ann,Lee,,A1,,,", ",Bob,Ray,,A1,,,"]}, "person", "no id"),
    ("a person without a name", {"p": ["P1,Ann,Lee,,A1,,,", "P2,,,bob@b.example,A1,,,"]}, "person", "no name"),
    ("an engagement without an id", {"e": ["E1,meeting,,,2026-10-02,A1", ",call,,,2026-10-02,A1"]}, "engagement", "no id"),
    ("an engagement with an impossible day", {"e": ["E1,meeting,,,2026-10-02,A1", "E2,call,,,2026-02-31,A1"]}, "engagement", "starts_at '2026-02-31' is no date"),
    ("an engagement with words for a day", {"e": ["E1,meeting,,,2026-10-02,A1", "E2,call,,,next week,A1"]}, "engagement", "starts_at 'next week' is no date"),
    ("a participant of an engagement in no file", {"x": ["E1,P1,,,attended", "E9,P1,,,attended"]}, "participant", "engagement 'E9' is in no file"),
    ("a participant without an engagement", {"x": ["E1,P1,,,attended", ",P1,,,attended"]}, "participant", "engagement"),
    ("a participant that is nobody", {"x": ["E1,P1,,,attended", "E1,,,,attended"]}, "participant", "names nobody"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "entity", "reason"), [case[1:] for case in REJECTS], ids=[case[0] for case in REJECTS])
def test_a_row_that_is_refused(place: Place, rows: dict[str, list[str]], entity: str, reason: str) -> None:
    world(place, **rows)
    assert [row["entity"] for row in place.rejects()] == [entity]
    assert told(place.reasons(), reason)
    assert place.state("A1") == "no_leader_known staff_only"


def test_one_name_is_a_name(place: Place) -> None:
    world(place, p=["P1,Ann,,,A1,,,", "P2,,Lee,,A1,,,"])
    assert place.rejects() == []


def test_participants_of_a_rejected_engagement_are_not_counted_again(place: Place) -> None:
    world(place, e=["E1,meeting,,,soon,A1"], x=["E1,P1,,,attended", "E1,,,Sam Nobody,invited"])
    assert [(row["entity"], row["source_id"]) for row in place.rejects()] == [("engagement", "E1")]


def test_nor_those_of_an_engagement_of_which_a_second_row_was_rejected(place: Place) -> None:
    world(place, e=["E1,meeting,,,2026-10-02,A1", "E1,call,,,2026-10-02,"], x=["E1,P1,,,attended"])
    assert [(row["entity"], row["source_id"]) for row in place.rejects()] == [("engagement", "E1")]
    assert place.state("A1") == "no_leader_known staff_only"


def test_a_reject_is_counted_once_and_goes_when_mended(place: Place) -> None:
    world(place, e=["E1,meeting,,,2026-02-31,A1"])
    first = place.rejects()
    place.sync()
    place.sync("2026-11-02", "--full")
    assert place.rejects() == first
    assert first[0]["since"] == "2026-11-01"
    world(place, e=["E1,meeting,,,2026-02-28,A1"])
    assert place.rejects() == []
    assert place.state("A1") == "no_leader_known staff_only"


def test_rows_refused_alike_are_one(place: Place) -> None:
    world(place, x=["E9,P1,,,attended", "E9,P1,,,attended", "E1,P1,,,attended"])
    assert len(place.rejects()) == 1


def test_a_participant_is_taken_when_its_engagement_comes(place: Place) -> None:
    world(place, x=["E9,P1,,,attended"], e=[])
    assert place.state("A1") == "no_leader_known none"
    place.put("e.csv", f"{HEADS['e.csv']}\nE9,call,,,2026-10-03,\n")
    place.sync()
    assert place.rejects() == []
    assert place.state("A1") == "no_leader_known staff_only"


def test_a_participant_is_refused_when_its_engagement_goes(place: Place) -> None:
    world(place)
    place.put("e.csv", f"{HEADS['e.csv']}\n")
    place.sync()
    assert told(place.reasons(), "E1", "in no file")
    assert place.state("A1") == "no_leader_known none"


EMPTIED = [
    ("another date that is none", {"p": ["P1,Ann,Lee,,A1,31/12/2026,,", "P2,Bob,Ray,,A1,31/12/2026,,"]}, "left_on '31/12/2026'", 2),
    ("joined_on that is none", {"p": ["P1,Ann,Lee,,A1,,soon,"]}, "joined_on 'soon'", 1),
    ("a kind that is none of ours", {"e": ["E1,webinar,,,2026-10-02,A1", "E2,webinar,,,2026-10-03,A1", "E3,Lunch,,,2026-10-02,A1"]}, "kind 'webinar'", 2),
    ("a status of a person that is none of ours", {"p": ["P1,Ann,Lee,,A1,,,Dormant"]}, "status 'Dormant'", 1),
    ("a status of an engagement that is none of ours", {"e": ["E1,meeting,,Held,2026-10-02,A1"]}, "status 'Held'", 1),
    ("a direction that is none of ours", {"e": ["E1,email,Sideways,,2026-10-02,A1"]}, "direction 'Sideways'", 1),
    ("took_part that is none of ours", {"x": ["E1,P1,,,Maybe"]}, "took_part 'Maybe'", 1),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "words", "count"), [case[1:] for case in EMPTIED], ids=[case[0] for case in EMPTIED])
def test_a_cell_that_is_emptied_is_listed_once_with_its_count(place: Place, rows: dict[str, list[str]], words: str, count: int) -> None:
    world(place, **rows)
    assert place.rejects() == []
    assert told(place.notices(), words, f"x{count}")
    assert len([notice for notice in place.notices() if words in notice]) == 1


def test_the_list_tells_a_person_what_was_noticed(place: Place) -> None:
    world(place, e=["E1,webinar,,,2026-10-02,A1", "E2,webinar,,,2026-10-02,A9"])
    said = " ".join(place.run("rejects").out.split())
    for words in ("webinar", "2", "A9"):
        assert words in said


@pytest.mark.parametrize(("field", "cell"), [("Multi", "Y"), ("Multi", "maybe"), ("State", "Dormant")])
def test_a_word_of_a_business_that_is_none_of_ours(place: Place, field: str, cell: str) -> None:
    place.connect("council", MAP.replace("CHANGED, ", ""))
    row = {"Name": "Alder Ltd", "Town": "", "Sector": "", "State": "", "Multi": ""} | {field: cell}
    place.put("a.csv", "Id," + ",".join(row) + "\nA1," + ",".join(row.values()) + "\n")
    place.sync()
    assert place.records("business") == {"A1": {"name": "Alder Ltd"}}
    assert told(place.notices(), cell, "x1")


def test_an_engagement_without_starts_at_is_kept(place: Place) -> None:
    world(place, e=["E1,meeting,,done,,A1"])
    assert [(row["source_id"], row["starts_at"]) for row in place.export("engagements")] == [("E1", "")]
    assert place.state("A1") == "no_leader_known none"


HEAD = "Id,Name,Town,Sector,State,Multi,Mod,Note"
DOUBLES = [
    ("rows alike are one", "", ["A1,Alder,York,,,,,", "A1,Alder,York,,,,,"], "Alder", 0),
    ("alike in all mapped fields", "", ["A1,Alder,York,,,,,one", "A1,Alder,York,,,,,two"], "Alder", 0),
    ("alike but for outer spaces", "", ["A1,Alder,York,,,,,one", "A1, Alder ,York,,,,,two"], "Alder", 0),
    ("alike but for the case of a word", "", ["A1,Alder,York,,active,,,", "A1,Alder,York,,ACTIVE,,,"], "Alder", 0),
    ("alike but for outer spaces of the id", "", ["A1,Alder,York,,,,,", " A1 ,Alder,York,,,,,"], "Alder", 0),
    ("the later changed", "changed: Mod", ["A1,Zed,,,,,2026-02-01,", "A1,Alder,York,,,,2026-01-01,"], "Zed", 1),
    ("the later changed, by the hour", "changed: Mod", ["A1,Zed,,,,,2026-02-01T10:00,", "A1,Alder,York,,,,2026-02-01T09:00,"], "Zed", 1),
    ("the later changed, by the zone", "changed: Mod", ["A1,Zed,,,,,2026-02-01T10:00Z,", "A1,Alder,York,,,,2026-02-01T10:30+01:00,"], "Zed", 1),
    ("changed wins over unchanged", "changed: Mod", ["A1,Zed,,,,,2026-02-01,", "A1,Alder,York,,,,,"], "Zed", 1),
    ("changed with a format", 'changed: {from: Mod, format: "%d/%m/%Y"}', ["A1,Zed,,,,,01/02/2026,", "A1,Alder,York,,,,31/01/2026,"], "Zed", 1),
    ("changed at one time: the fuller", "changed: Mod", ["A1,Alder,,,,,2026-02-01,", "A1,Zed,York,,,,2026-02-01,"], "Zed", 1),
    ("changed that is no date is none: the fuller", "changed: Mod", ["A1,Alder,,,,,soon,", "A1,Zed,York,,,,later,"], "Zed", 1),
    ("the fuller", "", ["A1,Alder,,,,,,", "A1,Zed,York,,,,,"], "Zed", 1),
    ("the fuller: a word that is none of ours is empty", "", ["A1,Alder,,,Dormant,Y,,", "A1,Zed,York,,,,,"], "Zed", 1),
    ("the fuller: unmapped columns do not count", "", ["A1,Alder,,,,,,note", "A1,Zed,York,,,,,"], "Zed", 1),
    ("equally full: text order", "", ["A1,Zed,York,,,,,", "A1,Alder,York,,,,,"], "Alder", 1),
    ("equally full: text order of the next field", "", ["A1,Alder,York,,,,,", "A1,Alder,Leeds,Retail,,,,", "A1,Alder,York,Retail,,,,"], "Alder/Leeds", 2),
    ("equally full: in the order of the map", "", ["A1,Alder,,Zinc,,,,", "A1,Birch,,Arts,,,,"], "Alder", 1),
    ("three", "", ["A1,Zed,York,,,,,", "A1,Alder,York,,,,,", "A1,Birch,York,,,,,"], "Alder", 2),
    ("three, two of them alike", "", ["A1,Zed,York,,,,,", "A1,Alder,York,,,,,", "A1,Zed,York,,,,,"], "Alder", 1),
]  # fmt: skip


@pytest.fixture(scope="module", params=[False, True], ids=["in order", "the other way, in two files"])
def doubles(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, template: Path) -> tuple[dict[str, Row], list[str]]:
    """What is kept of each case, and the ids of the rejects; every case is a block and an id of its own."""
    place = Place(tmp_path_factory.mktemp("doubles"), template)
    blocks = [
        MAP.split(": ", 1)[1].replace("CHANGED", changed or "complete: yes").replace("a*", f"{number}-*")
        for number, (_, changed, *_) in enumerate(DOUBLES)
    ]
    place.connect("council", "business:\n" + "".join(f"  - {block.strip()}\n" for block in blocks))
    for number, (_, _, rows, _, _) in enumerate(DOUBLES):
        own = [row.replace("A1", f"A{number}") for row in rows]
        first, *rest = reversed(own) if request.param else own
        place.put(f"{number}-2.csv", "\n".join([HEAD, first, *([] if request.param else rest)]) + "\n")
        place.put(f"{number}-1.csv", "\n".join([HEAD, *(rest if request.param else [])]) + "\n")
    place.sync()
    return place.records("business"), [row["source_id"] for row in place.rejects()]


@pytest.mark.parametrize(("number", "case"), list(enumerate(DOUBLES)), ids=[case[0] for case in DOUBLES])
def test_two_rows_with_one_id(doubles: tuple[dict[str, Row], list[str]], number: int, case: tuple[Any, ...]) -> None:
    kept, refused = case[3:]
    held = doubles[0][f"A{number}"]
    assert "/".join([held["name"], held.get("town", "")][: kept.count("/") + 1]) == kept
    assert doubles[1].count(f"A{number}") == refused


def test_the_kept_row_does_not_flip_on_the_next_sync(place: Place) -> None:
    place.connect("council", MAP.replace("CHANGED, ", ""))
    for rows in (["A1,Zed,York,,,,,", "A1,Alder,York,,,,,"], ["A1,Alder,York,,,,,", "A1,Zed,York,,,,,"]):
        place.put("a1.csv", "\n".join([HEAD, *rows]) + "\n")
        place.sync("2026-11-01", "--full")
        assert place.records("business")["A1"]["name"] == "Alder"
        assert len(place.rejects()) == 1


def test_two_participant_rows_that_differ_are_both_there(place: Place) -> None:
    world(place, x=["E1,P1,,,invited", "E1,P1,,,attended"])
    assert place.rejects() == []
    assert place.state("A1") == "no_leader_known staff_only"


CHANGES = [
    ("a value", "values: {Lunch: meeting}", "no_leader_known staff_only"),
    ("a default", "default: meeting", "no_leader_known none"),
]


@pytest.mark.parametrize(("change", "state"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_a_changed_field_map_is_read_again_in_full(place: Place, change: str, state: str) -> None:
    world(place, e=["E1,Lunch,,,2026-10-02,A1"])
    assert place.state("A1") == "no_leader_known none"
    place.connect("council", WORLD.replace("kind: Kind", f"kind: {{from: Kind, {change}}}"))
    place.sync()
    assert place.state("A1") == state


def test_a_changed_field_map_with_another_id(place: Place) -> None:
    world(place)
    place.connect("council", WORLD.replace("id: Id, fields: {first_name", "id: Mail, fields: {first_name"))
    place.sync()
    assert set(place.records("person")) == {"ann@a.example"}
    assert told(place.notices(), "P1")


def test_an_entity_taken_out_of_the_field_map(place: Place) -> None:
    world(place)
    place.connect("council", WORLD.replace("participant: {from: x.csv", "#"))
    place.sync()
    assert place.state("A1") == "no_leader_known staff_only"
    assert place.records("participant") == {}
