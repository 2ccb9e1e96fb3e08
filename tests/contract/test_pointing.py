"""The contract "Pointing": ids of several columns, references by name, number and email, and what is left open."""

from pathlib import Path

import pytest

from tests.contract.harness import Place, told

FIRMS = "A1,Alder Foods Ltd,04100123,office@alder.example\nA2,Birch & Sons Limited,SC123456,info@birch.example\nA3,Cedar/Dale Ltd,,\nA4,Elder Ltd,,\nA5,ELDER LIMITED,,\nA6,A.B.C. Møller-Nash Ltd,,\n"
PEOPLE = "P1,Ann,Lee,ann@alder.example,A1\nP2,Bob,O'Ray,bob@birch.example,A2\nP3,Cy,Doe,cy@cedar.example,A3\nP4,Di,Fox,di@x.example,A1\nP5,Di,Fox,di2@x.example,A2\nP6,Zoë,Brontë,,A3\n"
MAP = """
business: {from: a.csv, id: Id, fields: {name: Name, company_number: No, email: Mail}}
person: {from: p.csv, id: Id, fields: {first_name: First, last_name: Last, email: Mail, business: Firm}}
engagement:
  from: e.csv
  id: Id
  fields: {kind: {value: meeting}, starts_at: {value: 2026-10-02}, business: BUSINESS}
  participants: WHO
"""


def meet(place: Place, business: str = "About", who: str = "{from: Who, split: ';'}", about: str = "", with_: str = "") -> set[str]:
    """The businesses of one meeting whose two columns hold `about` and `with_`."""
    place.connect("council", MAP.replace("BUSINESS", business).replace("WHO", who))
    place.put("a.csv", f"Id,Name,No,Mail\n{FIRMS}")
    place.put("p.csv", f"Id,First,Last,Mail,Firm\n{PEOPLE}")
    place.put("e.csv", f'Id,About,Who\nE1,"{about}","{with_}"\n')
    place.sync()
    return place.engaged()["E1"]


BUSINESSES = [
    ("by id, the default", "About", "A1", {"A1"}),
    ("by id, said", "{from: About, match: id}", "A1", {"A1"}),
    ("by id, outer spaces", "About", " A1 ", {"A1"}),
    ("by name", "{from: About, match: name}", "Alder Foods Ltd", {"A1"}),
    ("by name: Limited for Ltd", "{from: About, match: name}", "Alder Foods Limited", {"A1"}),
    ("by name: neither Ltd nor Limited", "{from: About, match: name}", "alder foods", {"A1"}),
    ("by name: Ltd with a full stop", "{from: About, match: name}", "ALDER FOODS LTD.", {"A1"}),
    ("by name: punctuation", "{from: About, match: name}", "Alder-Foods, (Ltd)", {"A1"}),
    ("by name: accents", "{from: About, match: name}", "Aldér Föods", {"A1"}),
    ("by name: inner spaces", "{from: About, match: name}", "Alder   Foods", {"A1"}),
    ("by name: full stops within", "{from: About, match: name}", "ABC Moller Nash", {"A6"}),
    ("by name: full stops and hyphens elsewhere", "{from: About, match: name}", "A B C Moller Nash Ltd.", {"A6"}),
    ("by name: only a part is another name", "{from: About, match: name}", "Alder", set()),
    ("by name: a name that fits two is left open", "{from: About, match: name}", "Elder", set()),
    ("by name, split", '{from: About, match: name, split: ";"}', "Alder Foods; Birch & Sons", {"A1", "A2"}),
    ("by name, split, one unknown", '{from: About, match: name, split: ";"}', "Alder Foods;Nobody plc", {"A1"}),
    ("by name, split, empty parts", '{from: About, match: name, split: ";"}', ";Alder Foods; ;", {"A1"}),
    ("by name, split, one twice", '{from: About, match: name, split: ";"}', "Alder Foods;ALDER FOODS LTD", {"A1"}),
    ("by name, split: a name that holds the separator", "{from: About, match: name, split: /}", "Cedar/Dale Ltd", {"A3"}),
    ("by name, split: that name and another", "{from: About, match: name, split: /}", "Alder Foods/Cedar/Dale Ltd", {"A1", "A3"}),
    ("by id, split", "{from: About, split: '|'}", "A1|A3", {"A1", "A3"}),
    ("by id, split at words", "{from: About, split: ' and '}", "A1 and A3", {"A1", "A3"}),
    ("by company number", "{from: About, match: company_number}", "04100123", {"A1"}),
    ("by company number, its zero eaten", "{from: About, match: company_number}", "4100123", {"A1"}),
    ("by company number, Scottish, small letters", "{from: About, match: company_number}", "sc123456", {"A2"}),
    ("by email", "{from: About, match: email}", "OFFICE@alder.example", {"A1"}),
    ("by email, split", "{from: About, match: email, split: ','}", "office@alder.example, info@birch.example", {"A1", "A2"}),
    ("nothing", "About", "", set()),
    ("an id that is not there", "About", "A9", set()),
    ("two columns, joined", "{from: [About, Who], match: name}", "Alder", {"A1"}),
]  # fmt: skip


