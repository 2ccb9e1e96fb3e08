"""`placebridge sync` with two connections, on each kind of database: dry runs, other days, faults in one, interruptions, left-overs."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector.files import FilesConnector
from store.database import Database
from tests.placebridge.two_crms import DAY, TwoCrms

Rows = list[dict[str, Any]]


def counted(runs: Rows) -> list[tuple[Any, ...]]:
    """The runs, newest first, as connection, outcome and counts."""
    return [tuple(row[name] for name in ("connection", "outcome", "read", "added", "changed", "removed", "rejected")) for row in runs]


FIRST = [("council", "done", 171, 169, 0, 0, 2), ("chamber", "done", 60, 60, 0, 0, 0)]
NOTHING = [("council", "done", 0, 0, 0, 0, 0), ("chamber", "done", 0, 0, 0, 0, 0)]


def test_a_dry_run_of_the_first_sync_makes_no_database(new_crms: TwoCrms) -> None:
    before = sorted(path.name for path in new_crms.folder.iterdir())
    done = new_crms.sync("--dry-run")
    assert done.code == 0
    assert "Dry run: this is what a sync would do; nothing was written." in done.said
    assert "chamber: 60 rows read, 60 would be added, 0 would be changed, 0 would be removed" in done.said
    assert sorted(path.name for path in new_crms.folder.iterdir()) == before
    store = Database(new_crms.url)
    if not store.is_sqlite:
        with store.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'").scalar() == 0
    store.close()
    real = new_crms.sync()
    assert real.said.split("24 businesses")[1] == done.said.split("24 businesses")[1]


@pytest.mark.parametrize("words", [(), ("--full",), ("--accept-deletions",), ("chamber",)])
def test_a_dry_run_says_what_the_sync_then_does_and_writes_nothing(crms: TwoCrms, words: tuple[str, ...]) -> None:
    crms.synced()
    before = crms.tables()
    crms.change("chamber/contacts.csv", "C1,", "C1000,")
    crms.change("chamber.yaml", "subject: Title, ", "")
    crms.change("council/accounts.csv", "Firm 3 Ltd", "Third Firm Ltd")
    dry = crms.sync("--dry-run", *words)
    assert crms.tables() == before
    real = crms.sync(*words)
    assert (dry.code, real.code) == (0, 0)
    assert dry.said.replace("would be ", "").removeprefix("Dry run: this is what a sync do; nothing was written. ") in (
        real.said,
        f"Dry run: this is what a sync would do; nothing was written. {real.said}",
    )


def test_a_dry_run_of_a_fault_writes_nothing_and_says_so(crms: TwoCrms) -> None:
    crms.synced()
    before = crms.tables()
    crms.change("chamber/contacts.csv", "Ref,", "Reference,")
    assert crms.sync("--dry-run").code == 3
    assert crms.tables() == before


def test_everything_read_again_changes_nothing(crms: TwoCrms) -> None:
    assert crms.sync().code == 0
    assert counted(crms.rows("runs")) == FIRST
    before = {name: rows for name, rows in crms.tables().items() if name != "run"}
    again = crms.sync("--full")
    assert "chamber: 60 rows read, 0 added, 0 changed, 0 removed" in again.said
    assert "council: 171 rows read, 0 added, 0 changed, 0 removed, 2 rejected (`placebridge rejects` lists them)" in again.said
    assert {name: rows for name, rows in crms.tables().items() if name != "run"} == before
    crms.sync()
    assert counted(crms.rows("runs"))[:2] == NOTHING


def test_another_day_and_back_again(crms: TwoCrms, new_database_url: Callable[[], str]) -> None:
    crms.synced()
    before = crms.flags()
    assert "->" in crms.sync(as_of="2025-03-01").out
    then = crms.flags("2025-03-01")
    assert {row["state"] for row in then.values()} != {row["state"] for row in before.values()} or then != before
    assert crms.flags() == before
    assert "->" in crms.sync().out
    assert crms.flags() == before
    assert crms.flags("2025-03-01") == then
    crms.url = new_database_url()
    crms.configure("council", "chamber")
    crms.sync(as_of="2025-03-01")
    assert crms.flags("2025-03-01") == then


def test_only_the_connection_named_is_read_whatever_its_case_and_once(crms: TwoCrms) -> None:
    done = crms.sync("Chamber", "chamber")
    assert done.code == 0
    assert "council" not in done.said
    assert counted(crms.rows("runs")) == FIRST[1:]
    assert {row["connections"] for row in crms.flags().values()} == {"chamber"}


def test_a_deletion_is_refused_until_it_is_accepted(crms: TwoCrms) -> None:
    crms.synced()
    whole = (crms.folder / "council/accounts.csv").read_text()
    (crms.folder / "council/accounts.csv").write_text("\n".join(whole.splitlines()[:3]) + "\n")
    before = crms.flags()
    refused = crms.sync()
    assert refused.code == 3
    assert "council: 0 rows read" in refused.said
    assert "this read would remove 22 of 24 business records, which looks like a broken or partial export" in refused.said
    assert "run the sync again with --accept-deletions" in refused.said
    assert crms.flags() == before
    assert "22 removed" in crms.sync("--accept-deletions").said
    (crms.folder / "council/accounts.csv").write_text(whole)
    assert "22 changed" in crms.sync().said
    assert crms.flags() == before


def _no_folder(crms: TwoCrms) -> object:
    return (crms.folder / "chamber").rename(crms.folder / "elsewhere")


FAULTS: dict[str, tuple[Callable[[TwoCrms], object], str]] = {
    "no folder": (_no_folder, "does not exist; create it or correct the connection's PATH"),
    "no file": (lambda crms: (crms.folder / "chamber/contacts.csv").unlink(), "contacts.csv"),
    "another header": (lambda crms: crms.change("chamber/contacts.csv", "Ref,", "Reference,"), "contacts.csv has no column 'Ref'"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_connection_fails_and_the_other_goes_on(crms: TwoCrms, name: str) -> None:
    spoil, words = FAULTS[name]
    spoil(crms)
    done = crms.sync()
    assert done.code == 3
    assert "council: 171 rows read, 169 added" in done.said
    assert words in done.said.split("council:")[0]
    assert "Traceback" not in done.said
    run = {row["connection"]: row for row in crms.rows("runs")}
    assert run["council"]["outcome"] == "done"
    assert run["chamber"]["outcome"] in {"failed", "partial"}
    assert words in run["chamber"]["message"]
    assert crms.sync("chamber").code == (1 if name == "no folder" else 3)


def test_where_all_fail_it_says_so(crms: TwoCrms) -> None:
    _no_folder(crms)
    (crms.folder / "council").rename(crms.folder / "moved")
    done = crms.sync()
    assert done.code == 1
    assert done.said.count("does not exist; create it or correct the connection's PATH") == 2
    assert {row["outcome"] for row in crms.rows("runs")} == {"failed"}


def test_a_changed_field_map_is_taken_up(crms: TwoCrms) -> None:
    crms.synced()
    assert not any(" of ZX" in row["name"] for row in crms.flags().values())
    crms.change("council.yaml", "name: Name, company", 'name: {from: [Name, Post], join: " of "}, company')
    done = crms.sync()
    assert "council: 24 rows read, 0 added, 24 changed" in done.said
    assert "chamber: nothing new to read" in done.said
    assert all(" of ZX" in row["name"] for row in crms.flags().values())


def test_ctrl_c_stops_in_plain_words_and_it_goes_on(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> None:
    pull = FilesConnector.pull

    def stopped(self: FilesConnector, entity: Any, cursor: Any) -> Iterator[Any]:
        for page in pull(self, entity, cursor):
            yield page
            if entity.source == "people.csv":
                raise KeyboardInterrupt

    monkeypatch.setattr(FilesConnector, "pull", stopped)
    done = crms.sync()
    assert (done.code, done.err) == (130, "stopped; run it again to go on where it was\n")
    assert {row["outcome"] for row in crms.rows("runs")} == {"running"}
    monkeypatch.setattr(FilesConnector, "pull", pull)
    assert crms.sync().code == 0
    assert counted(crms.rows("runs")) == FIRST


def test_a_connection_taken_out_of_the_settings_stays_and_is_named(crms: TwoCrms) -> None:
    crms.synced()
    before = crms.flags()
    crms.configure("council")
    words = (
        "chamber", "it is not in the settings any more. What was read of it (60 records) stays and still counts.",
        "`placebridge connection remove chamber` removes them",
    )  # fmt: skip
    for done in (crms.sync(), crms.sync("--dry-run")):
        assert done.code == 0
        assert [word for word in words if word not in done.said] == []
    assert crms.flags() == before
    checked = crms.rows_of("check")
    line = next(row for row in checked if row["connection"] == "chamber")
    assert (line["check"], line["ok"]) == ("settings", "no")
    assert "it is not in the settings any more" in line["detail"]
    assert "there is no connection 'chamber'; known are council" in crms.sync("chamber").said


def test_two_connections_may_read_one_folder(crms: TwoCrms) -> None:
    crms.configure("council", "chamber", "twin:chamber")
    assert crms.sync().code == 0
    assert {row["connections"] for row in crms.flags().values()} >= {"chamber|council|twin"}
    line = next(row for row in crms.rows_of("check") if row["connection"] == "twin" and row["check"] == "settings")
    assert line["ok"] == "no"
    assert "reads the same by the same field map as chamber, so every record is there twice; take one of them out" in line["detail"]


def test_rejects_keep_the_day_since_when_they_stand(crms: TwoCrms) -> None:
    crms.sync(as_of="2026-10-01")
    before = crms.rows("rejects")
    assert {row["since"] for row in before} == {"2026-10-01"}
    assert [tuple(row) for row in before] == [("connection", "entity", "source_id", "reason", "since")] * 3
    with (crms.folder / "council/people.csv").open("a") as out:
        out.write("P1,Another Ann,Clerk,,A2,,\n")
    crms.sync("--full")
    after = crms.rows("rejects")
    assert [row for row in after if row["source_id"] != "P1"] == before
    assert [row["since"] for row in after if row["source_id"] == "P1"] == [DAY]


def test_runs_hold_the_columns_of_the_contract(crms: TwoCrms) -> None:
    crms.sync()
    rows = crms.rows("runs")
    assert list(rows[0]) == [
        "id",
        "connection",
        "started_at",
        "ended_at",
        "outcome",
        "read",
        "added",
        "changed",
        "removed",
        "rejected",
        "message",
    ]
    for row in rows:
        begun, ended = (datetime.strptime(row[name], "%Y-%m-%dT%H:%M:%S%z") for name in ("started_at", "ended_at"))
        assert begun <= ended
        assert abs((datetime.now(ZoneInfo("UTC")) - ended).total_seconds()) < 60
    assert crms("runs", "--format", "csv", "--limit", "1").out.count("\n") == 2


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-13-01", "'2026-13-01' is no day; write it as in 2026-11-01"),
        ("01/11/2026", "'01/11/2026' is no day; write it as in 2026-11-01"),
        ("9999-12-31", "'9999-12-31' is too far off; write a day between 1900 and 2199"),
        ("0001-01-01", "'0001-01-01' is too far off"),
    ],
)
@pytest.mark.parametrize("command", [("sync",), ("flags",), ("explain", "Firm 1")])
def test_a_day_that_is_none_is_told_and_nothing_begun(
    world: Path, placebridge: Any, command: tuple[str, ...], day: str, words: str
) -> None:
    done = placebridge(*command, "--as-of", day)
    assert done.code == 2
    assert words in done.said
    assert not (world / "placebridge.db").exists()
