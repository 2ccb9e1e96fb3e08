"""The contract "Reading": a value's forms, words, dates, yes and no. Each case is a field, a header, a cell and what is remembered."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contract.dialects import workbook
from tests.contract.harness import Place, Row, told

BUSINESS = [
    ("a column", "town: Town", "Town", "York", {"town": "York"}),
    ("from a column", "town: {from: Town}", "Town", "York", {"town": "York"}),
    ("from a list: a space between", "address: {from: [S1, S2]}", "S1,S2", "1 Mill Lane,York", {"address": "1 Mill Lane York"}),
    ("join says otherwise", 'address: {from: [S1, S2, S3], join: ", "}', "S1,S2,S3", "1 Mill Lane,Mill End,York", {"address": "1 Mill Lane, Mill End, York"}),
    ("join leaves empty parts out", 'address: {from: [S1, S2, S3], join: ", "}', "S1,S2,S3", "1 Mill Lane, ,York", {"address": "1 Mill Lane, York"}),
    ("join of nothing is empty", 'address: {from: [S1, S2], join: ", "}', "S1,S2", ",", {}),
    ("default fills a join of nothing", 'address: {from: [S1, S2], join: ", ", default: unknown}', "S1,S2", ",", {"address": "unknown"}),
    ("join with nothing between", 'postcode: {from: [Out, In], join: ""}', "Out,In", "ZX1,1AB", {"postcode": "ZX11AB"}),
    ("a list of one", "town: {from: [Town]}", "Town", "York", {"town": "York"}),
    ("value", "town: {value: Leeds}", "Other", "x", {"town": "Leeds"}),
    ("value of a word, in any case", "status: {value: Closed}", "Other", "x", {"status": "closed"}),
    ("value of yes", "multi_site: {value: yes}", "Other", "x", {"multi_site": "true"}),
    ("default fills an empty cell", "town: {from: Town, default: Leeds}", "Town", "", {"town": "Leeds"}),
    ("default fills a cell of spaces", "town: {from: Town, default: Leeds}", "Town", "   ", {"town": "Leeds"}),
    ("default leaves a full cell", "town: {from: Town, default: Leeds}", "Town", "York", {"town": "York"}),
    ("an empty default", 'employees: {from: Staff, default: ""}', "Staff", "", {}),
    ("default in their word", "status: {from: State, values: {Shut: closed}, default: Shut}", "State", "", {"status": "closed"}),
    ("default in our word", "status: {from: State, values: {Shut: closed}, default: closed}", "State", "", {"status": "closed"}),
    ("default as a number is text", "town: {from: Town, default: 007}", "Town", "", {"town": "007"}),
    ("values map their words", "status: {from: State, values: {Active: active, Inactive: closed}}", "State", "Inactive", {"status": "closed"}),
    ("values: case and outer spaces of the cell", "status: {from: State, values: {Shut Down: closed}}", "State", "  sHUT dOWN ", {"status": "closed"}),
    ("values: case and outer spaces of the map", 'status: {from: State, values: {" SHUT ": " Closed "}}', "State", "shut", {"status": "closed"}),
    ("our own word needs no entry", "status: {from: State, values: {Shut: closed}}", "State", "closed", {"status": "closed"}),
    ("our own word in any case", "status: State", "State", " CLOSED ", {"status": "closed"}),
    ("values may turn a word of ours around", "status: {from: State, values: {Active: closed}}", "State", "active", {"status": "closed"}),
    ("values of a free field", "sector: {from: Sector, values: {MFG: Manufacturing}}", "Sector", "mfg", {"sector": "Manufacturing"}),
    ("values of a free field: others as they are", "sector: {from: Sector, values: {MFG: Manufacturing}}", "Sector", "Retail", {"sector": "Retail"}),
    ("values of joined columns", "status: {from: [A, B], values: {Not Open: closed}}", "A,B", "Not,Open", {"status": "closed"}),
    ("values: YAML's own yes and no are words", "multi_site: {from: Multi, values: {on: yes, off: no}}", "Multi", "On", {"multi_site": "true"}),
    ("values: numbers are words", "status: {from: State, values: {0: active, 1: closed, 01: active}}", "State", "1", {"status": "closed"}),
    ("values: a leading zero is another word", "status: {from: State, values: {1: closed, 01: active}}", "State", "01", {"status": "active"}),
    *((f"yes/no: {cell or 'empty'}", "multi_site: Multi", "Multi", cell, {"multi_site": held} if held is not None else {}) for cell, held in (("yes", "true"), ("No", "false"), ("TRUE", "true"), ("false", "false"), ("1", "true"), ("0", "false"), ("", None), (" Yes ", "true"))),
    ("a header named yes", "town: yes", "yes", "York", {"town": "York"}),
    ("a header named on", "town: {from: on}", "on", "York", {"town": "York"}),
    ("a header named 01", "town: 01", "1,01", "Leeds,York", {"town": "York"}),
    ("a header named 1.50", "town: 1.50", "1.5,1.50", "Leeds,York", {"town": "York"}),
    ("a header named null", "town: null", "null", "York", {"town": "York"}),
    ("a header named ~", "town: ~", "~", "York", {"town": "York"}),
    ("a header like a day", "town: 2026-01-01", "2026-01-01", "York", {"town": "York"}),
    ("a header like a time", "town: 12:30", "12:30", "York", {"town": "York"}),
    ("a header like hexadecimal", "town: 0x1F", "31,0x1F", "Leeds,York", {"town": "York"}),
    ("an exact header wins over one in other letters", "town: TOWN", "Town,TOWN,town", "Leeds,York,Hull", {"town": "York"}),
    ("a dotted header is a header", "town: address.town", "town,address.town", "Leeds,York", {"town": "York"}),
    ("a header with spaces, quotes and accents", 'town: "Ville (où \\"?\\")"', '"Ville (où ""?"")"', "York", {"town": "York"}),
    ("a company number keeps its zeros", "company_number: No", "No", "01234567", {"company_number": "01234567"}),
    ("a cell with newlines and quotes", "address: Addr", "Addr", '"1 Mill ""Old"" Lane\nYork"', {"address": '1 Mill "Old" Lane\nYork'}),
    ("tags, previous names and the rest are fields", "{tags: T, previous_names: P, owner: O, place: L, industry: I, website: W, phone: H, email: E, charity_number: C, trading_name: D}", "T,P,O,L,I,W,H,E,C,D", "a,b,c,d,e,f.example,01632 960001,x@y.example,1,g", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def businesses(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Place:
    """Every case a block and a file of its own, read in one sync."""
    place = Place(tmp_path_factory.mktemp("businesses"), template)
    blocks = []
    for number, (_, field, *_) in enumerate(BUSINESS):
        fields = field.strip("{}") if field.startswith("{") else field
        blocks.append(f"  - {{from: {number}.csv, id: Id, fields: {{name: Name, {fields}}}}}")
    place.connect("council", "business:\n" + "\n".join(blocks) + "\n")
    for number, (_, _, header, cell, _) in enumerate(BUSINESS):
        place.put(f"{number}.csv", f"Id,Name,{header}\nA{number},Alder {number} Ltd,{cell}\n".encode())
    place.sync()
    return place


@pytest.fixture(scope="module")
def business_records(businesses: Place) -> dict[str, Row]:
    assert businesses.rejects() == []
    return businesses.records("business")


@pytest.mark.parametrize(("number", "case"), list(enumerate(BUSINESS)), ids=[case[0] for case in BUSINESS])
def test_a_business_field(business_records: dict[str, Row], number: int, case: tuple[Any, ...]) -> None:
    found = {name: value for name, value in business_records[f"A{number}"].items() if name != "name"}
    assert found == case[4] if case[4] is not None else len(found) == 10


TIMES = [
    ("ISO day", "When", "2026-10-02", "2026-10-01T23:00:00Z"),
    ("ISO to the minute", "When", "2026-10-02T10:30", "2026-10-02T09:30:00Z"),
    ("ISO with a space", "When", "2026-10-02 10:30:15", "2026-10-02T09:30:15Z"),
    ("ISO with a fraction", "When", "2026-10-02T10:30:15.123456", "2026-10-02T09:30:15Z"),
    ("ISO in UTC", "When", "2026-10-02T10:30:00Z", "2026-10-02T10:30:00Z"),
    ("ISO with an offset", "When", "2026-10-02T10:30:00+05:30", "2026-10-02T05:00:00Z"),
    ("winter", "When", "2026-12-02T10:30", "2026-12-02T10:30:00Z"),
    ("outer spaces", "When", " 2026-12-02T10:30 ", "2026-12-02T10:30:00Z"),
    ("a format", '{from: When, format: "%d/%m/%Y %H:%M"}', "02/10/2026 10:30", "2026-10-02T09:30:00Z"),
    ("a format of a day", '{from: When, format: "%d/%m/%Y"}', "02/12/2026", "2026-12-02T00:00:00Z"),
    ("a format, American", '{from: When, format: "%m/%d/%Y %I:%M %p"}', "10/02/2026 01:30 PM", "2026-10-02T12:30:00Z"),
    ("a format with a zone", '{from: When, format: "%d/%m/%Y %H:%M %z"}', "02/10/2026 10:30 +0000", "2026-10-02T10:30:00Z"),
    ("a format with month names", '{from: When, format: "%d %b %Y"}', "2 Dec 2026", "2026-12-02T00:00:00Z"),
    ("a format without leading zeros", '{from: When, format: "%d/%m/%Y"}', "2/12/2026", "2026-12-02T00:00:00Z"),
    ("a format of joined columns", '{from: [When, At], format: "%d/%m/%Y %H:%M"}', "02/12/2026,10:30", "2026-12-02T10:30:00Z"),
    ("ISO of joined columns", '{from: [When, At], join: T}', "2026-12-02,10:30", "2026-12-02T10:30:00Z"),
    ("joined columns, the time empty", '{from: [When, At], join: T}', "2026-12-02,", "2026-12-02T00:00:00Z"),
    ("a default day", "{from: When, default: 2026-12-02}", "", "2026-12-02T00:00:00Z"),
    ("a word for a day", '{from: When, values: {then: 2026-12-02}}', "Then", "2026-12-02T00:00:00Z"),
    ("empty is kept, for nothing", "When", "", ""),
    *((f"no date: {cell}", form, cell, None) for form, cell in (("When", "31/12/2026"), ("When", "2026-02-31"), ("When", "soon"), ('{from: When, format: "%d/%m/%Y"}', "2026-12-02"), ('{from: When, format: "%d/%m/%Y"}', "31/02/2026"), ('{from: When, format: "%d/%m/%Y %H:%M"}', "02/10/2026"), ("When", "2026-13-01"), ("When", "0000-00-00"), ("When", "2026-10-02T25:00"))),
]  # fmt: skip


@pytest.fixture(scope="module")
def times(tmp_path_factory: pytest.TempPathFactory, template: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The starts_at of each engagement as it is exported, and the reason of each reject."""
    place = Place(tmp_path_factory.mktemp("times"), template)
    blocks = [
        f"  - {{from: {number}.csv, id: Id, fields: {{kind: {{value: meeting}}, starts_at: {value}}}}}"
        for number, (_, value, *_) in enumerate(TIMES)
    ]
    place.connect("council", "engagement:\n" + "\n".join(blocks) + "\n")
    for number, (_, _, cell, _) in enumerate(TIMES):
        place.put(f"{number}.csv", f"Id,When,At\nE{number},{cell}\n")
    place.sync()
    exported = {row["source_id"]: row["starts_at"] for row in place.export("engagements")}
    return exported, {row["source_id"]: row["reason"] for row in place.rejects()}


