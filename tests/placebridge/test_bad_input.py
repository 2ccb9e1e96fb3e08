"""What goes wrong in an admin's day: each is told in words that say what to do, the rest goes on, and no traceback is shown."""

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from store.database import Database
from store.lease import hold
from tests.placebridge.commands import Commands, Done

Break = Callable[[Path], object]

FAULTS: dict[str, tuple[Break, int, tuple[str, ...]]] = {
    "a missing folder": (
        lambda world: (world / "exports").rename(world / "moved"),
        1,
        ("does not exist; create it or correct the connection's PATH",),
    ),
    "a wrong column in the map": (
        lambda world: (world / "council.yaml").write_text("business: {from: accounts.csv, id: Acount, fields: {name: Account Name}}\n"),
        1,
        ("accounts.csv has no column 'Acount'", "Account"),
    ),
    "one entity of two unreadable": (
        lambda world: (world / "exports/contacts.csv").write_text("Something,Else\n1,2\n"),
        3,
        ("12 added", "contacts.csv has no column", "in part"),
    ),
    "bytes that are no text": (
        lambda world: (world / "exports/accounts.csv").write_bytes(b"Account,Account Name\nA1,\x81\x8d\n"),
        3,
        ("accounts.csv line 2 holds bytes that are neither UTF-8 nor Windows-1252", "save it as CSV UTF-8"),
    ),
    "a folder where a file is meant": (
        lambda world: ((world / "exports/accounts.csv").unlink(), (world / "exports/accounts.csv").mkdir()),
        3,
        ("accounts.csv is a folder, not a file",),
    ),
    "an empty file": (
        lambda world: (world / "exports/accounts.csv").write_bytes(b""),
        3,
        ("accounts.csv is empty, not even a header; export it again",),
    ),
    "a field map with faults": (
        lambda world: (world / "council.yaml").write_text("business:\n  from: accounts.csv\n  fields: {nmae: X}\nengagment: {}\n"),
        2,
        (
            "council.yaml, line 3: 'nmae' is no field of business; did you mean 'name'?",
            "did you mean 'engagement'?",
            "business has no `id`",
        ),
    ),
    "no settings": (lambda world: (world / "config.env").unlink(), 2, ("there is no file config.env; `placebridge init` writes one",)),
    "settings that are no text": (
        lambda world: (world / "config.env").write_bytes(b"\xff\xfe\x00"),
        2,
        ("config.env cannot be read as text; save it as UTF-8",),
    ),
    "five mistakes in the settings": (
        lambda world: (world / "config.env").write_text(
            "PLACEBRIDGE_TIMEZONE=Mars/Base\nPLACEBRIDGE_DATABASE_URL=mysql://x\nPLACEBRIDGE_TYPO=1\n"
            "PLACEBRIDGE_CONNECTIONS__COUNCIL__KIND=filez\nPLACEBRIDGE_CONNECTIONS__COUNCIL__SIDES=council\n"
        ),
        2,
        (
            "PLACEBRIDGE_TIMEZONE is no time zone",
            "PLACEBRIDGE_DATABASE_URL is no database",
            "PLACEBRIDGE_TYPO is no setting",
            "PLACEBRIDGE_CONNECTIONS__COUNCIL__KIND is none of files",
            "did you mean SIDE?",
        ),
    ),
    "a database file that is none": (
        lambda world: (world / "placebridge.db").write_bytes(b"this is no database, whatever its name says" * 100),
        1,
        ("the database cannot be opened: file is not a database",),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_said_what_is_wrong_and_what_to_do(world: Path, placebridge: Commands, name: str) -> None:
    spoil, code, words = FAULTS[name]
    spoil(world)
    done = placebridge("sync")
    assert (done.code, [word for word in words if word not in done.said]) == (code, []), done
    assert "Traceback" not in done.said


def test_an_empty_export_is_refused_and_nothing_is_lost(world: Path, placebridge: Commands) -> None:
    placebridge("sync")
    (world / "exports/accounts.csv").write_text("Account,Account Name\n")
    refused = placebridge("sync")
    assert refused.code == 3
    assert "this read would remove 12 of 12 business records" in refused.said
    assert "--accept-deletions" in refused.said
    assert len(listed(placebridge("flags", "--format", "csv"))) == 12
    assert placebridge("sync", "--accept-deletions").code == 0
    assert listed(placebridge("flags", "--format", "csv")) == []


def test_duplicate_ids_are_rejects_and_the_rest_goes_on(world: Path, placebridge: Commands) -> None:
    with (world / "exports/accounts.csv").open("a") as out:
        out.write("A1,Another\nA13,Last\nA13,Last\n")
    assert placebridge("sync").code == 0
    found = listed(placebridge("rejects", "--format", "csv"))
    assert [(row["entity"], row["source_id"]) for row in found] == [("business", "A1")]
    assert "another row has the same id and comes first in text order; give each row an id of its own" in found[0]["reason"]
    assert len(listed(placebridge("flags", "--format", "csv"))) == 13


def test_a_database_of_a_newer_version_is_left_alone(world: Path, placebridge: Commands) -> None:
    placebridge("sync")
    store = Database(f"sqlite:///{world}/placebridge.db")
    with store.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for words in (("sync",), ("flags",), ("explain", "Acme"), ("runs",)):
        done = placebridge(*words)
        assert done.code == 1
        assert "written by a newer version of Placebridge" in done.said
    store.close()


def test_a_second_sync_while_one_runs_says_so(world: Path, placebridge: Commands) -> None:
    placebridge("sync")
    store = Database(f"sqlite:///{world}/placebridge.db")
    with hold(store, ["council"]):
        done = placebridge("sync")
    store.close()
    assert done.code == 75
    assert "another sync of this database, or its worker, is reading council; try again when it has ended" in done.said


def test_formulas_are_text_in_lists_for_people_and_as_they_are_for_programs(world: Path, placebridge: Commands) -> None:
    formula = '=HYPERLINK("http://x.example")'
    (world / "exports/accounts.csv").write_text(f'Account,Account Name\nA1,"{formula.replace(chr(34), chr(34) * 2)}"\n')
    placebridge("sync")
    assert listed(placebridge("flags", "--format", "csv"))[0]["name"] == formula
    placebridge("flags", "--out", "list.csv")
    assert next(csv.DictReader((world / "list.csv").read_text(encoding="utf-8-sig").splitlines()))["name"] == f"'{formula}"
    placebridge("flags", "--out", "list.xlsx")
    sheet = zipfile.ZipFile(world / "list.xlsx").read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"HYPERLINK" in sheet


def test_a_giant_cell_is_a_reject_and_the_rest_goes_on(world: Path, placebridge: Commands) -> None:
    with (world / "exports/accounts.csv").open("a") as out:
        out.write(f'A13,"{"x" * 3_000_000}"\nA14,Last\n')
    assert placebridge("sync").code == 0
    found = listed(placebridge("rejects", "--format", "csv"))
    assert [row["reason"] for row in found] == ["it holds a cell of more than a million characters"]
    assert found[0]["source_id"] == "accounts.csv line 14"
    assert {"Last", "Acme Ltd"} <= {row["name"] for row in listed(placebridge("flags", "--format", "csv"))}


def listed(done: Done) -> list[dict[str, str]]:
    """The rows that a command printed as CSV."""
    assert done.code == 0, done
    return list(csv.DictReader(done.out.splitlines()))
