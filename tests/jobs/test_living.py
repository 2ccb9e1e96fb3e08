"""Reads of what changed end where whole reads would: whatever happened in the CRM, whenever it was read, wherever a read was stopped."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from weakref import ref
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.contract import Cursor, Entity, Page
from jobs.pipeline import sync
from jobs.pulling import Options, Result
from jobs.rules import Rules
from jobs.sources import Source
from mappings import field_map
from mappings.field_map import FieldMap
from store.database import Database
from tests.databases import new_migrated, new_migrated_file
from tests.jobs.living_crm import WAYS, LivingCrm, Version
from tests.snapshot import at, everything

ZONE, RULES, TODAY = ZoneInfo("Europe/London"), Rules.load(), date(2026, 11, 1)
MAP = field_map.read(
    """
business: {from: firms, id: Id, fields: {name: Name, status: {from: State, values: {Shut: closed}}}}
person: {from: people, id: Id, fields: {name: Name, title: Job, business: Firm}}
engagement:
  - {from: visits, id: Id, fields: {kind: {value: visit}, starts_at: When, business: Firm}, participants: {from: Who, split: ";"}}
  - {from: calls, id: Id, fields: {kind: {value: call}, starts_at: When, person: Who}}
participant: {from: guests, id: Id, fields: {engagement: Visit, person: Who, took_part: Word}}
""",
    "map.yaml",
)
TABLES = ("firms", "people", "visits", "calls", "guests")
WITHOUT_CALLS = replace(MAP, blocks={**MAP.blocks, "engagement": MAP.blocks["engagement"][:1]})


def read(store: Database, crm: LivingCrm, field_map: FieldMap = MAP, **options: bool) -> Result:
    source = Source("council", "memory", "council", lambda budget: crm, field_map, reads_ahead=True)
    return sync(store, [source], RULES, Options(ZONE, TODAY, **options))[0]


def state(store: Database) -> dict[str, Any]:
    """What is held, but for what only a history can tell: what is gone, since when, and where people were before."""
    tables = everything(store)
    live = ("record", "reject", "engagement", "engagement_business", "participant", "business", "flag")
    return {name: [_told(name, row) for row in tables[name] if not _is_gone(name, row)] for name in live}


def _is_gone(name: str, row: tuple[Any, ...]) -> bool:
    gone = {"record": ("deleted_on", "None"), "business": ("gone", "False")}
    return name in gone and row[at(name, gone[name][0])] != gone[name][1]


def _told(name: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
    dated = {at(name, column) for column in {"record": ("changed_on", "deleted_on"), "reject": ("since",)}.get(name, ())}
    return tuple(value for index, value in enumerate(row) if index - len(row) not in dated)


Maker = Callable[[], str]


def as_if_read_once(crm: LivingCrm, new_url: Maker) -> dict[str, Any]:
    with closing(Database(new_url())) as store:
        assert read(store, crm).outcome == "done"
        return state(store)


IDS = st.integers(0, 5)
ROWS = {
    "firms": st.builds(lambda name, shut: {"Name": f"Firm {name} Ltd" if name else "", "State": "Shut" if shut else ""}, IDS, st.booleans()),
    "people": st.builds(lambda name, firm: {"Name": f"Ann Lee {name}", "Job": "CEO", "Firm": f"F{firm}"}, IDS, IDS),
    "visits": st.builds(lambda day, firm, who: {"When": _day(day), "Firm": f"F{firm}", "Who": f"P{who};P{firm}"}, IDS, IDS, IDS),
    "calls": st.builds(lambda day, who: {"When": _day(day), "Who": f"P{who}"}, IDS, IDS),
    "guests": st.builds(lambda visit, who: {"Visit": f"V{visit}", "Who": f"P{who}", "Word": "attended"}, IDS, IDS),
}


def _day(number: int) -> str:
    return f"2026-0{number}-01" if number else "never"


def _key(table: str, number: int) -> str:
    return {"firms": "F", "people": "P", "visits": "V", "calls": "C", "guests": "G"}[table] + str(number)


PUTS = st.one_of(*(st.tuples(st.just("put"), st.just(table), IDS, ROWS[table]) for table in TABLES))
DELETES = st.tuples(st.just("delete"), st.sampled_from(TABLES), IDS)
MERGES = st.tuples(st.just("merge"), st.sampled_from(TABLES), IDS, IDS)
WORK = st.one_of(PUTS, PUTS, DELETES, MERGES)
SYNCS = st.tuples(st.just("sync"), st.none() | st.integers(0, 6), st.booleans(), st.lists(WORK, max_size=4))


def _do(crm: LivingCrm, step: tuple[Any, ...]) -> None:
    what, table, number, *rest = step
    if what == "put":
        crm.put(table, _key(table, number), rest[0])
    elif what == "delete":
        crm.delete(table, _key(table, number))
    else:
        crm.merge(table, _key(table, number), _key(table, rest[0]))


def _sync(store: Database, crm: LivingCrm, step: tuple[Any, ...]) -> None:
    """A sync that may be stopped after so many pages, while people work on."""
    _, pages, full, meanwhile = step
    work = list(meanwhile)
    crm.pages_left, crm.between = pages, lambda: _do(crm, work.pop()) if work else None
    read(store, crm, full=full, accept_deletions=True)
    crm.pages_left, crm.between = None, lambda: None


HISTORIES = {
    "ways": st.fixed_dictionaries({table: st.sampled_from(WAYS) for table in TABLES}),
    "steps": st.lists(st.one_of(PUTS, PUTS, PUTS, DELETES, MERGES, SYNCS), max_size=40),
}
LENIENT = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


@given(**HISTORIES)
@settings(max_examples=25, deadline=None, suppress_health_check=LENIENT)
def test_whatever_happened_the_end_is_that_of_one_whole_read(ways: dict[str, str], steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        numbers = count()
        _ends_as_read_once(lambda: new_migrated_file(Path(folder) / f"{next(numbers)}.db"), ways, steps)


@pytest.mark.postgres
@given(**HISTORIES)
@settings(max_examples=8, deadline=None, suppress_health_check=LENIENT)
def test_so_it_is_where_pages_are_read_ahead(server: str, ways: dict[str, str], steps: list[tuple[Any, ...]]) -> None:
    _ends_as_read_once(lambda: new_migrated(server), ways, steps)


def _ends_as_read_once(new_url: Maker, ways: dict[str, str], steps: list[tuple[Any, ...]]) -> None:
    crm = LivingCrm(ways)
    with closing(Database(new_url())) as store:
        for step in steps:
            if step[0] == "sync":
                _sync(store, crm, step)
            else:
                _do(crm, step)
        read(store, crm, accept_deletions=True)
        assert read(store, crm).outcome == "done"
        assert state(store) == as_if_read_once(crm, new_url)


@pytest.fixture
def crm() -> LivingCrm:
    crm = LivingCrm(dict.fromkeys(TABLES, "tracked"))
    for number in range(1, 6):
        crm.put("firms", f"F{number}", {"Name": f"Firm {number} Ltd"})
        crm.put("people", f"P{number}", {"Name": f"Ann Lee {number}", "Job": "CEO", "Firm": f"F{number}"})
        crm.put("visits", f"V{number}", {"When": "2026-06-01", "Firm": f"F{number}", "Who": f"P{number}"})
    return crm


Change = Callable[[LivingCrm], None]
TOLD: dict[str, tuple[Change, tuple[int, int, int]]] = {
    "nothing": (lambda crm: None, (0, 0, 0)),
    "a row": (lambda crm: crm.put("firms", "F1", {"Name": "First Firm Ltd"}), (0, 1, 0)),
    "a new one": (lambda crm: crm.put("firms", "F9", {"Name": "Firm 9 Ltd"}), (1, 0, 0)),
    "a deletion": (lambda crm: crm.delete("firms", "F1"), (0, 0, 1)),
    "a deletion of what was never read": (lambda crm: (crm.put("firms", "F9", {"Name": "x"}), crm.delete("firms", "F9")), (0, 0, 0)),
    "a merge": (lambda crm: crm.merge("firms", "F1", "F2"), (0, 0, 1)),
    "a row that is refused now": (lambda crm: crm.put("firms", "F1", {"Name": ""}), (0, 0, 1)),
    "gone and back": (lambda crm: (crm.delete("firms", "F1"), crm.put("firms", "F1", {"Name": "Firm 1 Ltd"})), (0, 0, 0)),
    "every row": (lambda crm: [crm.delete("firms", f"F{number}") for number in range(1, 6)], (0, 0, 5)),
}


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("way", WAYS)
def test_what_changed_is_counted(store: Database, crm: LivingCrm, name: str, way: str) -> None:
    crm.ways["firms"] = way
    read(store, crm)
    happens, counts = TOLD[name]
    happens(crm)
    found = read(store, crm).counts
    assert (found.added, found.changed, found.removed) == counts
    again = read(store, crm).counts
    assert (again.added, again.changed, again.removed) == (0, 0, 0)


@pytest.mark.parametrize("way", WAYS)
def test_one_that_goes_is_missed_though_as_many_come_back(store: Database, crm: LivingCrm, way: str) -> None:
    crm.ways["firms"] = way
    read(store, crm)
    crm.delete("firms", "F1")
    read(store, crm)
    crm.put("firms", "F1", {"Name": "Firm 1 Ltd"})
    crm.delete("firms", "F2")
    found = read(store, crm).counts
    assert (found.added, found.changed, found.removed) == (0, 1, 1)


class Untrusted(LivingCrm):
    """It never says that what it left out is gone."""

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        return (replace(page, snapshot=False) for page in super().pull(entity, cursor))


@pytest.mark.parametrize("kind", [LivingCrm, Untrusted])
@pytest.mark.parametrize("way", WAYS)
def test_rows_of_a_source_that_the_field_map_no_longer_names_are_gone(store: Database, crm: LivingCrm, kind: type, way: str) -> None:
    crm = kind(dict.fromkeys(TABLES, way), tables=crm.tables, now=crm.now)
    crm.put("calls", "C1", {"When": "2026-06-02", "Who": "P1"})
    for held_map, removed in ((MAP, 0), (MAP, 0), (WITHOUT_CALLS, 1), (WITHOUT_CALLS, 0)):
        assert read(store, crm, held_map).counts.removed == removed


class Watched(LivingCrm):
    """Counts, before each page, those that were given before and are still held by somebody."""

    def __init__(self, crm: LivingCrm) -> None:
        super().__init__(crm.ways, page=1, tables=crm.tables, now=crm.now)
        self.given: list[ref[Page]] = []
        self.held: list[int] = []

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        return map(self._watched, super().pull(entity, cursor))

    def _watched(self, page: Page) -> Page:
        self.held.append(sum(one() is not None for one in self.given))
        self.given.append(ref(page))
        return page


def test_a_page_is_let_go_of_when_it_is_stored(store: Database, crm: LivingCrm) -> None:
    watched = Watched(crm)
    read(store, watched)
    assert len(watched.held) > 15
    assert max(watched.held) <= (0 if store.is_sqlite else 1), "on PostgreSQL one is stored while the next is read"


def test_only_changes_are_asked_for(store: Database, crm: LivingCrm) -> None:
    read(store, crm)
    crm.put("people", "P1", {"Name": "Ann Lee 1", "Job": "Clerk", "Firm": "F1"})
    assert read(store, crm).counts.read == 1
    assert read(store, crm, full=True).counts.read == 15


def test_what_points_at_a_merged_record_means_the_survivor(store: Database, crm: LivingCrm) -> None:
    read(store, crm)
    crm.merge("firms", "F1", "F2")
    crm.merge("firms", "F2", "F3")
    crm.merge("people", "P4", "P5")
    read(store, crm)
    tables = everything(store)
    named = {row[0]: row[1] for row in tables["engagement_business"]}
    assert {named[_shown("engagement", key)] for key in ("V1", "V2", "V3")} == {_shown("business", "F3")}
    assert (_shown("engagement", "V4"), _shown("person", "P5")) in {row[:2] for row in tables["participant"]}
    stand = {row[0]: (row[1], row[6]) for row in tables["post"]}
    for person in ("P1", "P2", "P3"):
        assert stand[_shown("person", person)] == (_shown("business", "F3"), "None"), "whose firm was merged has not left it"


def _shown(entity: str, source_id: str) -> str:
    return repr(("council", entity, source_id))


def test_a_refused_row_stays_listed_until_it_is_mended(store: Database, crm: LivingCrm) -> None:
    crm.put("visits", "V7", {"When": "never", "Firm": "F1"})
    assert read(store, crm).counts.rejected == 1
    crm.put("visits", "V8", {"When": "2026-06-02", "Firm": "F1"})
    assert read(store, crm).counts.rejected == 1
    crm.put("visits", "V7", {"When": "2026-06-03", "Firm": "F1"})
    assert read(store, crm).counts.rejected == 0


def test_a_read_that_begins_anew_makes_void_what_it_has_staged(store: Database, crm: LivingCrm) -> None:
    crm.pages_left = 1
    read(store, crm)
    crm.delete("firms", "F1")
    crm.pages_left, crm.forgets = None, True
    read(store, crm)
    assert [row for row in everything(store)["record"] if "'F1'" in row] == []


def test_a_fault_of_the_connector_itself_stops_its_entity_alone(store: Database, crm: LivingCrm) -> None:
    del crm.ways["firms"]  # it will look for it
    result = read(store, crm)
    assert result.outcome == "partial"
    assert result.messages == ["business firms: the connector itself failed (KeyError); tell whoever wrote it"]
    assert result.counts.added == 10


def test_a_row_that_no_change_told_of_is_read_in_the_end(store: Database, crm: LivingCrm) -> None:
    crm.ways["firms"] = "swept"
    read(store, crm)
    imported = Version(0, {"Id": "F9", "Name": "Imported Ltd"})  # by an import that back-dates
    crm.tables["firms"] = {"F9": imported, **crm.tables["firms"]}
    for added in (0, 0, 1):
        assert read(store, crm).counts.added == added
