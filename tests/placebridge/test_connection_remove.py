"""`placebridge connection remove`: what goes, what stays, and that nothing is left."""

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from store.database import Database
from store.tables import everything
from tests.placebridge.commands import Commands
from tests.placebridge.two_crms import DAY, TwoCrms

HOLDS = {
    "connection_id": "connection", "record_id": "record", "engagement_id": "record", "business_record_id": "record",
    "person_record_id": "record", "left_id": "record", "right_id": "record", "business_id": "business", "person_id": "person",
    "source_id": "", "notice_id": "", "merged_into": "business or person", "connection": "name", "connections": "name", "who": "record",
}  # fmt: skip
"""What each column holds that names something else, and how it is checked below."""
FATE = {
    "connection": "its row goes", "cursor": "goes", "arrival": "goes", "record": "goes", "reject": "goes", "notice": "goes",
    "engagement": "goes", "engagement_business": "goes", "participant": "goes", "post": "goes", "business_record": "goes",
    "person_record": "goes", "link_decision": "goes, the edges to others too", "theme_found": "goes", "theme_read": "goes", "run": "goes",
    "merged": "goes", "lookup_answer": "goes with the connection that asked", "budget_use": "goes", "budget_hold": "goes",
    "business": "goes where no other connection ever held it", "person": "goes where no other connection ever held them",
    "correction": "goes with its business, person or engagement", "flag": "goes with its business", "flag_looked": "goes with its business",
    "flag_history": "goes with its business", "dirty": "goes with its business", "stage": "its resolve goes",
    "schedule": "goes", "due_run": "goes", "lease": "stays: it is free, and its number must go on", "worker": "stays: it is no connection's",
    "seat": "goes with its business", "seat_theme": "goes with its business", "tally": "no longer counts the businesses that went",
    "offer": "goes with its business", "need": "stays: people decided it", "readiness": "stays: people decided it",
    "person_role": "goes with its person", "person_role_said": "goes with its person",
    "setting_version": "its field maps go, rules stay: they are no connection's",
    "alert": "stays: it tells nobody's data, and the worker closes it", "ops_notice": "stays: it was told",
    "ops_delivery": "stays with its notice",
    "register_officer": "goes with its company's answer", "site_session": "stays: it is no connection's",
    "sign_in_failure": "stays: it is no connection's",
    "data_token": "stays: it is no connection's",
    "colleague": "stays: it says who people here are",
    "work_step": "goes with its business", "own_engagement": "goes with its business", "listed": "goes with its business",
    "list_version": "stays: it counts", "saved_view": "stays: it is somebody's", "digest_choice": "stays: it is somebody's",
    "digest_mail": "stays: it was made before, and is emptied when it is sent",
    "audit": "stays, and gets a row without personal data", "register_company": "stays: it is no connection's",
}  # fmt: skip
"""What becomes of each table's rows."""


def test_it_is_ruled_what_becomes_of_each_table() -> None:
    known = {table.name for table in everything()}
    assert known == set(FATE), "a table came or went: say here, and see in placebridge/removing.py, what becomes of its rows"
    names = {column.name for table in everything() for column in table.columns}
    unknown = {name for name in names if name.endswith(("_id", "_ids")) and name not in HOLDS}
    assert unknown == set(), "say in HOLDS what these columns hold, and see in placebridge/removing.py that their rows go"


def test_nothing_is_left_in_any_table(crms: TwoCrms) -> None:
    crms.change("chamber.yaml", "name: Member,", "name: Member, town: Town,")
    for name in ("members.csv", "contacts.csv", "events.csv"):
        lines = (crms.folder / "chamber" / name).read_text().splitlines()
        ends = [",Town", *[f",Quillhaven {name[0]}"] * (len(lines) - 1)]
        (crms.folder / "chamber" / name).write_text("\n".join(line + end for line, end in zip(lines, ends, strict=True)) + "\n")
    with (crms.folder / "chamber/members.csv").open("a") as out:
        out.write("M900,Quillhaven Traders,,,Quillhaven\nM900,Quillhaven Twice,,,Quillhaven\n")
    with (crms.folder / "chamber/contacts.csv").open("a") as out:
        out.write("C900,Quill,Haven,CEO,quill@quillhaven.example,M900\nC901,Quill,Haven,CEO,quill@quillhaven.example,M900\n")
    with (crms.folder / "chamber/events.csv").open("a") as out:
        out.write("E900,Quillhaven fair,2026-10-01,quill@quillhaven.example|nobody@quillhaven.example,attended\n")
    crms.configure("council")
    crms.sync()
    crms.configure("council", "chamber")
    crms.sync()
    assert "quillhaven" in repr(crms.tables()).lower()
    records = _record_ids(crms.url, "chamber")
    assert crms("connection", "remove", "chamber", "--yes").code == 0
    assert _left(crms.url, records, "chamber") == []
    assert "quillhaven" not in repr(crms.tables()).lower()
    audit = _rows(crms.url, "audit")
    assert [(row["action"], row["target"], row["detail"]) for row in audit] == [("connection remove", "chamber", "")]


