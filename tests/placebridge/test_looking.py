"""`flags`, `explain` and `export`: the columns of the contract, lists for people and for programs, and that they agree."""

import csv
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jobs.spreadsheets import safe
from placebridge.looking import FLAG_COLUMNS
from store.database import Database
from tests.placebridge.commands import Commands
from tests.placebridge.two_crms import DAY, TwoCrms

FLAGS = "business_id,name,state,reach,priority,reason,approach,via,place,themes,connections"
LINKS = "connection,source_id,business_id,company_number,method,score,band"
PEOPLE = "connection,source_id,person_id,business_id,level"
ENGAGEMENTS = "connection,source_id,business_id,starts_at,kind,qualifies,themes,resources"
AS_OF = ("--as-of", DAY)


def test_flags_hold_the_columns_of_the_contract_in_every_form(crms: TwoCrms) -> None:
    crms.synced()
    printed = crms("flags", *AS_OF, "--format", "csv").out
    assert printed.splitlines()[0] == FLAGS
    rows = list(csv.DictReader(printed.splitlines()))
    assert {row["state"] for row in rows}.isdisjoint({"engaged"})
    everybody = crms.rows("flags", "--all", *AS_OF)
    assert [",".join(row) for row in everybody] == [FLAGS] * 24
    assert [{name: str(value) for name, value in row.items()} for row in everybody if row["state"] != "engaged"] == rows
    assert [row["priority"] for row in everybody] == sorted((row["priority"] for row in everybody), reverse=True)
    for name in ("list.csv", "list.json", "list.xlsx", "LIST.CSV"):
        assert crms("flags", *AS_OF, "--out", name).said == f"18 businesses written to {name}"
    content = (crms.folder / "list.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.DictReader(content.decode("utf-8-sig").splitlines())) == rows
    assert json.loads((crms.folder / "list.json").read_text()) == [row for row in everybody if row["state"] != "engaged"]
    assert zipfile.is_zipfile(crms.folder / "list.xlsx")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
@pytest.mark.parametrize("column", FLAG_COLUMNS)
def test_no_cell_of_a_list_for_people_is_a_formula(tmp_path: Path, begin: str, column: str) -> None:
    from placebridge.output import save_list

    row: dict[str, Any] = dict.fromkeys(FLAG_COLUMNS, "x") | {column: f"{begin}1+1"}
    save_list(tmp_path / "x.csv", [row], FLAG_COLUMNS, "x")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))[column] == f"'{begin}1+1"
    assert safe(-1) == -1


OUTS = {
    "list.txt": "list.txt ends in '.txt'; write a name that ends in .csv, .xlsx or .json",
    "list": "list has no ending; write a name that ends in .csv, .xlsx or .json",
    "nowhere/list.csv": "there is no folder nowhere; create it or correct the name",
    "nowhere/list.xlsx": "there is no folder nowhere; create it or correct the name",
    "exports": "exports is a folder; write the name of a file in it, as in exports/list.csv",
}


