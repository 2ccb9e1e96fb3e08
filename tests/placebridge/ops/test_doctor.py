"""`placebridge doctor`: what is well, what is not and what to do, on both databases; and where settings or database are broken."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from placebridge import __version__
from placebridge.doctor.database import clock
from placebridge.doctor.program import disks
from placebridge.doctor.words import age
from store.database import Database
from store.lease import SCHEDULER
from tests.placebridge.commands import Commands
from tests.placebridge.ops.at_work import TABLES, ago, due, free_port, on_sqlite, put, run, worker


def examined(command: Commands) -> tuple[int, list[dict[str, str]]]:
    """The exit code, and what it found."""
    done = command("doctor", "--format", "json")
    found: list[dict[str, str]] = json.loads(done.out)
    assert done.code == (1 if any(line["ok"] == "no" for line in found) else 0)
    assert [line for line in found if (line["ok"] == "no") != bool(line["do"])] == []  # each that is not well says what to do
    return done.code, found


def to_mend(command: Commands) -> dict[str, list[dict[str, str]]]:
    """What is not well, by the check."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in examined(command)[1]:
        if line["ok"] == "no":
            found.setdefault(line["check"], []).append(line)
    return found


@pytest.fixture
def well(store: Database) -> None:
    """A worker acts; both connections were read in their last interval."""
    put(store, TABLES["worker"], worker("w1", ago(), __version__))
    put(store, TABLES["lease"], {"name": SCHEDULER, "owner": "someone", "fence": 1, "until": ago(hours=-1).timestamp()})
    put(store, TABLES["run"], run("council", ago(minutes=30)), run("chamber", ago(hours=20)))


@pytest.mark.usefixtures("well")
def test_it_is_well(command: Commands, store: Database) -> None:
    code, found = examined(command)
    assert (code, to_mend(command)) == (0, {})
    checks = [line["check"] for line in found]
    wanted = {"program", "zone data", "settings", "disk", "database", "worker", "due runs", "council", "chamber"}
    assert set(checks) == wanted | (set() if store.is_sqlite else {"clock"})
    page = command("doctor")
    assert page.code == 0
    assert page.out.endswith("\nIt is well.\n")
    assert max(len(line) for line in page.out.splitlines() if "/" not in line) <= 80
    assert "w1 on sync-1" in page.said


def change(store: Database, statement: str) -> None:
    with store.connect() as connection:
        connection.execute(text(statement))


BROKEN: dict[str, tuple[Callable[[Database], None], str, str, str]] = {
    "no worker lives": (
        lambda store: change(store, "UPDATE worker SET beat_at = '2026-01-01 00:00:00+00'"),
        "worker", "none runs; w1 on sync-1 gave its last sign of life", "start",
    ),
    "none is left": (lambda store: change(store, "DELETE FROM worker"), "worker", "none runs: the last was stopped, or none was ever", "start"),
    "none acts": (lambda store: change(store, "UPDATE lease SET owner = ''"), "worker", "w1 on sync-1: newest beat", "none of them acts"),
    "its place has run out": (lambda store: change(store, "UPDATE lease SET until = 1"), "worker", "w1", "none of them acts"),
    "an old worker": (lambda store: change(store, "UPDATE worker SET version = '0.0.1'"), "worker", "is of version 0.0.1", "restart it"),
    "one that was not read for two intervals": (
        lambda store: change(store, "UPDATE run SET ended_at = '2026-01-01 00:00:00+00' WHERE connection = 'chamber'"),
        "chamber", "more than two intervals of its schedule (At 06:30 every day)", "placebridge runs",
    ),
    "one that fails": (
        lambda store: put(store, TABLES["due"], due("council", ago(minutes=9), "waiting", started_at=ago(minutes=9), attempts=2, outcome="failed",
                                                    message="sign-in was refused", not_before=ago(minutes=-9))),
        "council", "minutes ago; 2 tries failed. The newest run says: sign-in was refused", "placebridge check council",
    ),
    "one that has failed for good": (
        lambda store: put(store, TABLES["run"], run("chamber", ago(minutes=9), "failed", message="it is closed")),
        "chamber", "The newest run says: it is closed", "placebridge check chamber",
    ),
    "deletions refused": (
        lambda store: put(store, TABLES["run"], run("council", ago(minutes=9), "partial", message="gone? run the sync again with --accept-deletions")),
        "council", "gone?", "placebridge sync council --accept-deletions",
    ),
    "a forgotten pause": (
        lambda store: change(store, "INSERT INTO schedule (connection, followed, paused_at) VALUES ('council', '', '2026-01-02 09:00:00+00')"),
        "council", "paused since 02 January 09:00", "placebridge schedule resume council",
    ),
    "a run that waits too long": (
        lambda store: put(store, TABLES["due"], due("chamber", ago(hours=3), "waiting")),
        "due runs", "chamber could have begun 3 hours ago", "SIDE_BY_SIDE (now 4)",
    ),
    "the flags": (
        lambda store: put(store, TABLES["due"], due(":stages", ago(hours=3), outcome="failed", message="the disk is full")),
        "flags", "the disk is full", "placebridge sync",
    ),
}  # fmt: skip


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize("case", BROKEN)
def test_what_is_not_well_is_said_with_what_to_do(command: Commands, store: Database, case: str) -> None:
    break_it, check, detail, do = BROKEN[case]
    break_it(store)
    found = to_mend(command)
    assert list(found) == [check]
    (line,) = found[check]
    assert detail in line["detail"]
    assert do in line["do"]


