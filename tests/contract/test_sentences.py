"""What an officer reads: why, whom to approach, through whom. Exact words for each kind of case, and what no sentence may ever say.

`{c}` stands for the name of person `c`."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contract.dialects import DIALECTS, write
from tests.contract.flag_stories import CEO, STAFF, STORIES
from tests.contract.harness import Place
from tests.contract.story import BEFORE, DAY, Row, Story, Tables, story, tell_all

NOBODY = "In the last 365 days nobody known to be theirs took part or was invited."
INVITED = "In the last 365 days it was only invited or written to."
UNKNOWN = "No CRM names a senior leader who is there now."
NONE_NOW = "No leader who is there now took part in the last 365 days."

SENTENCES: list[tuple[str, str, str, str, str]] = [
    ("engaged", f"{CEO}; meeting 2026-10-02 c=attended", "{c} (Chief Executive) took part in a meeting on 2 October 2026.", "{c} (Chief Executive)", ""),
    ("engaged: the last of several", f"{CEO}; call 2026-10-02 c=attended; visit 2026-09-02 c=attended", "{c} (Chief Executive) took part in a call on 2 October 2026.", "{c} (Chief Executive)", ""),
    ("engaged: what was planned later is not the last", f"{CEO}; call 2026-10-02 c=attended; visit 2026-10-12 status=planned c=attended", "{c} (Chief Executive) took part in a call on 2 October 2026.", "{c} (Chief Executive)", ""),
    ("engaged by email", f"{CEO}; email 2026-10-02 direction=inbound c=attended", "{c} (Chief Executive) took part in an email exchange on 2 October 2026.", "{c} (Chief Executive)", ""),
    ("a day is the day here", f"{CEO}; event 2026-07-01T23:30:00Z c=organised", "{c} (Chief Executive) took part in an event on 2 July 2026.", "{c} (Chief Executive)", ""),
    ("left on a day", f"{CEO} left_on=2026-10-20; meeting 2026-10-02 c=attended", f"{{c}} (Chief Executive) took part in a meeting on 2 October 2026 but left on 20 October 2026. {NONE_NOW}", "", ""),
    ("left, nobody knows when", f"{CEO} status=left; meeting 2026-10-02 c=attended", f"{{c}} (Chief Executive) took part in a meeting on 2 October 2026 but has left. {NONE_NOW}", "", ""),
    ("left by status, on a day to come", f"{CEO} status=left left_on=2026-12-20; meeting 2026-10-02 c=attended", f"{{c}} (Chief Executive) took part in a meeting on 2 October 2026 but has left. {NONE_NOW}", "", ""),
    ("moved", f"firm b; {CEO}; meeting 2026-09-02 c=attended", f"{{c}} (Chief Executive) took part in a meeting on 2 September 2026 but is no longer recorded there. {NONE_NOW}", "", ""),
    ("left, a deputy is known", f"{CEO} left_on=2026-10-20; person d Director; meeting 2026-10-02 c=attended", f"{{c}} (Chief Executive) took part in a meeting on 2 October 2026 but left on 20 October 2026. {NONE_NOW}", "{d} (Director)", ""),
    ("of two who left, the one who took part last", f"{CEO} left_on=2026-10-20; person d Director status=left; meeting 2026-09-02 c=attended; call 2026-10-02 d=attended", f"{{d}} (Director) took part in a call on 2 October 2026 but has left. {NONE_NOW}", "", ""),
    ("lapsed", f"{CEO}; meeting 2025-01-02 c=attended", f"{{c}} (Chief Executive) last took part in a meeting on 2 January 2025, more than 365 days ago. {NOBODY}", "{c} (Chief Executive)", ""),
    ("lapsed, staff met", f"{CEO}; {STAFF}; meeting 2025-01-02 c=attended; call 2026-10-02 s=attended", "{c} (Chief Executive) last took part in a meeting on 2 January 2025, more than 365 days ago. Only staff took part: {s} (Marketing Manager) in a call on 2 October 2026.", "{c} (Chief Executive)", "{s} (Marketing Manager), who took part in a call on 2 October 2026"),
    ("never", CEO, f"{{c}} (Chief Executive) leads it, but is not on record as taking part in a meeting, call, visit or event. {NOBODY}", "{c} (Chief Executive)", ""),
    ("never, two leaders", f"{CEO}; person d Director", f"{{c}} (Chief Executive) and 1 other leader are known, but none of them is on record as taking part in a meeting, call, visit or event. {NOBODY}", "{c} (Chief Executive); {d} (Director)", ""),
    ("never, three leaders", f"{CEO}; person d Director; person e Director", f"{{c}} (Chief Executive) and 2 other leaders are known, but none of them is on record as taking part in a meeting, call, visit or event. {NOBODY}", None, ""),
    ("invited", f"{CEO}; event 2026-10-02 c=declined", f"{{c}} (Chief Executive) leads it, but is not on record as taking part in a meeting, call, visit or event. {INVITED}", "{c} (Chief Executive)", ""),
    ("nobody known", "", f"{UNKNOWN} {NOBODY}", "", ""),
    ("staff met, no title", "person s title=; visit 2026-10-02 s=attended", f"{UNKNOWN} Only staff took part: {{s}} in a visit on 2 October 2026.", "", "{s}, who took part in a visit on 2 October 2026"),
    ("staff met, who have left", f"{STAFF} left_on=2026-10-20; visit 2026-10-02 s=attended", f"{UNKNOWN} Only staff took part: {{s}} (Marketing Manager), who left on 20 October 2026, in a visit on 2 October 2026.", "", ""),
    ("staff who left were met long ago, nobody named since", f"{STAFF} left_on=2025-10-20; visit 2025-01-02 s=attended; meeting 2026-09-02", f"{UNKNOWN} The last that is on record is a meeting on 2 September 2026, which does not say who took part.", "", ""),
    ("nobody named", "meeting 2026-10-02; visit 2026-09-02", f"{UNKNOWN} The last that is on record is a meeting on 2 October 2026, which does not say who took part.", "", ""),
    ("not to be contacted: nobody to approach", f"{CEO} do_not_contact=yes", f"{{c}} (Chief Executive) leads it, but is not on record as taking part in a meeting, call, visit or event. {NOBODY} The leader who is known is not to be contacted.", "", ""),
    ("not to be contacted: the other one", f"{CEO} do_not_contact=yes; person d Director", f"{{c}} (Chief Executive) and 1 other leader are known, but none of them is on record as taking part in a meeting, call, visit or event. {NOBODY}", "{d} (Director)", ""),
    ("not to be contacted: in the other CRM", f"firm b in=chamber same=a; {CEO}; person d Chief Executive at=b in=chamber same=c do_not_contact=1", f"{{c}} (Chief Executive) leads it, but is not on record as taking part in a meeting, call, visit or event. {NOBODY} The leader who is known is not to be contacted.", "", ""),
    ("not to be contacted: no way in", f"{CEO}; {STAFF} do_not_contact=true; call 2026-10-02 s=attended", "{c} (Chief Executive) leads it, but is not on record as taking part in a meeting, call, visit or event. Only staff took part: {s} (Marketing Manager) in a call on 2 October 2026.", "{c} (Chief Executive)", ""),
    ("engaged and not to be contacted", f"{CEO} do_not_contact=yes; call 2026-10-02 c=attended", "{c} (Chief Executive) took part in a call on 2 October 2026.", "", ""),
    ("an owner knows them", f"{CEO}; meeting 2025-01-02 c=attended 'owner=Gus Grey'", f"{{c}} (Chief Executive) last took part in a meeting on 2 January 2025, more than 365 days ago. {NOBODY}", "{c} (Chief Executive)", "Gus Grey, named as the owner of a meeting on 2 January 2025"),
    ("an owner of a mailing knows nobody", f"{CEO}; mailing 2026-10-02 c 'owner=Gus Grey'", f"{{c}} (Chief Executive) leads it, but is not on record as taking part in a meeting, call, visit or event. {INVITED}", "{c} (Chief Executive)", ""),
    ("an owner of another firm's meeting knows nobody here", f"firm b; {CEO}; person d CEO at=b; meeting 2026-10-02 at=a+b d=attended 'owner=Gus Grey'", f"{{c}} (Chief Executive) leads it, but is not on record as taking part in a meeting, call, visit or event. {NOBODY}", "{c} (Chief Executive)", ""),
]  # fmt: skip

TOLD: list[Story] = [story(title, told, then="person c at=b" if title == "moved" else "") for title, told, *_ in SENTENCES]


class Read:
    """Stories told in one place, with each firm's row and each person's names."""

    def __init__(self, place: Place, stories: list[Story]) -> None:
        first, self.tables = tell_all(stories)
        for tables, day in ((first, BEFORE), (self.tables, DAY)):
            write(place, tables, DIALECTS[0])
            place.sync(day)
        self.days = {day: place.flags(day) for day in {case.day for case in stories}}
        self.links = place.links

    def row(self, number: int, firm: str = "a") -> Row:
        return self.days[DAY][self.links["council", f"{number:03}-{firm}"]]

    def name(self, number: int, key: str) -> str:
        rows = [row for table in self.tables.rows.values() for row in table.values() if row["id"] == f"{number:03}-{key}"]
        return f"{rows[0]['first_name']} {rows[0]['last_name']}"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Read:
    return Read(Place(tmp_path_factory.mktemp("sentences"), template), TOLD)


@pytest.mark.parametrize(("number", "case"), list(enumerate(SENTENCES)), ids=[case[0] for case in SENTENCES])
def test_sentence(told: Read, number: int, case: tuple[str, str, str, str | None, str]) -> None:
    row = told.row(number)
    for column, expected in zip(("reason", "approach", "via"), case[2:], strict=True):
        if expected is not None:
            assert row[column] == re.sub(r"\{(\w)\}", lambda found: told.name(number, found[1]), expected)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Read:
    return Read(Place(tmp_path_factory.mktemp("everything"), template), STORIES + TOLD)


def _people(tables: Tables) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for (_, entity), rows in tables.rows.items():
        if entity == "person":
            for row in rows.values():
                found.setdefault(f"{row['first_name']} {row['last_name']}", []).append(row)
    return found


def _named(text: str) -> list[str]:
    return re.findall(r"[A-Z][a-z]+ [A-Z][a-z]+(?= \(|;|,|$)", text)


def _dates(text: str) -> list[date]:
    return [datetime.strptime(found, "%d %B %Y").date() for found in re.findall(r"on (\d+ [A-Z][a-z]+ \d{4})", text)]  # noqa: DTZ007


def test_nobody_is_named_who_must_not_be(everything: Read) -> None:
    people = _people(everything.tables)
    rows = [row for flags in everything.days.values() for row in flags.values()]
    assert len(rows) > 1000
    for row in rows:
        for name in _named(row["approach"]) + _named(row["via"].split(", who")[0]):
            for held in people.get(name, []):
                assert held.get("do_not_contact", "") in ("", "no"), row


def test_those_to_approach_are_there_now(everything: Read) -> None:
    people = _people(everything.tables)
    for row in everything.days[DAY].values():
        for name in _named(row["approach"]):
            here = [
                held
                for held in people[name]
                if everything.links.get(("council", held["business"])) == row["business_id"]
                or everything.links.get(("chamber", held["business"])) == row["business_id"]
            ]
            assert any(
                held.get("status") != "left" and (held.get("left_on", "") in ("", "2026-02-31") or held["left_on"] > DAY) for held in here
            ), row


@pytest.mark.parametrize("column", ["reason", "approach", "via"])
def test_no_sentence_is_unfinished_or_of_the_future(everything: Read, column: str) -> None:
    for day, flags in everything.days.items():
        for row in flags.values():
            text: Any = row[column]
            assert "  " not in text
            assert not re.search(r"None|\(\)|0001|\{|\}| \.|\.\.|1 others|\b1 other leaders", text), text
            assert all(found <= date.fromisoformat(day) for found in _dates(text)), text
            assert column != "reason" or text.endswith("."), text