@pytest.mark.parametrize("name", OUTS)
def test_a_file_that_cannot_be_is_told(world: Path, placebridge: Commands, name: str) -> None:
    placebridge("sync")
    done = placebridge("flags", "--out", name)
    assert (done.code, done.said) == (2, OUTS[name])
    if "no folder" in OUTS[name] or name == "exports":
        assert placebridge("export", "links", name).code == 2


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "list.json"])
def test_a_file_that_is_open_elsewhere_is_told_and_stays(
    world: Path, placebridge: Commands, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    placebridge("sync")
    (world / name).write_text("mine")

    def refused(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    done = placebridge("flags", "--out", name)
    assert done.code == 2
    assert f"{name} cannot be written; close it where it is open (in Excel, say), correct its permissions" in done.said
    assert (world / name).read_text() == "mine"
    assert [path.name for path in world.iterdir() if "unfinished" in path.name] == []


def test_what_people_read_fits_80_columns(new_crms: TwoCrms) -> None:
    empty = new_crms("flags")
    assert (empty.code, empty.said) == (2, empty.said)
    assert "run `placebridge sync`" in empty.said
    new_crms.sync()
    for words in (
        ("flags", *AS_OF),
        ("runs",),
        ("rejects",),
        ("check",),
        ("sync", "--dry-run", *AS_OF),
        ("explain", "Firm 7 Ltd", *AS_OF),
        ("explain", "Firm"),
    ):
        done = new_crms(*words)
        assert max(map(len, (done.out + done.err).splitlines())) <= 80, done


def test_an_empty_list_says_what_to_do(world: Path, placebridge: Commands) -> None:
    (world / "exports/accounts.csv").write_text("Account,Account Name\n")
    (world / "exports/contacts.csv").write_text("Contact,First Name,Last Name,Job Title,Account\n")
    placebridge("sync")
    assert placebridge("flags").said == "No business is known yet; run `placebridge sync` first."
    assert "No row stands refused." in placebridge("rejects").said
    assert json.loads(placebridge("flags", "--format", "json").out) == []
    assert placebridge("flags", "--format", "csv").out == FLAGS + "\n"


@pytest.mark.parametrize("day", [DAY, "2026-03-01"])
def test_explain_agrees_with_flags_of_the_same_day(crms: TwoCrms, day: str) -> None:
    crms.synced()
    flags = crms.flags(day)
    assert len(flags) == 24
    for found, row in flags.items():
        said = crms("explain", found, "--as-of", day).said
        assert f"({found}, company number " in said
        assert f"State {row['state']}, reach {row['reach']}, priority {row['priority']} " in said
        assert f"Why: {row['reason']}" in said
        assert f"Approach: {row['approach'] or 'nobody is known whom to approach'}" in said
        assert not row["via"] or f"Through: {row['via']}" in said
        points = re.search(r"Priority: ((?:\d+ [\w ]+?)(?: \+ \d+ [\w ]+?)*|0) The window", said)
        assert points is not None
        assert sum(int(part.split()[0]) for part in points[1].split(" + ")) == row["priority"]
        for part in ("People:", "Engagements:", "Records:"):
            assert part in said


def test_explain_finds_by_id_number_name_and_part(crms: TwoCrms) -> None:
    crms.synced()
    found = next(row["business_id"] for row in crms.flags().values() if row["name"] == "Firm 7 Ltd")
    for said in (found, f" {found} ", "04106419", "4106419", "firm 7 ltd", "FIRM 7", "Firm 7 Limited", " firm  7 "):
        done = crms("explain", said, *AS_OF)
        assert (done.code, done.out.startswith(f"Firm 7 Ltd ({found}, company number 04106419)")) == (0, True), said
    several = crms("explain", "firm 1", *AS_OF)
    assert several.code == 0
    assert several.out.startswith("Firm 1 Ltd")
    many = crms("explain", "firm")
    assert many.code == 2
    assert "'firm' fits 24 businesses; say which by its id: " in many.said
    assert "... and 14 more; say more of the name" in many.said
    for said, words in (
        ("nobody", "no business is called 'nobody'; give an id, a company number or a part"),
        (" ", "say which business: an id"),
    ):
        unknown = crms("explain", said)
        assert unknown.code == 2
        assert words in unknown.said


def test_explain_follows_an_id_that_was_joined_and_names_one_that_is_gone(crms: TwoCrms) -> None:
    crms.change("chamber/members.csv", "M7,FIRM 7 LIMITED,4106419", "M7,Other Name,")
    crms.sync()
    before = {row["name"]: row["business_id"] for row in crms.flags().values()}
    crms.change("chamber/members.csv", "M7,Other Name,", "M7,FIRM 7 LIMITED,4106419")
    crms.sync()
    after = {row["name"]: row["business_id"] for row in crms.flags().values()}
    old = ({before["Firm 7 Ltd"], before["Other Name"]} - {after["Firm 7 Ltd"]}).pop()
    done = crms("explain", old, *AS_OF)
    assert done.out.startswith(f"{old} was joined with {after['Firm 7 Ltd']}.\nFirm 7 Ltd (")
    lines = (crms.folder / "council/accounts.csv").read_text().splitlines()
    (crms.folder / "council/accounts.csv").write_text("\n".join(line for line in lines if not line.startswith("A8,")) + "\n")
    crms.sync()
    gone = crms("explain", before["Firm 8 Ltd"])
    assert gone.code == 2
    assert f"Firm 8 Ltd ({before['Firm 8 Ltd']}) is held by no CRM any more, so it is in no list. History: {DAY}" in gone.said


def test_exports_hold_the_columns_of_the_contract_and_keep_their_order(crms: TwoCrms) -> None:
    crms.synced()
    for what, columns in (("links", LINKS), ("people", PEOPLE), ("engagements", ENGAGEMENTS)):
        crms.export(what)
        content = (crms.folder / f"{what}.csv").read_bytes()
        lines = content.decode().splitlines()
        assert lines[0] == columns
        assert b"\r" not in content
        crms.export(what)
        assert (crms.folder / f"{what}.csv").read_bytes() == content
        keys = [[*row.values()] for row in csv.DictReader(lines)]
        assert keys == sorted(keys)
    days = {row["starts_at"] for row in crms.export("engagements")}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", day) for day in days)
    sure = crms.export("links", "--band", "sure")
    assert {(row["connection"], row["source_id"]) for row in sure} == {
        (row["connection"], row["source_id"]) for row in crms.export("links")
    }
    assert "--band is 'likely'; write sure" in crms("export", "links", "x.csv", "--band", "likely").said


def test_both_databases_export_the_same_bytes(crms: TwoCrms) -> None:
    store = Database(crms.url)
    if store.is_sqlite:
        store.close()
        pytest.skip("compared from the other side")
    store.close()
    found = []
    for url in (crms.url, "sqlite:///other.db"):
        crms.configure("council", "chamber", url=url)
        crms.sync()
        for what in ("links", "people", "engagements"):
            crms.export(what)
            found.append((crms.folder / f"{what}.csv").read_bytes())
        found.append(crms("flags", "--all", *AS_OF, "--format", "csv").out.encode())
        found.append(crms("rejects", "--format", "csv").out.encode())
    assert found[:5] == found[5:]