WHO = [
    ("by id", "{from: Who, split: ';'}", "P1;P2", {"A1", "A2"}),
    ("without split it is one", "{from: Who}", "P1", {"A1"}),
    ("by name", "{from: Who, split: ';', match: name}", "Ann Lee; bob oray", {"A1", "A2"}),
    ("by name: accents and capitals", "{from: Who, split: ';', match: name}", "ZOE BRONTE", {"A3"}),
    ("by name: typographic apostrophe", "{from: Who, split: ';', match: name}", "Bob O’Ray", {"A2"}),
    ("by name: fits two, left open", "{from: Who, split: ';', match: name}", "Di Fox", set()),
    ("by email", "{from: Who, split: ';', match: email}", "ANN@ALDER.EXAMPLE;bob@birch.example", {"A1", "A2"}),
    ("by email: with mailto", "{from: Who, split: ';', match: email}", "mailto:ann@alder.example", {"A1"}),
    ("a stranger", "{from: Who, split: ';'}", "P9", set()),
    ("one and a stranger", "{from: Who, split: ';', match: name}", "Ann Lee;Sam Nobody", {"A1"}),
    ("whatever the word: declined", "{from: Who, split: ';', took_part: declined}", "P1;P2", {"A1", "A2"}),
    ("nobody", "{from: Who, split: ';'}", "", set()),
]


@pytest.fixture(scope="module")
def engaged(tmp_path_factory: pytest.TempPathFactory, template: Path) -> dict[str, set[str]]:
    """The businesses of each case's engagement; every case is a block and a file of its own, read in one sync."""
    place = Place(tmp_path_factory.mktemp("pointing"), template)
    head, engagement = MAP.split("engagement:\n")
    cases = [(business, "{from: Who}", cell, "Foods" if "Who" in business else "") for _, business, cell, _ in BUSINESSES]
    cases += [("About", who, "", cell) for _, who, cell, _ in WHO]
    blocks = []
    for number, (business, who, _, with_) in enumerate(cases):
        block = (
            engagement.replace("BUSINESS", business)
            .replace("WHO", who if with_ != "Foods" else "{from: None}")
            .replace("e.csv", f"{number}.csv")
        )
        blocks.append("  -\n" + block.replace("  ", "    "))
    place.connect("council", f"{head}engagement:\n{''.join(blocks)}")
    for number, (_, _, about, with_) in enumerate(cases):
        place.put(f"{number}.csv", f'Id,About,Who,None\nE{number},"{about}","{with_}",\n')
    place.put("a.csv", f"Id,Name,No,Mail\n{FIRMS}")
    place.put("p.csv", f"Id,First,Last,Mail,Firm\n{PEOPLE}")
    place.sync()
    assert place.rejects() == []
    return place.engaged()


