"""What later syncs bring: references that resolve late, moves, time alone; on SQLite, the last cases on PostgreSQL too."""

from pathlib import Path

import pytest

from tests.contract.dialects import DIALECTS, write
from tests.contract.flag_stories import CEO, STORIES
from tests.contract.harness import Place, told
from tests.contract.story import BEFORE, DAY, tell_all

MAP = """
business: {from: a.csv, id: Id, fields: {name: Name}}
person: {from: p.csv, id: Id, CHANGED fields: {name: Name, title: Job, business: {from: Firm, match: name}}}
engagement:
  from: e.csv
  id: Id
  fields: {kind: Kind, starts_at: When, business: {from: Firm, match: name}}
  participants: {from: Who, split: ";", match: name, took_part: attended}
participant: {from: x.csv, fields: {engagement: Act, person: Who}}
"""


def begin(place: Place, changed: str = "") -> None:
    place.connect("council", MAP.replace("CHANGED", changed))
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\n")
    place.put("p.csv", "Id,Name,Job,Firm,Mod\nP1,Ann Lee,CEO,Alder,2026-01-01\n")
    place.put("e.csv", "Id,Kind,When,Firm,Who\nE1,meeting,2026-09-02,,Ann Lee\n")
    place.put("x.csv", "Act,Who\n")
    place.sync(BEFORE)


def test_a_name_that_now_fits_two_is_no_leaving(place: Place) -> None:
    begin(place)
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\nA3,ALDER LIMITED\n")
    place.sync()
    assert place.state("A1") == place.state("A3") == "no_leader_known none"
    assert told(place.notices("person"), "Alder", "fits more than one business")
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\n")
    place.sync()
    assert place.state("A1") == "engaged leader"


def test_a_firm_that_was_renamed_is_no_leaving(place: Place) -> None:
    begin(place)
    place.put("a.csv", "Id,Name\nA1,Alder Foods Ltd\nA2,Birch Ltd\n")
    place.sync()
    assert place.state("A1") == "no_leader_known none"
    place.put("p.csv", "Id,Name,Job,Firm,Mod\nP1,Ann Lee,CEO,Alder Foods,2026-01-01\n")
    place.sync()
    assert place.state("A1") == "engaged leader"


@pytest.mark.parametrize(("changed", "day", "a1", "a2"), [
    ("", "2026-10-20", "leader_left staff_only", "leader_not_engaged none"),
    ("changed: Mod,", "2026-10-20", "leader_left staff_only", "engaged leader"),
    ("changed: Mod,", "2026-10-09", "leader_left staff_only", "leader_not_engaged none"),
], ids=["nobody knows when she moved: before it was seen", "after the CRM moved her", "before the CRM moved her"])  # fmt: skip
def test_moved_between_two_syncs(place: Place, changed: str, day: str, a1: str, a2: str) -> None:
    begin(place, changed)
    place.put("p.csv", "Id,Name,Job,Firm,Mod\nP1,Ann Lee,CEO,Birch,2026-10-10\n")
    place.put("e.csv", f"Id,Kind,When,Firm,Who\nE1,meeting,2026-09-02,,Ann Lee\nE2,call,{day},,Ann Lee\n")
    place.sync()
    assert (place.state("A1"), place.state("A2")) == (a1, a2)
    assert place.engaged()["E1"] == {"A1"}
    assert place.engaged()["E2"] == {"A2" if "engaged leader" in a2 else "A1"}


def test_moved_twice(place: Place) -> None:
    begin(place)
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\nA3,Cedar Ltd\n")
    for firm, day, meeting in (("Birch", "2026-10-10", "2026-10-12"), ("Cedar", "2026-10-20", "2026-10-22")):
        place.put("p.csv", f"Id,Name,Job,Firm,Mod\nP1,Ann Lee,CEO,{firm},\n")
        place.sync(day)
        held = (place.folder / "exports/council/e.csv").read_text()
        place.put("e.csv", f"{held}{firm},call,{meeting},,Ann Lee\n")
    place.sync()
    assert place.engaged() == {"E1": {"A1"}, "Birch": {"A2"}, "Cedar": {"A3"}}
    assert [place.state(firm) for firm in ("A1", "A2", "A3")] == ["leader_left staff_only", "leader_left staff_only", "engaged leader"]


def test_participants_before_their_engagements_and_people(place: Place) -> None:
    place.connect("council", MAP.replace("CHANGED", ""))
    for name, rows in (("x", "Act,Who\nE1,P1\n"), ("e", "Id,Kind,When,Firm,Who\n"), ("p", "Id,Name,Job,Firm\n"), ("a", "Id,Name\n")):
        place.put(f"{name}.csv", rows)
    place.sync()
    assert told(place.reasons("participant"), "'E1' is in no file")
    place.put("e.csv", "Id,Kind,When,Firm,Who\nE1,call,2026-10-02,Alder,\n")
    place.sync()
    assert place.rejects() == []
    assert told(place.notices("participant"), "P1")
    place.put("p.csv", "Id,Name,Job,Firm\nP1,Ann Lee,CEO,Alder\n")
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\n")
    place.sync()
    assert place.state("A1") == "engaged leader"
    assert place.notices() == []