@pytest.mark.usefixtures("well")
def test_what_is_no_cause_for_alarm(command: Commands, store: Database) -> None:
    """A pause of today; a failure that a later sync by hand has put right; a run under way; one that waits for a moment."""
    since = f"{ago(hours=2):%Y-%m-%d %H:%M:%S}+00"
    change(store, f"INSERT INTO schedule (connection, followed, paused_at) VALUES ('chamber', '', '{since}')")
    failed = due(
        "council", ago(hours=1), "waiting", started_at=ago(hours=1), attempts=3, outcome="failed", message="refused", not_before=ago()
    )
    put(store, TABLES["due"], failed, due("council", ago(minutes=5), "running", started_at=ago(minutes=5)))
    assert to_mend(command) == {}


@on_sqlite
def test_without_schedules_no_worker_is_needed(command: Commands, store: Database, settled: Path) -> None:
    put(store, TABLES["run"], run("council", ago(days=30)))
    lines = [line for line in settled.read_text().splitlines() if "SCHEDULE" not in line]
    settled.write_text("\n".join(lines))
    found = to_mend(command)
    assert list(found) == ["chamber"]
    assert "has no schedule and was never read" in found["chamber"][0]["detail"]


@on_sqlite
@pytest.mark.usefixtures("well")
@pytest.mark.parametrize(("days", "said"), [(100, ""), (9, "in 9 days"), (-3, "it ended on")])
def test_a_secret_that_ends(command: Commands, settled: Path, days: int, said: str) -> None:
    ends = datetime.now(UTC).date() + timedelta(days=days)
    key = "PLACEBRIDGE_CONNECTIONS__REGISTER__"
    lines = f"{key}KIND=companies_house\n{key}SIDE=register\n{key}API_KEY=s3cret\n{key}SECRET_EXPIRES={ends}\n"
    settled.write_text(settled.read_text() + lines)
    settled.chmod(0o600)
    found = [line for line in to_mend(command).get("register", []) if "secret" in line["detail"]]
    assert bool(found) == bool(said)
    assert all(said in line["detail"] and "make another" in line["do"] for line in found)


@on_sqlite
@pytest.mark.usefixtures("well")
def test_secrets_that_all_can_read(command: Commands, settled: Path, tmp_path: Path) -> None:
    key = "PLACEBRIDGE_CONNECTIONS__CHAMBER__"
    (tmp_path / "key").write_text("no key")
    added = f"{key}PRIVATE_KEY=key\n{key}PASSWORD=s3cret\n{key}HOST_KEY=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    lines = [line for line in settled.read_text().splitlines() if line != f"{key}PATH=exports"]
    settled.write_text("\n".join(lines) + f"\n{key}PATH=sftp://x@sftp.example.org/exports\n{added}")
    for file in (settled, tmp_path / "key"):
        file.chmod(0o644)
    found = to_mend(command)["settings"]
    assert [line["do"].split(" (")[0] for line in found] == [f"chmod 600 {tmp_path / 'key'}", "chmod 640 config.env"]
    settled.chmod(0o640)
    (tmp_path / "key").chmod(0o600)
    assert to_mend(command) == {}


