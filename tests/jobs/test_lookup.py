"""Lookups in the pipeline: what is asked when, what is kept, what follows from it, and that no fault of theirs stops a sync."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from connector.contract import Answered, Finding, StopConnection, TryLater
from connector.kind import Context
from connector.kinds import kind_of
from jobs.budget import shared_budget
from jobs.flag import flags_as_of
from jobs.pipeline import sync
from jobs.pulling import Options, Result
from jobs.rules import Rules
from jobs.sources import LookupSource, Source
from mappings import field_map
from store import bulk
from store.database import Database
from store.tables import FlagLooked, LookupAnswer, Run
from tests.connector.companies_house.standin import CompaniesHouseSite
from tests.connector.sites import serve
from tests.connector.together import TogetherClock
from tests.jobs.living_crm import LivingCrm
from tests.snapshot import everything

ZONE = ZoneInfo("Europe/London")
MAP = field_map.read(
    """
business: {from: firms, id: Id, fields: {name: Name, company_number: No, postcode: Post, town: Town, status: {from: State, values: {Shut: closed}}}}
person: {from: people, id: Id, fields: {name: Name, title: Job, business: Firm, do_not_contact: Dnc, left_on: Left}}
engagement: {from: visits, id: Id, fields: {kind: {value: visit}, starts_at: When, business: Firm}, participants: {from: Who, split: ";"}}
""",
    "map.yaml",
)
FIRST, SECOND = date(2026, 11, 2), date(2026, 11, 3)


class DayClock:
    """A clock that stands at noon of a day."""

    def __init__(self) -> None:
        self.day = FIRST

    def now(self) -> float:
        return datetime.combine(self.day, time(12), UTC).timestamp()

    def ticks(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody waits here")


@dataclass
class Register:
    """A register in memory. `left` stops it after so many answers, with `fault`."""

    name: str
    keys: str
    facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    left: int | None = None
    fault: BaseException = field(default_factory=lambda: TryLater("the register asks to wait"))

    def check(self) -> list[Finding]:
        return []

    def lookup(self, keys: Sequence[str]) -> Iterator[Answered]:
        for key in keys:
            if self.left is not None and self.left <= 0:
                raise self.fault
            self.left = None if self.left is None else self.left - 1
            self.asked.append(key)
            yield Answered(key, self.facts.get(key))


@dataclass
class World:
    """A CRM, the two registers, and syncs over them."""

    store: Database
    clock: DayClock = field(default_factory=DayClock)
    crm: LivingCrm = field(default_factory=lambda: LivingCrm(dict.fromkeys(("firms", "people", "visits"), "tracked")))
    companies: Register = field(default_factory=lambda: Register("companies_house", "company_number"))
    postcodes: Register = field(default_factory=lambda: Register("postcodes", "postcode"))
    rules: Rules = field(default_factory=Rules.load)
    per_run: int = 1000
    lookups: bool = True

    def firm(self, id: str, name: str, number: str = "", **fields: str) -> None:
        self.crm.put("firms", id, {"Name": name, "No": number, **fields})

    def sync(self, day: date = FIRST, **options: Any) -> dict[str, Result]:
        self.clock.day = day
        source = Source("council", "memory", "council", lambda budget: self.crm, MAP)
        lookups = [
            LookupSource("register", "companies_house", "register", lambda budget: self.companies, 30, self.per_run, self.clock),
            LookupSource("places", "postcodes", "register", lambda budget: self.postcodes, 365, self.per_run, self.clock),
        ]
        found = sync(self.store, [source], self.rules, Options(ZONE, day, **options), lookups if self.lookups else [])
        return {result.connection: result for result in found}

    def flags(self, day: date = FIRST) -> dict[str, dict[str, Any]]:
        return {row["name"]: row for row in flags_as_of(self.store, day, self.rules.policy, ZONE)}

    def answers(self, name: str = "companies_house") -> dict[str, tuple[Any, date]]:
        table = bulk.table_of(LookupAnswer)
        with self.store.reading() as connection:
            return {row.key: (row.facts, row.asked_on) for row in connection.execute(select(table).where(table.c.name == name))}

    def looked_at(self, day: date) -> set[str]:
        """The ids of the businesses that were looked at as of a day."""
        table = bulk.table_of(FlagLooked)
        with self.store.reading() as connection:
            return set(connection.scalars(select(table.c.business_id).where(table.c.as_of == day)))

    def ids(self) -> dict[str, str]:
        return {name: row["business_id"] for name, row in self.flags().items()}


@pytest.fixture
def world(store: Database) -> World:
    found = World(store)
    for number in range(1, 6):
        found.firm(f"F{number}", f"Firm {number} Ltd", f"0410000{number}", Post=f"ZX{number} 1AB")
        found.companies.facts[f"0410000{number}"] = company()
        found.postcodes.facts[f"ZX{number} 1AB"] = {"district": "Thornley Vale", "district_code": "E07000999", "ward_code": "E05099001"}
    return found


def officer(name: str, role: str = "director", **fields: str) -> dict[str, str]:
    return {"id": name.lower(), "name": name, "readable": " ".join(reversed(name.title().split(", "))), "officer_role": role, **fields}


def company(*officers: dict[str, str], **fields: str) -> dict[str, Any]:
    return {"company_name": "QUILL LIMITED", "company_status": "active", **fields, "officers": list(officers)}


def test_each_is_asked_once_and_again_when_the_answer_is_old(world: World) -> None:
    numbers = [f"0410000{number}" for number in range(1, 6)]
    world.sync()
    assert world.companies.asked == numbers
    world.sync(date(2026, 12, 1))
    assert world.companies.asked == numbers
    world.firm("F6", "Firm 6 Ltd", "04100006")
    world.sync(date(2026, 12, 2))
    assert world.companies.asked == [*numbers, "04100006", *numbers]
    assert len(world.postcodes.asked) == 5
    assert {asked_on for _, asked_on in world.answers().values()} == {date(2026, 12, 2)}
    world.sync(date(2027, 11, 2))
    assert len(world.postcodes.asked) == 10


def test_only_what_linking_names_is_asked(world: World) -> None:
    world.firm("F7", "Typed Ltd", "4100007", Post="zx7 1ab")
    world.firm("F8", "Junk Ltd", "none", Post="unknown")
    world.firm("F9", "Shut Ltd", "04100009", State="Shut", Post="ZX9 1AB")
    world.sync()
    assert "04100007" in world.companies.asked
    assert "04100009" not in world.companies.asked
    assert {"ZX7 1AB", "ZX9 1AB"} <= set(world.postcodes.asked)
    assert len(world.companies.asked) == 6
    assert len(world.postcodes.asked) == 7


def test_that_there_is_no_such_company_is_an_answer(world: World) -> None:
    del world.companies.facts["04100003"]
    first = world.sync()["register"]
    assert world.answers()["04100003"] == (None, FIRST)
    assert (first.outcome, first.counts.read, first.counts.added) == ("done", 5, 5)
    assert world.sync(SECOND)["register"].untouched
    assert len(world.companies.asked) == 5


def test_stopped_half_way_it_keeps_what_was_answered_and_goes_on(world: World) -> None:
    world.companies.left = 3
    found = world.sync()
    assert (found["register"].outcome, found["register"].messages) == ("partial", ["the register asks to wait"])
    assert (found["council"].outcome, found["places"].outcome) == ("done", "done")
    assert len(world.flags()) == 5
    assert sorted(world.answers()) == ["04100001", "04100002", "04100003"]
    world.companies.left = None
    assert world.sync(SECOND)["register"].outcome == "done"
    assert world.companies.asked == [f"0410000{number}" for number in range(1, 6)]


def test_killed_half_way_it_ends_as_if_never_killed(world: World, new_database_url: Any) -> None:
    world.companies.left, world.companies.fault = 2, KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        world.sync()
    assert len(world.answers()) == 2
    world.companies.left = None
    assert world.sync()["register"].counts.added == 5
    with world.store.reading() as connection:
        assert connection.scalars(select(bulk.table_of(Run).c.outcome)).all() == ["done"] * 3


def test_a_lookup_that_cannot_be_opened_stops_nothing(world: World) -> None:
    def refused(budget: Any) -> Any:
        raise StopConnection("the API_KEY is empty")

    source = Source("council", "memory", "council", lambda budget: world.crm, MAP)
    results = sync(world.store, [source], world.rules, Options(ZONE, FIRST), [LookupSource("register", "companies_house", "register", refused)])
    assert [(result.outcome, result.messages) for result in results] == [("done", []), ("partial", ["the API_KEY is empty"])]
    assert len(world.flags()) == 5
    with world.store.reading() as connection:
        runs = {row.connection: row.outcome for row in connection.execute(select(bulk.table_of(Run)))}
    assert runs == {"council": "done", "register": "partial"}


def test_no_more_than_so_many_are_asked_in_a_run(world: World) -> None:
    world.per_run = 2
    assert world.sync()["register"].messages == ["3 more are to be asked about; the next sync goes on"]
    assert world.sync()["register"].messages == ["1 more are to be asked about; the next sync goes on"]
    assert world.sync()["register"].messages == []
    assert len(world.companies.asked) == len(set(world.companies.asked)) == 5


def test_a_rehearsal_asks_nothing_and_says_how_many_it_would(world: World) -> None:
    found = world.sync(rehearsal=True)["register"]
    assert (found.messages, world.companies.asked, world.answers()) == (["it would be asked about 5"], [], {})


def test_a_second_sync_writes_nothing(world: World) -> None:
    world.sync()
    before = everything(world.store)
    world.sync()
    after = everything(world.store)
    assert {name: rows for name, rows in after.items() if name != "run"} == {name: rows for name, rows in before.items() if name != "run"}


def test_an_answer_that_nobody_names_any_more_is_forgotten_when_it_is_old(world: World) -> None:
    world.sync()
    world.crm.delete("firms", "F2")
    world.sync(SECOND)
    assert "04100002" in world.answers()
    found = world.sync(date(2026, 12, 2))["register"]
    assert "04100002" not in world.answers()
    assert found.counts.removed == 1
    assert len(world.answers()) == 4


def test_only_businesses_whose_answer_changed_are_looked_at_again(world: World) -> None:
    for number in range(1, 6):
        world.crm.put("people", f"P{number}", {"Name": f"Ann Quill {number}", "Job": "CEO", "Firm": f"F{number}"})
    world.sync()
    ids, later = world.ids(), date(2026, 12, 5)
    world.companies.facts["04100002"] = company(officer("NEW, Ann"))
    found = world.sync(later)["register"]
    assert (found.counts.read, found.counts.added, found.counts.changed) == (5, 0, 1)
    assert world.looked_at(later) == {ids["Firm 2 Ltd"]}


def test_a_sentence_that_names_the_day_of_asking_is_renewed_with_it(world: World) -> None:
    world.companies.facts["04100001"] = company(officer("QUILL, Ann"))
    world.sync()
    assert world.flags()["Firm 1 Ltd"]["approach"] == "by Companies House, as of 2 November 2026: Ann Quill (director)"
    later = date(2026, 12, 5)
    world.sync(later)
    assert world.flags(later)["Firm 1 Ltd"]["approach"] == "by Companies House, as of 5 December 2026: Ann Quill (director)"
    assert world.looked_at(later) == {world.ids()["Firm 1 Ltd"]}


def test_officers_are_named_where_no_leader_is_known(world: World) -> None:
    world.crm.put("people", "P2", {"Name": "Cy Leader", "Job": "CEO", "Firm": "F2"})
    world.crm.put("people", "P3", {"Name": "Cy Shut", "Job": "Clerk", "Firm": "F1", "Dnc": "yes"})
    world.crm.put("people", "P4", {"Name": "Cy Gone", "Job": "CEO", "Firm": "F1", "Left": "2026-01-01"})
    officers = [
        officer("MEMBER, Bea", "llp-member", appointed_on="2001-01-01"),
        officer("LATE, Dee", appointed_on="2020-03-04"),
        officer("EARLY, Ann", appointed_on="2010-03-04"),
        officer("EARLY, Ann", "secretary", appointed_on="2000-03-04"),
        officer("FIRM LIMITED", "corporate-director"),
        officer("FIRM NOMINEES LIMITED"),
        officer("PAPER, Stan", "nominee-director"),
        officer("AWAY, Eve", resigned_on="2026-10-01"),
        officer("NEXT, Ned", appointed_on="2026-12-01"),
        officer("SHUT, Cyrus"),
        officer("GONE, Cy"),
    ]
    for number in ("04100001", "04100002"):
        world.companies.facts[number] = company(*officers)
    world.sync()
    found = world.flags()
    assert found["Firm 1 Ltd"]["state"] == "no_leader_known"
    assert found["Firm 1 Ltd"]["approach"] == (
        "by Companies House, as of 2 November 2026: Ann Early (director since 4 March 2010); Dee Late (director since 4 March 2020);"
        " Bea Member (LLP member since 1 January 2001)"
    )
    assert found["Firm 2 Ltd"]["approach"] == "Cy Leader (CEO)"
    assert found["Firm 3 Ltd"]["approach"] == ""


def test_of_many_officers_the_first_few_are_named(world: World) -> None:
    world.companies.facts["04100001"] = company(*(officer(f"QUILL{n}, Ann", appointed_on=f"200{n}-01-01") for n in range(9)))
    world.sync()
    approach = world.flags()["Firm 1 Ltd"]["approach"]
    assert approach.count("director since") == 4
    assert approach.endswith("; and 5 more")


@pytest.mark.parametrize(("fields", "said", "named"), [
    ({"company_status": "dissolved", "date_of_cessation": "2026-03-03"}, "as of 2 November 2026: dissolved on 3 March 2026.", False),
    ({"company_status": "liquidation"}, "as of 2 November 2026: in liquidation.", True),
    ({"company_status": "voluntary-arrangement"}, "as of 2 November 2026: voluntary arrangement.", True),
    ({"company_status": "open"}, "", True),
    ({"company_status": "dissolved", "date_of_cessation": "2026-11-03"}, "", True),
])  # fmt: skip
def test_what_companies_house_says_of_its_end_stands_in_the_reason_and_closes_nothing(
    world: World, fields: dict[str, str], said: str, named: bool
) -> None:
    world.companies.facts["04100001"] = company(officer("QUILL, Ann"), **fields)
    world.sync()
    row = world.flags()["Firm 1 Ltd"]
    assert row["state"] == "no_leader_known"
    assert row["reason"].endswith(f" Companies House, {said}" if said else "took part or was invited.")
    assert bool(row["approach"]) is named


def test_without_lookups_nothing_is_said(world: World) -> None:
    world.lookups = False
    assert list(world.sync()) == ["council"]
    assert all(row["approach"] == "" and "Companies House" not in row["reason"] for row in world.flags().values())


def test_places_follow_from_districts(world: World, tmp_path: Path) -> None:
    (tmp_path / "places.yaml").write_text("Thornley Vale: {towns: [Thornley]}\nNorthside: {districts: [E05099002, Quillhaven]}\n")
    world.rules = Rules.load(places=tmp_path / "places.yaml")
    world.firm("F3", "Firm 3 Ltd", "04100003", Post="ZX3 1AB", Town="Somewhere")
    world.postcodes.facts["ZX2 1AB"] = {"district": "Thornley Vale", "ward_code": "E05099002"}
    world.postcodes.facts["ZX4 1AB"] = {"district": "Quillhaven"}
    del world.postcodes.facts["ZX5 1AB"]
    world.sync()
    found = {name: row["place"] for name, row in world.flags().items()}
    assert found == {
        "Firm 1 Ltd": "Thornley Vale", "Firm 2 Ltd": "Northside", "Firm 3 Ltd": "Thornley Vale", "Firm 4 Ltd": "Northside", "Firm 5 Ltd": "ZX5",
    }  # fmt: skip


def test_a_place_that_changes_is_seen_when_the_postcode_is_asked_again_and_is_the_same_after_a_join(world: World) -> None:
    world.sync()
    assert world.flags()["Firm 1 Ltd"]["place"] == "Thornley Vale"
    world.postcodes.facts["ZX1 1AB"] = {"district": "Quillhaven"}
    later = date(2027, 11, 2)
    world.sync(later)
    places = {name: row["place"] for name, row in world.flags(later).items()}
    assert places == {f"Firm {number} Ltd": "Quillhaven" if number == 1 else "Thornley Vale" for number in range(1, 6)}
    world.firm("F6", "Firm 6 Ltd")
    world.sync(later)
    assert {name: row["place"] for name, row in world.flags(later).items() if name != "Firm 6 Ltd"} == places


def test_the_limit_holds_over_two_workers_that_share_a_database(store: Database) -> None:
    clock, numbers = TogetherClock(2), [f"{4100000 + number:08}" for number in range(50)]
    site = CompaniesHouseSite(clock, limit=40, window=300.0)
    for number in numbers:
        site.put("companies", number, {})
    server, kind, answered = serve(site), kind_of("companies_house"), list[str]()

    def work(part: list[str]) -> None:
        try:
            context = Context("register", Path(), {}, partial(shared_budget, store, "register"), clock)
            register = kind.open(kind.settings(api_key="a-key", url=server.url, window_requests=40), context)
            answered.extend(found.key for found in register.lookup(part))
        finally:
            clock.leave()

    workers = [threading.Thread(target=work, args=(numbers[start::2],)) for start in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    server.close()
    assert (sorted(answered), site.refused) == (numbers, 0)
    most = max(sum(at <= other < at + 300 for other in site.times) for at in site.times)
    assert (len(site.times), most) == (100, 40)