def test_time_alone(place: Place) -> None:
    begin(place)
    assert place.state("A1", day=BEFORE) == "engaged leader"
    done = place.sync("2027-09-02")
    assert "nothing new to read" in done.out
    assert place.stored_states() == {"engaged", "no_leader_known"}
    assert place.state("A1", day="2027-09-02") == "engaged leader"
    assert "nothing new to read" in place.sync("2027-09-03").out
    assert place.stored_states() == {"leader_lapsed", "no_leader_known"}
    assert place.state("A1", day="2027-09-03") == "leader_lapsed none"


def test_what_qualifies_in_the_export_is_done(place: Place) -> None:
    place.connect(
        "council",
        """
business: {from: a.csv, id: Id, fields: {name: Name}}
engagement: {from: e.csv, id: Id, fields: {kind: Kind, direction: Way, status: State, starts_at: When, business: {value: A1}}}
""",
    )
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\n")
    cases = {
        "meeting,,,2026-10-02": "yes", "meeting,,planned,2026-10-02": "no", "meeting,,cancelled,2026-10-02": "no", "meeting,,,2026-11-01T23:30": "yes",
        "meeting,,,2026-11-02": "no", "meeting,,done,": "no", "email,inbound,,2026-10-02": "yes", "email,outbound,,2026-10-02": "no",
        "email,,,2026-10-02": "no", "letter,inbound,,2026-10-02": "no", "webinar,,,2026-10-02": "no",
    }  # fmt: skip
    place.put("e.csv", "Id,Kind,Way,State,When\n" + "".join(f"E{number:02},{row}\n" for number, row in enumerate(cases)))
    place.sync()
    assert {row["source_id"]: row["qualifies"] for row in place.export("engagements")} == {
        f"E{number:02}": word for number, word in enumerate(cases.values())
    }


def test_a_participant_whose_engagement_comes_and_is_refused_is_not_counted_again(place: Place) -> None:
    begin(place)
    place.put("x.csv", "Act,Who\nE9,P1\n")
    place.sync()
    assert told(place.reasons("participant"), "E9")
    place.put("e.csv", "Id,Kind,When,Firm,Who\nE1,meeting,2026-09-02,,Ann Lee\nE9,call,soon,,\n")
    place.sync()
    assert [row["entity"] for row in place.rejects()] == ["engagement"]


def test_moved_there_and_back(place: Place) -> None:
    begin(place)
    for firm, day in (("Birch", "2026-10-10"), ("Alder", "2026-10-20")):
        place.put("p.csv", f"Id,Name,Job,Firm,Mod\nP1,Ann Lee,CEO,{firm},\n")
        place.sync(day)
    assert place.engaged()["E1"] == {"A1"}


def test_every_story_on_either_database(tmp_path: Path, database_url: str) -> None:
    place = Place(tmp_path, None, database_url)
    stories = STORIES[::3]
    for tables, day in zip(tell_all(stories), (BEFORE, DAY), strict=True):
        write(place, tables, DIALECTS[1])
        place.sync(day)
    days = {day: place.flags(day) for day in {case.day for case in stories}}
    wrong = {}
    for number, case in enumerate(stories):
        for firm, expected in case.expected.items():
            found = [days[case.day].get(place.links.get((name, f"{number:03}-{firm}"), "")) for name in ("council", "chamber")]
            got = next((f"{row['state']} {row['reach']}" for row in found if row), "-")
            if got != expected:
                wrong[case.title, firm] = (got, expected)
    assert wrong == {}
    assert CEO in stories[0].told


def test_a_small_map_on_either_database(tmp_path: Path, database_url: str) -> None:
    place = Place(tmp_path, None, database_url)
    begin(place)
    place.put(
        "e.csv", "Id,Kind,When,Firm,Who\nE1,meeting,2026-09-02,Birch,Ann Lee;Sam Nobody\nE1,call,2026-09-02,,\nE2,Lunch,31/12/2026,,\n"
    )
    place.put("x.csv", "Act,Who\nE1,P1\nE7,P1\nE2,P1\n")
    place.sync()
    assert sorted((row["entity"], row["source_id"]) for row in place.rejects()) == [
        ("engagement", "E1"),
        ("engagement", "E2"),
        ("participant", "E7|P1"),
    ]
    assert place.engaged()["E1"] == {"A1", "A2"}
    assert (place.state("A1"), place.state("A2")) == ("engaged leader", "no_leader_known none")