@pytest.mark.parametrize(("number", "case"), list(enumerate(TIMES)), ids=[case[0] for case in TIMES])
def test_a_time(times: tuple[dict[str, str], dict[str, str]], number: int, case: tuple[str, str, str, str | None]) -> None:
    exported, reasons = times
    assert exported.get(f"E{number}") == case[3]
    assert (f"starts_at '{case[2]}' is no date" in reasons.get(f"E{number}", "")) == (case[3] is None)


def test_a_time_without_a_zone_is_the_configured_zones(place: Place) -> None:
    place.zone = "America/New_York"
    place.connect("council", "engagement: {from: e.csv, id: Id, fields: {kind: {value: meeting}, starts_at: When}}\n")
    place.put("e.csv", "Id,When\nE1,2026-07-01T10:30\n")
    place.sync()
    assert place.export("engagements")[0]["starts_at"] == "2026-07-01T14:30:00Z"


DAYS = [
    ("ISO", "Left", "2026-10-02", "2026-10-02"),
    ("ISO with a time", "Left", "2026-10-02T10:30", "2026-10-02"),
    ("an instant is the day here", "Left", "2026-07-01T23:30:00Z", "2026-07-02"),
    ("a format", '{from: Left, format: "%d/%m/%Y"}', "02/10/2026", "2026-10-02"),
    ("a format with a time", '{from: Left, format: "%d/%m/%Y %H:%M"}', "02/10/2026 17:00", "2026-10-02"),
    ("impossible is empty", "Left", "2026-02-31", None),
    ("another order is empty", "Left", "02/10/2026", None),
]


