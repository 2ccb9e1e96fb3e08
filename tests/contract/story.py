"""Stories: a line says who is where and what took place, and the state that follows. Every story has firms and people of its own.

firm b multi_site=yes in=chamber same=a     a firm; `a` is there unless said; `same` copies name, number and postcode
person c "Chief Executive" at=b left_on=…   a person and title, at firm `a` unless said; `same` copies name and email
meeting 2026-10-02 c=attended d ?Ann        an engagement of firm `a` (at=b, at=a+b, at=- for none); `d` without a word;
                                            `?Ann` is nobody whom the CRM holds; person=c is the engagement's own person
"""

import shlex
from dataclasses import dataclass, field
from typing import Any

ENGAGEMENTS = ("meeting", "call", "visit", "event", "email", "letter", "mailing", "note", "task", "other", "webinar")
FIRST_WORDS = "Alder Briar Cedar Damson Elder Fennel Gorse Hazel Ivy Juniper Kelp Larch Maple Nettle Oak Plum Quince Rowan Sorrel Thorn Umber Vetch Willow Yew"
SECOND_WORDS = (
    "Bakery Castings Dairies Engines Fabrics Glass Haulage Instruments Joinery Knitwear Lighting Masonry Optics Pumps Robotics Sails"
)
FORENAMES = "Ada Ben Cleo Dev Esme Finn Gita Hal Ines Jack Kira Liam Mona Nils Orla Pam Quin Rosa Seth Tara Umar Vera Wes Yara Zack"
SURNAMES = "Abbot Bright Crane Dunlop Eames Fowler Grange Harker Irwin Jolly Keen Larkin Mercer Nolan Orchard Pryor Quill Rudd Stokes Thrale Usher Vance"
BEFORE = "2026-10-05"
DAY = "2026-11-01"
Row = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One case: its number, what it shows, what is told (once, or again later), as of which day, and the state of each firm."""

    title: str
    told: str
    expected: dict[str, str]
    then: str = ""
    day: str = DAY
    by_id: bool = False
    """Only where people are named by id: a name would fit two."""


@dataclass
class Tables:
    """The rows of each connection and entity, by our own field names."""

    rows: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)

    def put(self, connection: str, entity: str, row: Row) -> None:
        held = self.rows.setdefault((connection, entity), {})
        held[row["id"]] = held.get(row["id"], {}) | row

    def of(self, connection: str, entity: str) -> list[Row]:
        return [row for row in self.rows.get((connection, entity), {}).values() if not row.get("gone")]


def story(title: str, told: str, expected: str = "", *, then: str = "", day: str = DAY, by_id: bool = False, **firms: str) -> Story:
    """A story; `expected` is the state of firm `a`."""
    return Story(title, told, ({"a": expected} if expected else {}) | firms, then, day, by_id)


def _pick(words: str, index: int) -> str:
    held = words.split()
    return held[index % len(held)]


class Teller:
    """Turns one story into rows."""

    def __init__(self, number: int, tables: Tables) -> None:
        self.number, self.tables = number, tables
        self.names = 0
        self.engagements = 0
        self.firms: dict[str, Row] = {}
        self.people: dict[str, Row] = {}

    def id(self, key: str) -> str:
        return f"{self.number:03}-{key}"

    def tell(self, text: str) -> None:
        statements = [shlex.split(part) for part in text.split(";") if part.strip()]
        if "a" not in self.firms and not any(words[:2] == ["firm", "a"] for words in statements):
            self._firm(["a"])
        for words in sorted(statements, key=lambda words: ("firm", "person").index(words[0]) if words[0] in ("firm", "person") else 2):
            {"firm": self._firm, "person": self._person}.get(words[0], lambda rest, kind=words[0]: self._engagement(kind, rest))(words[1:])

    def _firm(self, words: list[str]) -> None:
        key, values = words[0], dict(word.split("=", 1) for word in words[1:])
        new = key not in self.firms
        row = self.firms.setdefault(key, {"id": self.id(key)})
        row["in"] = values.pop("in", row.get("in", "council"))
        if same := values.pop("same", ""):
            row |= {name: self.firms[same][name] for name in ("name", "company_number", "postcode")}
        elif new:
            index = self.number * 3 + len(self.firms) - 1
            name = f"{_pick(FIRST_WORDS, index)} {_pick(SECOND_WORDS, index // 24)} {_pick(SURNAMES, index // 3)} Ltd"
            row |= {"name": name, "company_number": f"{4200000 + index:08}", "postcode": f"ZX{index % 89 + 1} {index % 9}AB"}
        row |= values
        self.tables.put(row["in"], "business", row)

    def _person(self, words: list[str]) -> None:
        key, values = words[0], dict(word.split("=", 1) for word in words[1:] if "=" in word)
        title = " ".join(word for word in words[1:] if "=" not in word)
        new = key not in self.people
        row = self.people.setdefault(key, {"id": self.id(key)})
        row["in"] = values.pop("in", row.get("in", "council"))
        if same := values.pop("same", ""):
            row |= {name: self.people[same][name] for name in ("first_name", "last_name", "email")}
        elif new:
            index = self.number * 5 + len(self.people) - 1
            row |= {
                "first_name": _pick(FORENAMES, index),
                "last_name": _pick(SURNAMES, index // 2) + _pick(FIRST_WORDS, index // 44).lower(),
            }
            row["email"] = f"{row['first_name']}.{row['last_name']}@s{self.number}.example".lower()
        if title:
            row["title"] = title
        at = values.pop("at", "a" if new else "")
        if at:
            row["business"] = self.firms[at]["id"] if at in self.firms else ""
        row |= values
        self.tables.put(row["in"], "person", row)

    def _engagement(self, kind: str, words: list[str]) -> None:
        self.engagements += 1
        known = self.firms | self.people
        values = dict(word.split("=", 1) for word in words if "=" in word and word.split("=")[0] not in self.people)
        at, connection = values.pop("at", "a"), values.pop("in", "council")
        row: Row = {"id": self.id(values.pop("id", f"E{self.engagements}")), "kind": kind, "subject": "Catch-up", "starts_at": ""}
        row["business"] = "|".join(known[key]["id"] for key in at.split("+") if key in known)
        if "person" in values:
            row["person"] = self.people[values.pop("person")]["id"]
        for word in words:
            name, _, took_part = word.partition("=")
            if word[0].isdigit():
                row["starts_at"] = word
            elif name in self.people or word.startswith("?"):
                self._participant(connection, row["id"], name, took_part)
        self.tables.put(connection, "engagement", row | values)

    def _participant(self, connection: str, engagement: str, name: str, took_part: str) -> None:
        known = self.people.get(name)
        who = {"person": known["id"]} if known else {"name": name[1:]}
        self.tables.put(connection, "participant", {"id": f"{engagement}{name}", "engagement": engagement, "took_part": took_part} | who)


def tell_all(stories: list[Story]) -> tuple[Tables, Tables]:
    """The rows of all stories, first and as they are later."""
    first, later = Tables(), Tables()
    for number, case in enumerate(stories):
        for tables, told in ((first, [case.told]), (later, [case.told, *filter(None, [case.then])])):
            teller = Teller(number, tables)
            for text in told:
                teller.tell(text)
    return first, later
