"""Participants: a file of their own, and a column of the engagement with one word for all or one for each."""

import pytest

from tests.contract.harness import Place

OWN_FILE = """
business: {from: a.csv, id: Id, fields: {name: Name}}
person: {from: p.csv, id: Id, fields: {first_name: First, last_name: Last, email: Mail, business: Firm}}
engagement: {from: e.csv, id: Id, fields: {kind: Kind, starts_at: {value: 2026-10-02}, person: Contact}}
participant:
  from: x.csv
  fields: {engagement: Act, person: Who, email: Mail, name: Name, took_part: {from: Word, values: {Came: attended, Asked: invited}}}
"""

PARTICIPANTS = [
    ("by person", "meeting", "", "P1,,,Came", {"A1": "no_leader_known staff_only"}),
    ("by email", "meeting", "", ",ANN@a.example,,Came", {"A1": "no_leader_known staff_only"}),
    ("by name", "meeting", "", ",,ann lee,Came", {"A1": "no_leader_known staff_only"}),
    ("the first that matches: person before email", "meeting", "", "P1,bob@b.example,Bob Ray,Came", {"A1": "no_leader_known staff_only", "A2": "no_leader_known none"}),
    ("the first that matches: email before name", "meeting", "", "P9,ann@a.example,Bob Ray,Came", {"A1": "no_leader_known staff_only", "A2": "no_leader_known none"}),
    ("the first that matches: name at last", "meeting", "", "P9,x@y.example,Bob Ray,Came", {"A1": "no_leader_known none", "A2": "no_leader_known staff_only"}),
    ("nobody matches: one stranger", "meeting", "", "P9,x@y.example,Sam Nobody,Came", {"A1": "no_leader_known none", "A2": "no_leader_known none"}),
    ("an email that fits two goes on to the name", "meeting", "", ",info@c.example,Cy Doe,Came", {"A1": "no_leader_known staff_only", "A2": "no_leader_known none"}),
    ("their word", "event", "", "P1,,,asked", {"A1": "no_leader_known invited_only"}),
    ("our word", "event", "", "P1,,,Organised", {"A1": "no_leader_known staff_only"}),
    ("no word at a meeting", "meeting", "", "P1,,,", {"A1": "no_leader_known staff_only"}),
    ("no word at an event", "event", "", "P1,,,", {"A1": "no_leader_known invited_only"}),
    ("a word that is none of ours", "meeting", "", "P1,,,Maybe", {"A1": "no_leader_known staff_only"}),
    ("the strongest word: attended over invited", "event", "", "P1,,,invited\nE1,P1,,,attended", {"A1": "no_leader_known staff_only"}),
    ("the strongest word: organised over absent", "event", "", "P1,,,absent\nE1,P1,,,organised", {"A1": "no_leader_known staff_only"}),
    ("the strongest word, named in two ways", "event", "", "P1,,,declined\nE1,,ann@a.example,,attended", {"A1": "no_leader_known staff_only"}),
    ("stated over supposed: engagement.person of a meeting", "meeting", "P1", "P1,,,declined", {"A1": "no_leader_known invited_only"}),
    ("stated over supposed: two rows", "meeting", "", "P1,,,\nE1,P1,,,absent", {"A1": "no_leader_known invited_only"}),
    ("stated over supposed: the column and the file", "event", "P1", "P1,,,attended", {"A1": "no_leader_known staff_only"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "contact", "row", "expected"), [case[1:] for case in PARTICIPANTS], ids=[case[0] for case in PARTICIPANTS]
)
def test_participants_in_a_file_of_their_own(place: Place, kind: str, contact: str, row: str, expected: dict[str, str]) -> None:
    place.connect("council", OWN_FILE)
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\n")
    place.put(
        "p.csv",
        "Id,First,Last,Mail,Firm\nP1,Ann,Lee,ann@a.example,A1\nP2,Bob,Ray,bob@b.example,A2\nP3,Cy,Doe,info@c.example,A1\nP4,Eve,Fay,info@c.example,A2\n",
    )
    place.put("e.csv", f"Id,Kind,Contact\nE1,{kind},{contact}\n")
    place.put("x.csv", f"Act,Who,Mail,Name,Word\nE1,{row}\n")
    place.sync()
    assert {key: place.state(key) for key in expected} == expected
    assert place.rejects() == []


COLUMN_WORDS = [
    ("took_part is a word of ours", "took_part: attended", "event,P1,", "staff_only"),
    ("took_part is a word of ours, in capitals", "took_part: Attended", "event,P1,", "staff_only"),
    ("took_part is a column", "took_part: {from: Word}", "event,P1,Attended", "staff_only"),
    ("took_part is a column with values", "took_part: {from: Word, values: {Came: attended}}", "event,P1,CAME", "staff_only"),
    ("took_part is a column, empty", "took_part: {from: Word}", "event,P1,", "invited_only"),
    ("took_part is a column, empty, with a default", "took_part: {from: Word, default: attended}", "event,P1,", "staff_only"),
    ("one word is for all", "took_part: {from: Word}", "event,P1;P2,attended", "staff_only"),
    ("a word for each, in their order: first", "took_part: {from: Word}", "event,P1;P2,attended;invited", "staff_only"),
    ("a word for each, in their order: second", "took_part: {from: Word}", "event,P2;P1,attended;invited", "invited_only"),
    ("a word for each, one empty", "took_part: {from: Word}", "event,P2;P1,attended;", "invited_only"),
    ("not took_part at all: a meeting", "", "meeting,P1,", "staff_only"),
    ("not took_part at all: an event", "", "event,P1,", "invited_only"),
]


@pytest.mark.parametrize(("took_part", "row", "reach"), [case[1:] for case in COLUMN_WORDS], ids=[case[0] for case in COLUMN_WORDS])
def test_took_part_of_participants_in_a_column(place: Place, took_part: str, row: str, reach: str) -> None:
    place.connect(
        "council",
        f"""
business: {{from: a.csv, id: Id, fields: {{name: Name}}}}
person: {{from: p.csv, id: Id, fields: {{name: Name, business: Firm}}}}
engagement:
  from: e.csv
  id: Id
  fields: {{kind: Kind, starts_at: {{value: 2026-10-02}}}}
  participants: {{from: Who, split: ";", match: id, {took_part}}}
""",
    )
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\n")
    place.put("p.csv", "Id,Name,Firm\nP1,Ann Lee,A1\nP2,Bob Ray,A2\n")
    place.put("e.csv", f"Id,Kind,Who,Word\nE1,{row}\n")
    place.sync()
    assert place.state("A1") == f"no_leader_known {reach}"
    assert place.notices() == []


def test_a_row_may_name_several(place: Place) -> None:
    place.connect("council", OWN_FILE.replace("person: Who", "person: {from: Who, split: ' / '}"))
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\n")
    place.put("p.csv", "Id,First,Last,Mail,Firm\nP1,Ann,Lee,,A1\nP2,Bob,Ray,,A2\n")
    place.put("e.csv", "Id,Kind,Contact\nE1,event,\n")
    place.put("x.csv", "Act,Who,Mail,Name,Word\nE1,P1 / P2 / P9,,,Came\n")
    place.sync()
    assert (place.state("A1"), place.state("A2")) == ("no_leader_known staff_only", "no_leader_known staff_only")
    assert place.notices("participant") == ["person 'P9' points at no person x1"]