@pytest.mark.parametrize(("value", "cell", "expected"), [case[1:] for case in DAYS], ids=[case[0] for case in DAYS])
def test_a_day(place: Place, value: str, cell: str, expected: str | None) -> None:
    place.connect("council", f"person: {{from: p.csv, id: Id, fields: {{name: Name, left_on: {value}}}}}\n")
    place.put("p.csv", f"Id,Name,Left\nP1,Ann Lee,{cell}\nP2,Bob Ray,{cell}\n")
    place.sync()
    assert place.records("person")["P1"].get("left_on") == expected
    assert place.rejects() == []
    assert told(place.notices("person"), "left_on", cell, "x2") == (expected is None)


WINTER, SUMMER = (datetime.fromisoformat(text) for text in ("2026-12-02T10:30", "2026-07-02T10:30"))
CELLS = [
    ("a real date needs no format", "starts_at: When", WINTER, "2026-12-02T10:30:00Z"),
    ("a real date and a format", 'starts_at: {from: When, format: "%d/%m/%Y"}', WINTER, "2026-12-02T10:30:00Z"),
    ("a real date in summer", "starts_at: When", SUMMER, "2026-07-02T09:30:00Z"),
    ("a real day", "starts_at: When", date(2026, 12, 2), "2026-12-02T00:00:00Z"),
    ("text in the format", 'starts_at: {from: When, format: "%d/%m/%Y"}', "02/12/2026", "2026-12-02T00:00:00Z"),
]