@pytest.mark.parametrize(
    ("number", "case"), list(enumerate(BUSINESSES + WHO)), ids=[case[0] for case in BUSINESSES] + [f"people {case[0]}" for case in WHO]
)
def test_a_reference(engaged: dict[str, set[str]], number: int, case: tuple[str, str, str, set[str]]) -> None:
    assert engaged[f"E{number}"] == case[3]


def test_of_every_business_it_names_and_of_its_participants(place: Place) -> None:
    assert meet(place, "{from: About, split: ';'}", about="A3;A4", with_="P1;P2") == {"A1", "A2", "A3", "A4"}


def test_a_name_that_fits_two_is_reported(place: Place) -> None:
    meet(place, "{from: About, match: name}", "{from: Who, match: name}", "Elder", "Di Fox")
    assert told(place.notices("engagement"), "Elder")
    assert told(place.notices(), "Di Fox")
    rows = [row["reason"] for row in place.rejects()]
    assert rows == []


def test_a_reference_that_points_at_nothing_is_listed_and_resolved_when_the_other_comes(place: Place) -> None:
    meet(place, "{from: About, match: name}", about="Late Arrival Ltd", with_="P7")
    assert place.engaged()["E1"] == set()
    assert told(place.notices("engagement"), "Late Arrival Ltd")
    place.put("a.csv", f"Id,Name,No,Mail\n{FIRMS}A7,Late Arrival Ltd,,\n")
    place.sync()
    assert place.engaged()["E1"] == {"A7"}
    assert not told(place.notices("engagement"), "Late Arrival Ltd")
    place.put("p.csv", f"Id,First,Last,Mail,Firm\n{PEOPLE}P7,Late,Comer,,A4\n")
    place.sync()
    assert place.engaged()["E1"] == {"A7", "A4"}


def test_a_name_that_fits_two_is_resolved_when_one_goes(place: Place) -> None:
    meet(place, "{from: About, match: name}", about="Elder")
    place.put("a.csv", f"Id,Name,No,Mail\n{FIRMS}".replace("A5,ELDER LIMITED,,\nA6,A.B.C. Møller-Nash Ltd,,\n", ""))
    place.sync()
    assert place.engaged()["E1"] == {"A4"}


def test_names_match_within_the_connection_only(place: Place) -> None:
    place.connect("chamber", "business: {from: a.csv, id: Id, fields: {name: Name}}\n")
    place.put("a.csv", "Id,Name\nM1,Fern Ltd\n", "chamber")
    assert meet(place, "{from: About, match: name}", about="Fern Ltd") == set()


IDS = """
business: {from: a.csv, id: [Name, Town], fields: {name: Name, town: Town, owner: Owner}}
person:
  from: p.csv
  id: [Last name, First name, Email]
  fields: {first_name: First name, last_name: Last name, email: Email, business: {from: Firm, match: name}}
engagement:
  from: e.csv
  id: [Day, Subject]
  fields: {kind: {value: meeting}, subject: Subject, starts_at: Day}
participant:
  from: x.csv
  fields: {engagement: {from: [Day, Subject]JOIN}, person: {from: [Last, First, Mail]JOIN}}
"""


@pytest.mark.parametrize("join", ["", ", join: '|'"], ids=["as the id is made", "joined by a vertical bar"])
def test_an_id_of_several_columns(place: Place, join: str) -> None:
    place.connect("council", IDS.replace("JOIN", join))
    place.put("a.csv", "Name,Town,Owner\nAlder Ltd,York,\nBirch Ltd,,\n,Leeds,\n,,Gus\n")
    place.put("p.csv", "First name,Last name,Email,Firm\nAnn,Lee,ann@a.example,Alder\nBob,Ray,,Birch\n,,,Alder\n")
    place.put("e.csv", "Day,Subject\n2026-10-02,Catch-up\n2026-10-02,\n")
    place.put("x.csv", "Day,Subject,Last,First,Mail\n2026-10-02,Catch-up,Lee,Ann,ann@a.example\n2026-10-02,,Ray,Bob,\n")
    place.sync()
    assert set(place.records("business")) == {"Alder Ltd|York", "Birch Ltd|"}
    assert set(place.records("person")) == {"Lee|Ann|ann@a.example", "Ray|Bob|"}
    assert set(place.records("engagement")) == {"2026-10-02|Catch-up", "2026-10-02|"}
    assert told(place.reasons("business"), "no id")
    assert told(place.reasons("business"), "no name")
    assert [reason[:12] for reason in place.reasons("person")] == ["it has no id"]
    assert place.engaged() == {"2026-10-02|Catch-up": {"Alder Ltd|York"}, "2026-10-02|": {"Birch Ltd|"}}