@on_sqlite
@pytest.mark.usefixtures("well")
@pytest.mark.parametrize(
    "line",
    ["PLACEBRIDGE_NOTICES__WEBHOOK_URL=https://hooks.example.org/s3cret", "PLACEBRIDGE_DATABASE_URL=postgresql://x:s3cret@127.0.0.1/x"],
)
def test_any_secret_in_the_file_counts_and_none_elsewhere(
    command: Commands, settled: Path, store: Database, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    name, _, value = line.partition("=")
    settled.chmod(0o644)
    if not name.endswith("URL"):
        monkeypatch.setenv(name, value)
        assert to_mend(command) == {}
    monkeypatch.setenv("PLACEBRIDGE_DATABASE_URL", store.url.render_as_string(hide_password=False))
    settled.write_text("\n".join([line, *settled.read_text().splitlines()[1:]]))
    assert [found["do"].partition(" (")[0] for found in to_mend(command)["settings"]] == ["chmod 640 config.env"]


@on_sqlite
@pytest.mark.usefixtures("well")
def test_settings_with_mistakes_leave_the_rest_to_be_looked_at(command: Commands, settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACEBRIDGE_TIMEZON", "Europe/London")
    settled.write_text(settled.read_text().replace("SIDE=council", "SIDE=town", 1))
    _, found = examined(command)
    wrong = [line["detail"] for line in found if line["check"] == "settings"]
    assert wrong == [
        "PLACEBRIDGE_CONNECTIONS__COUNCIL__SIDE is none of council, business or register; write one of them",
        "PLACEBRIDGE_TIMEZON is no setting; did you mean TIMEZONE?",
    ]
    assert [line["ok"] for line in found if line["check"] in {"database", "worker"}] == ["yes", "yes"]


@on_sqlite
def test_without_settings(command: Commands, settled: Path) -> None:
    settled.unlink()
    found = to_mend(command)
    assert list(found) == ["settings", "database"]
    assert "`placebridge init` writes one" in found["settings"][0]["detail"]


@on_sqlite
@pytest.mark.parametrize(
    ("url", "said", "do"),
    [
        ("sqlite:///none.db", "yet", "placebridge sync"),
        ("sqlite:///map.yaml", "file is not a database", "PLACEBRIDGE_DATABASE_URL"),
        ("postgresql://x:s3cret@127.0.0.1:{port}/x", "the database cannot be opened", "start the server"),
        ("mysql://x:s3cret@127.0.0.1/x", "", ""),
    ],
)
def test_a_database_that_cannot_be_used(command: Commands, settled: Path, url: str, said: str, do: str) -> None:
    lines = settled.read_text().splitlines()[1:]
    settled.write_text("\n".join([f"PLACEBRIDGE_DATABASE_URL={url.format(port=free_port())}", *lines]))
    settled.chmod(0o600)
    found = to_mend(command)
    (line,) = found["database"]
    assert said in line["detail"]
    assert do in line["do"]
    assert not (settled.parent / "none.db").exists()


@pytest.mark.parametrize(
    ("revision", "detail", "do"),
    [("0001", "its schema is 0001, this program's is", "placebridge upgrade"), ("9999", "newer version", "install that version")],
)
def test_another_schema(command: Commands, store: Database, revision: str, detail: str, do: str) -> None:
    change(store, f"UPDATE alembic_version SET version_num = '{revision}'")
    (line,) = to_mend(command)["database"]
    assert detail in line["detail"]
    assert do in line["do"]


@on_sqlite
@pytest.mark.usefixtures("well")
def test_the_page_for_people_says_what_to_do(command: Commands, store: Database) -> None:
    change(store, "DELETE FROM worker")
    done = command("doctor")
    assert done.code == 1
    assert "MEND worker" in done.out
    assert "-> " in done.out
    assert "It is not well: 1 to mend." in done.said


def test_it_writes_nothing(command: Commands, store: Database) -> None:
    def held() -> Any:
        with store.reading() as connection:
            return [connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("audit", "lease", "schedule", "worker", "run")]

    before, files = held(), sorted(os.listdir(command.folder))
    command("doctor")
    assert held() == before
    assert sorted(name for name in os.listdir(command.folder) if not name.endswith(("-wal", "-shm"))) == [
        name for name in files if not name.endswith(("-wal", "-shm"))
    ]


@pytest.mark.parametrize(("skew", "said"), [(0.3, ""), (-5, ""), (61, "61 seconds ahead of"), (-4000, "4,000 seconds behind")])
def test_two_clocks(skew: float, said: str) -> None:
    found = clock(skew)
    assert found.ok == (not said)
    assert said in found.detail


def test_room_on_the_disks(tmp_path: Path) -> None:
    assert all(found.ok for found in disks(tmp_path, tmp_path / "x.db", room=1))
    assert not any(found.ok for found in disks(tmp_path / "not/there", None, room=10**18))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (7200, "2 hours"), (172_800, "2 days"), (-5, "0 seconds")],
)
def test_spans_in_words(seconds: int, said: str) -> None:
    assert age(timedelta(seconds=seconds)) == said