def test_flags_are_as_if_it_had_never_been_there(crms: TwoCrms, new_database_url: Any) -> None:
    crms.synced()
    before = crms.export("links")
    removed = crms("connection", "remove", "chamber", "--yes")
    assert removed.code == 0, removed
    at_once = _by_record(crms)
    crms.configure("council")
    crms.sync()
    assert _by_record(crms) == at_once
    ids = {row["source_id"]: row["business_id"] for row in before if row["connection"] == "council"}
    assert {row["source_id"]: row["business_id"] for row in crms.export("links")} == ids
    crms.url = new_database_url()
    crms.configure("council")
    crms.sync()
    assert _by_record(crms) == at_once


@pytest.mark.parametrize("name", ["council", "chamber"])
def test_what_is_removed_and_read_again_is_as_before(crms: TwoCrms, name: str) -> None:
    crms.synced()
    before = _by_record(crms)
    crms("connection", "remove", name, "--yes")
    assert crms.sync().code == 0
    assert _by_record(crms) == before
    assert "Nothing has changed since the last sync." in crms.sync().said


def test_stopped_half_way_the_next_sync_goes_on(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> None:
    crms.synced()

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("placebridge.connections.refresh", stopped)
        assert crms("connection", "remove", "chamber", "--yes").code == 130
    crms.configure("council")
    crms.sync()
    half_way = _by_record(crms)
    crms.configure("council", "chamber")
    crms.sync()
    crms("connection", "remove", "chamber", "--yes")
    assert _by_record(crms) == half_way


def test_a_connection_that_was_merged_with_another_leaves_no_pointer_to_nothing(crms: TwoCrms) -> None:
    crms.sync("council")
    crms.sync("chamber")
    crms("connection", "remove", "council", "--yes")
    for name in ("business", "person"):
        ids = {row["id"] for row in _rows(crms.url, name)}
        assert {row["merged_into"] for row in _rows(crms.url, name)} - {None} <= ids
    for row in crms.flags().values():
        assert crms("explain", row["business_id"], "--as-of", DAY).code == 0


def test_it_says_what_goes_and_asks(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> None:
    crms.synced()
    before = crms.tables()
    monkeypatch.setattr("typer.confirm", lambda question: False)
    done = crms("connection", "remove", "chamber")
    assert done.code == 0
    assert "Removing chamber removes 12 business records, 24 engagement records, 24 person records, its runs" in done.said
    assert "Nothing was removed." in done.said
    assert crms.tables() == before
    monkeypatch.setattr("typer.confirm", lambda question: True)
    assert "chamber is removed and the flags are up to date. Take its PLACEBRIDGE_CONNECTIONS__CHAMBER__…" in crms(
        "connection", "remove", "chamber"
    ).said  # fmt: skip


def test_where_nobody_can_be_asked_nothing_goes(world: Path, placebridge: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    placebridge("sync")
    done = placebridge("connection", "remove", "council")
    assert done.code == 2
    assert "nobody answered, so nothing was changed; write --yes where nobody can be asked" in done.said
    assert "Traceback" not in done.said


def test_one_that_is_not_known_is_told(world: Path, placebridge: Commands) -> None:
    assert "no connection 'council' has been synced, nor any other" in placebridge("connection", "remove", "council", "--yes").said
    placebridge("sync")
    done = placebridge("connection", "remove", "chamber", "--yes")
    assert (done.code, done.said) == (2, "no connection 'chamber' has been synced; known are council")


def _by_record(crms: TwoCrms) -> dict[str, dict[str, Any]]:
    """The flags by the council's id of their business, or the chamber's: ids aside, the same in every database."""
    keys: dict[str, list[str]] = {}
    for row in crms.export("links"):
        keys.setdefault(row["business_id"], []).append(f"{row['connection']} {row['source_id']}")
    return {"+".join(keys[found]): row | {"business_id": ""} for found, row in crms.flags().items()}


def _rows(url: str, name: str) -> list[dict[str, Any]]:
    store, table = Database(url), next(table for table in everything() if table.name == name)
    with store.reading() as connection:
        rows = [dict(row) for row in connection.execute(select(table)).mappings()]
    store.close()
    return rows


def _record_ids(url: str, name: str) -> set[int]:
    own = next(row["id"] for row in _rows(url, "connection") if row["name"] == name)
    return {row["id"] for row in _rows(url, "record") if row["connection_id"] == own}


def _left(url: str, records: set[int], name: str) -> list[tuple[str, str, Any]]:
    """Every cell that still names a record or the name of a removed connection, or a connection, business or person that there is not."""
    known = {of: {row["id"] for row in _rows(url, of)} for of in ("connection", "business", "person")}
    found = []
    for table in everything():
        for row in _rows(url, table.name):
            for column, what in HOLDS.items():
                value = row.get(column)
                if value is None or table.name == "audit":
                    continue
                if (
                    (what == "record" and str(value).isdigit() and int(value) in records)
                    or (what in known and value not in known[what])
                    or (what == "name" and name in str(value).split("|"))
                ):
                    found.append((table.name, column, value))
    return found