PERSON_FIRMS = [
    ("by id", "Firm", "A1", "A1"),
    ("by name", "{from: Firm, match: name}", "ALDER FOODS", "A1"),
    ("by company number", "{from: Firm, match: company_number}", "4100123", "A1"),
    ("by email", "{from: Firm, match: email}", "office@alder.example", "A1"),
    ("by name, fits two", "{from: Firm, match: name}", "Elder", ""),
    ("nothing", "Firm", "", ""),
    ("not there", "Firm", "A9", ""),
]


@pytest.mark.parametrize(("business", "cell", "expected"), [case[1:] for case in PERSON_FIRMS], ids=[case[0] for case in PERSON_FIRMS])
def test_the_business_of_a_person(place: Place, business: str, cell: str, expected: str) -> None:
    place.connect(
        "council",
        f"""
person: {{from: p.csv, id: Id, fields: {{name: Name, business: {business}}}}}
business: {{from: a.csv, id: Id, fields: {{name: Name, company_number: No, email: Mail}}}}
""",
    )
    place.put("p.csv", f"Id,Name,Firm\nP1,Ann Lee,{cell}\n")
    place.put("a.csv", f"Id,Name,No,Mail\n{FIRMS}")
    place.sync()
    rows = place.export("people")
    assert [row["business_id"] for row in rows] == [place.links["council", expected] if expected else ""]
    assert place.rejects() == []
    assert told(place.notices("person"), cell) == (bool(cell) and not expected)


def test_a_person_of_one_name_column_is_found_by_it(place: Place) -> None:
    place.connect(
        "council",
        """
business: {from: a.csv, id: Id, fields: {name: Name}}
person: {from: p.csv, id: Id, fields: {name: Name, business: Firm}}
engagement: {from: e.csv, id: Id, fields: {kind: {value: meeting}, starts_at: {value: 2026-10-02}, person: {from: Who, match: name}}}
""",
    )
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\n")
    place.put("p.csv", "Id,Name,Firm\nP1,Ann-Marie Lee,A1\n")
    place.put("e.csv", "Id,Who\nE1,ann marie lee\n")
    place.sync()
    assert place.engaged()["E1"] == {"A1"}


@pytest.mark.parametrize("split", ["", ", split: ';'"])
def test_engagement_person_may_hold_several(place: Place, split: str) -> None:
    place.connect(
        "council",
        f"""
business: {{from: a.csv, id: Id, fields: {{name: Name}}}}
person: {{from: p.csv, id: Id, fields: {{name: Name, business: Firm}}}}
engagement: {{from: e.csv, id: Id, fields: {{kind: {{value: meeting}}, starts_at: {{value: 2026-10-02}}, person: {{from: Who, match: name{split}}}}}}}
""",
    )
    place.put("a.csv", "Id,Name\nA1,Alder Ltd\nA2,Birch Ltd\n")
    place.put("p.csv", "Id,Name,Firm\nP1,Ann Lee,A1\nP2,Bob Ray,A2\n")
    place.put("e.csv", "Id,Who\nE1,Ann Lee;Bob Ray\n")
    place.sync()
    assert place.engaged()["E1"] == ({"A1", "A2"} if split else set())