@pytest.mark.parametrize(("field", "cell", "expected"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS])
def test_a_time_in_a_workbook(place: Place, field: str, cell: Any, expected: str) -> None:
    place.connect("council", f"engagement: {{from: e.xlsx, id: Id, fields: {{kind: {{value: meeting}}, {field}}}}}\n")
    place.put("e.xlsx", workbook([["Id", "When"], ["E1", cell]]))
    place.sync()
    assert [row["starts_at"] for row in place.export("engagements")] == [expected]


def test_numbers_and_yes_in_a_workbook(place: Place) -> None:
    place.connect(
        "council",
        "business: {from: b.xlsx, id: Id, fields: {name: Name, company_number: No, multi_site: Multi, employees: Staff, town: Town}}\nperson: {from: p.csv, id: Id, fields: {name: Name, business: Firm}}\n",
    )
    place.put(
        "b.xlsx",
        workbook(
            [
                ["Id", "Name", "No", "Multi", "Staff", "Town"],
                [12345, "Alder Foods Ltd", 4100123, True, 12.0, 7],
                [12346, "Birch Ltd", 4100124, 0, 3, 7.5],
            ]
        ),
    )
    place.put("p.csv", "Id,Name,Firm\nP1,Ann Lee,12345\n")
    place.sync()
    held = place.records("business")
    assert (held["12345"]["multi_site"], held["12345"]["employees"], held["12345"]["town"], held["12346"]["town"]) == (
        "true",
        "12",
        "7",
        "7.5",
    )
    assert held["12346"]["multi_site"] == "false"
    assert place.notices() == []
    assert place.export("people")[0]["business_id"] == place.links["council", "12345"]


