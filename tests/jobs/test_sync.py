"""The whole pipeline on small exports, on both databases."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from connector.files import FilesConnector
from jobs.flag import flags_as_of
from jobs.pipeline import sync
from jobs.pulling import Options
from jobs.rules import Rules
from jobs.sources import Source
from mappings import field_map
from store import bulk
from store.database import Database
from store.lease import whole
from store.lock import Locked
from store.tables import Record, Reject, Run

record = bulk.table_of(Record)

ZONE = ZoneInfo("Europe/London")
RULES = Rules.load()
MAP = """
business: {from: accounts.csv, id: Id, fields: {name: Name, company_number: No, postcode: Post, status: {from: State, values: {Shut: closed}}}}
person: {from: people.csv, id: Id, fields: {name: Name, title: Job, email: Mail, business: Firm, left_on: Left}}
engagement:
  from: "visits-*.csv"
  id: Id
  fields: {kind: Kind, starts_at: When, business: {from: Firm, match: name}, notes: Notes}
  participants: {from: Who, split: ";", match: name}
"""
FILES = {
    "accounts.csv": "Id,Name,No,Post,State\n"
    + "".join(f"A{n},Firm {n} Ltd,{4100000 + n:08},ZX{n} 1AB,\n" for n in range(1, 15))
    + "A20,Gone Ltd,,,Shut\n",
    "people.csv": "Id,Name,Job,Mail,Firm,Left\nP1,Ann Lee,CEO,ann@firm1.example,A1,\nP2,Bob Ray,Chief Executive,bob@firm2.example,A2,2026-09-01\n"
    "P3,Cy Doe,Clerk,cy@firm3.example,A3,\n,No Id,Director,x@y.example,A1,\n",
    "visits-1.csv": "Id,Kind,When,Firm,Notes,Who\nV1,meeting,2026-08-01,Firm 1,wants apprentices,Ann Lee\nV2,visit,2026-07-01,firm 2 limited,,Bob Ray\n",
    "visits-2.csv": "Id,Kind,When,Firm,Notes,Who\nV3,call,2026-06-01,Firm 3,,Cy Doe;Somebody Else\nV4,meeting,2026-02-31,Firm 1,,\nV5,webinar,2026-06-01,Firm 4,,\n",
}
EXPECTED = {
    "Firm 1 Ltd": ("engaged", "leader"),
    "Firm 2 Ltd": ("leader_left", "staff_only"),
    "Firm 3 Ltd": ("no_leader_known", "staff_only"),
}


def write(folder: Path, files: dict[str, str] = FILES) -> Source:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return Source("council", "files", "council", lambda budget: FilesConnector(folder, page_rows=3), field_map.read(MAP, "map.yaml"))


def run(store: Database, source: Source, **options: bool) -> object:
    return sync(store, [source], RULES, Options(ZONE, date(2026, 11, 1), **options))[0]


def states(store: Database) -> dict[str, tuple[str, str]]:
    rows = flags_as_of(store, date(2026, 11, 1), RULES.policy, ZONE)
    return {row["name"]: (row["state"], row["reach"]) for row in rows}


def test_states_and_rejects(store: Database, tmp_path: Path) -> None:
    result = run(store, write(tmp_path / "in"))
    assert (result.outcome, result.counts.read, result.counts.rejected) == ("done", 24, 2)
    found = states(store)
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert "Gone Ltd" not in found
    with store.reading() as connection:
        reasons = sorted(connection.scalars(select(bulk.table_of(Reject).c.reason)))
    assert reasons == ["it has no id", "starts_at '2026-02-31' is no date (expected ISO, as in 2026-11-01T10:30)"]


def test_an_emptied_export_is_refused_until_accepted(store: Database, tmp_path: Path) -> None:
    run(store, write(tmp_path / "in"))
    source = write(tmp_path / "in", {"accounts.csv": "Id,Name,No,Post,State\n"})
    refused = run(store, source)
    assert refused.outcome == "partial"
    assert "would remove 15 of 15 business records" in refused.messages[0]
    assert len(states(store)) == 14
    assert run(store, source, accept_deletions=True).counts.removed == 15
    assert states(store) == {}


def test_ids_return_with_the_record(store: Database, tmp_path: Path) -> None:
    run(store, write(tmp_path / "in"))
    before = {row["name"]: row["business_id"] for row in flags_as_of(store, date(2026, 11, 1), RULES.policy, ZONE)}
    less = FILES["accounts.csv"].replace("A3,Firm 3 Ltd,04100003,ZX3 1AB,\n", "")
    run(store, write(tmp_path / "in", {"accounts.csv": less}))
    assert "Firm 3 Ltd" not in states(store)
    run(store, write(tmp_path / "in"))
    after = {row["name"]: row["business_id"] for row in flags_as_of(store, date(2026, 11, 1), RULES.policy, ZONE)}
    assert after == before


@pytest.mark.parametrize("order", [sorted, lambda rows: sorted(rows, reverse=True)], ids=["rising", "falling"])
def test_records_are_numbered_by_their_ids_however_they_came(
    store: Database, tmp_path: Path, order: Callable[[list[str]], list[str]]
) -> None:
    names = ["a1", "A10", "A2", "Z1", "\u00e41", "b 1"]
    rows = "".join(f"{name},Firm {name},,,\n" for name in order(names))
    run(store, write(tmp_path / "in", {**FILES, "accounts.csv": f"Id,Name,No,Post,State\n{rows}"}))
    with store.reading() as connection:
        found = connection.scalars(select(record.c.source_id).where(record.c.entity == "business").order_by(record.c.id)).all()
    assert found == sorted(names)


def test_of_two_rows_with_one_id_the_fuller_is_kept(store: Database, tmp_path: Path) -> None:
    double = FILES["accounts.csv"] + "A1,Another Name,,,\n"
    run(store, write(tmp_path / "in", FILES | {"accounts.csv": double}))
    assert "Firm 1 Ltd" in states(store)
    with store.reading() as connection:
        reasons = list(connection.scalars(select(bulk.table_of(Reject).c.reason).where(bulk.table_of(Reject).c.source_id == "A1")))
    assert len(reasons) == 1
    assert "has more fields filled" in reasons[0]


def test_a_moved_person_leaves_what_they_did_behind(store: Database, tmp_path: Path) -> None:
    run(store, write(tmp_path / "in"))
    moved = FILES["people.csv"].replace("ann@firm1.example,A1", "ann@firm1.example,A5")
    run(store, write(tmp_path / "in", {"people.csv": moved}))
    found = states(store)
    assert found["Firm 1 Ltd"] == ("leader_left", "staff_only")
    assert found["Firm 5 Ltd"] == ("leader_not_engaged", "none")


def test_a_killed_run_goes_on(store: Database, tmp_path: Path) -> None:
    source = write(tmp_path / "in")

    class Killed(BaseException):
        pass

    pages = 0

    def kill(what: str, done: int | None, total: int | None) -> None:
        nonlocal pages
        pages += 1
        if pages == 4:
            raise Killed

    with pytest.raises(Killed):
        sync(store, [source], RULES, Options(ZONE, date(2026, 11, 1), progress=kill))
    result = run(store, source)
    assert result.counts.read == 24
    with store.reading() as connection:
        assert [row.outcome for row in connection.execute(select(bulk.table_of(Run)))] == ["done"]
    assert {name: states(store)[name] for name in EXPECTED} == EXPECTED


def test_only_one_sync_at_a_time(store: Database) -> None:
    other = Database(str(store.url.render_as_string(hide_password=False)))
    with whole(store), pytest.raises(Locked), whole(other):
        pass
    other.close()


def test_participants_that_all_say_something_else_are_no_broken_export(store: Database, tmp_path: Path) -> None:
    mapping = """
business: {from: b.csv, id: Id, fields: {name: Name}}
engagement: {from: e.csv, id: Id, fields: {kind: Kind}}
participant: {from: p.csv, fields: {engagement: Id, name: Who, took_part: Word}}
"""
    files = {"b.csv": "Id,Name\nB,Firm\n", "e.csv": "Id,Kind\nE,meeting\n"}
    for word, folder in (("invited", "one"), ("attended", "two")):
        write(tmp_path / folder, files | {"p.csv": "Id,Who,Word\n" + "".join(f"E,Ann {n},{word}\n" for n in range(20))})
        source = Source("council", "files", "council", partial(_opened, tmp_path / folder), field_map.read(mapping, "map.yaml"))
        assert run(store, source).outcome == "done"
    write(tmp_path / "two", {"p.csv": "Id,Who,Word\n"})
    assert "would remove 20 of 20 participant records" in run(store, source).messages[0]


def _opened(folder: Path, budget: object) -> FilesConnector:
    return FilesConnector(folder)
