"""`placebridge connection replace`: another system under the same name, with other ids, and everything that was decided stays."""

import io
import re

import pytest

from mappings.successors import match
from tests.placebridge.two_crms import TwoCrms


def new_system(crms: TwoCrms, rename: str = r"9\1") -> None:
    """The council's exports from a system that gave every row another id, in a folder of their own."""
    target = crms.folder / "new"
    target.mkdir()
    for file in (crms.folder / "council").iterdir():
        text = re.sub(r"(?m)(?<![^,\n;|])[APV](\d+)(?=[,\n;|])", lambda found: re.sub(r".(\d+)", rename, found[0]), file.read_text(encoding="utf-8"))
        (target / file.name).write_text(text, encoding="utf-8")
    settings = crms.folder / "config.env"
    settings.write_text(settings.read_text(encoding="utf-8").replace("COUNCIL__PATH=council", "COUNCIL__PATH=new"), encoding="utf-8")


def standing(crms: TwoCrms) -> dict[str, tuple[str, str]]:
    return {found: (row["name"], row["state"]) for found, row in crms.flags().items()}


def test_every_business_keeps_its_id(crms: TwoCrms) -> None:
    crms.synced()
    before, people = standing(crms), {row["person_id"] for row in crms.export("people")}
    new_system(crms)
    refused = crms.sync()
    assert "looks like a broken or partial export" in refused.said
    done = crms("connection", "replace", "council", "--yes")
    assert done.code == 0, done
    assert "are the same (" in done.said
    synced = crms.sync()
    assert synced.code == 0
    assert standing(crms) == before
    assert {row["person_id"] for row in crms.export("people")} == people
    council = [row["source_id"] for row in crms.export("links") if row["connection"] == "council"]
    assert council
    assert all(source_id.startswith("9") for source_id in council)
    assert "nothing new to read" in crms.sync().said


def test_a_dry_run_changes_nothing(crms: TwoCrms) -> None:
    crms.synced()
    before = crms.tables()
    new_system(crms)
    done = crms("connection", "replace", "council", "--dry-run")
    assert done.code == 0
    assert "Nothing was changed." in done.said
    assert re.search(r"business: \d+ records held, \d+ in the new system; \d+ are the same", done.said)
    assert crms.tables() == before


def test_where_the_ids_are_the_same_nothing_is_to_be_done(crms: TwoCrms) -> None:
    crms.synced()
    done = crms("connection", "replace", "council", "--yes")
    assert "No id changes, so nothing is to be done; `placebridge sync council` reads it." in done.said


def test_nobody_to_ask(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    crms.sync()
    new_system(crms)
    done = crms("connection", "replace", "council")
    assert done.code != 0
    assert "nobody answered, so nothing was changed; write --yes where nobody can be asked" in done.err


def test_a_connection_that_is_not_known(crms: TwoCrms) -> None:
    crms.synced()
    assert "there is no connection 'borough'; known are chamber, council" in crms("connection", "replace", "borough").err


FIRM = {"name": "Firm Ltd", "postcode": "ZX1 1AB", "company_number": "04106419"}
CASES = {
    "by id": ("business", {"1": FIRM}, {"1": FIRM}, {"1": ("1", "id")}),
    "by an id in braces": ("business", {"{AB-1}": FIRM}, {"ab-1": FIRM}, {"{AB-1}": ("ab-1", "id as it may be written")}),
    "by Salesforce's two lengths": (
        "business", {"001A0000012345a": FIRM}, {"001A0000012345aQAB": FIRM}, {"001A0000012345a": ("001A0000012345aQAB", "id as it may be written")},
    ),
    "both counted from 1": (
        "business", {"1": FIRM, "2": {"name": "Other"}}, {"1": {"name": "Other"}, "2": FIRM},
        {"1": ("2", "company number and name"), "2": ("1", "name")},
    ),
    "two of a name": ("business", {"a": {"name": "Firm"}, "b": {"name": "Firm"}}, {"c": {"name": "Firm"}}, {}),
    "people by mail": (
        "person", {"a": {"name": "Ann Lee", "email": "ann@x.example"}}, {"b": {"first_name": "Ann", "last_name": "Lee", "email": "ANN@x.example"}},
        {"a": ("b", "email and name")},
    ),
    "a shared mailbox": (
        "person", {"a": {"name": "Ann Lee", "email": "info@x.example"}}, {"b": {"name": "Bob Ray", "email": "info@x.example"}}, {},
    ),
    "a meeting": (
        "engagement", {"a": {"kind": "meeting", "starts_at": "2026-06-01T10:00", "subject": "Skills"}},
        {"b": {"kind": "meeting", "starts_at": "2026-06-01T10:00", "subject": "Skills"}}, {"a": ("b", "kind, time and subject")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_which_rows_are_the_same(name: str) -> None:
    entity, old, new, expected = CASES[name]
    assert {found.old: (found.new, found.by) for found in match(entity, old, new)} == expected