FILES = [
    ("a byte order mark", "Id,Name\nA1,Café Ltd\n".encode("utf-8-sig")),
    ("cp1252", "Id,Name\nA1,Café Ltd\n".encode("cp1252")),
    ("UTF-16", "Id,Name\nA1,Café Ltd\n".encode("utf-16")),
    ("semicolons", "Id;Name\nA1;Café Ltd\n".encode()),
    ("tabs", "Id\tName\nA1\tCafé Ltd\n".encode()),
    ("Windows line ends", "Id,Name\r\nA1,Café Ltd\r\n".encode()),
    ("old Mac line ends", "Id,Name\rA1,Café Ltd\r".encode()),
    ("no line end at the end", "Id,Name\nA1,Café Ltd".encode()),
    ("everything quoted", '"Id","Name"\n"A1","Café Ltd"\n'.encode()),
    ("empty lines", "\nId,Name\n\nA1,Café Ltd\n\n".encode()),
    ("outer spaces", "Id,Name\n A1 , Café Ltd \n".encode()),
    ("empty columns at the end", "Id,Name,,\nA1,Café Ltd,,\n".encode()),
]


@pytest.mark.parametrize("content", [case[1] for case in FILES], ids=[case[0] for case in FILES])
def test_a_file(place: Place, content: bytes) -> None:
    place.connect("council", "business: {from: '*.csv', id: Id, fields: {name: Name}}\n")
    place.put("a.csv", content)
    place.sync()
    assert place.records("business") == {"A1": {"name": "Café Ltd"}}


def test_complete_is_the_default_a_row_no_longer_there_is_deleted(place: Place) -> None:
    place.connect("council", "business: {from: a.csv, id: Id, fields: {name: Name}}\n")
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\n")
    place.sync()
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\n")
    place.sync()
    assert set(place.records("business")) == {"A1"}


@pytest.mark.parametrize("word", ["no", "No", "false"])
def test_complete_no_is_an_extract_nothing_is_deleted(place: Place, word: str) -> None:
    place.connect("council", f"business: {{from: a.csv, id: Id, complete: {word}, fields: {{name: Name}}}}\n")
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\n")
    place.sync()
    place.put("a.csv", "Id,Name\nA1,Alder Foods Ltd\n")
    place.sync()
    assert place.records("business") == {"A1": {"name": "Alder Foods Ltd"}, "A2": {"name": "Birch Ltd"}}


def test_an_entity_may_be_a_list_of_blocks(place: Place) -> None:
    place.connect(
        "council",
        """
business:
  - {from: a.csv, id: Id, fields: {name: Name}}
  - {from: "more/*.csv", id: Ref, fields: {name: {from: [One, Two]}}, complete: no}
""",
    )
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\n")
    place.put("more/b.csv", "Ref,One,Two\nB1,Birch,Ltd\n")
    place.put("more/c.csv", "Ref,One,Two\nC1,Cedar,Ltd\n")
    place.sync()
    assert {key: row["name"] for key, row in place.records("business").items()} == {"A1": "Alder Ltd", "B1": "Birch Ltd", "C1": "Cedar Ltd"}
    place.put("more/c.csv", "Ref,One,Two\n")
    place.put("more/b.csv", "Ref,One,Two\nB1,Beech,Ltd\n")
    place.sync()
    assert {key: row["name"] for key, row in place.records("business").items()} == {"A1": "Alder Ltd", "B1": "Beech Ltd", "C1": "Cedar Ltd"}


def test_only_mapped_fields_are_stored(place: Place) -> None:
    place.connect("council", "business: {from: a.csv, id: Id, fields: {name: Name}}\n")
    place.put("a.csv", "Id,Name,Secret\nA1,Alder Ltd,hush\n")
    place.sync()
    assert "hush" not in (place.folder / "placebridge.db").read_bytes().decode("latin-1")
