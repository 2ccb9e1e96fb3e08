"""`placebridge upgrade`: from which schema to which, with a backup first, by one of however many try at once."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from placebridge.keeping import upgrade
from store import migrate
from store.database import Database
from store.lease import whole
from store.lock import only_one
from tests.placebridge.commands import ROOT, Commands
from tests.placebridge.next_version import NEXT, next_version
from tests.placebridge.two_crms import TwoCrms


def test_it_says_from_where_to_where_and_backs_sqlite_up(crms: TwoCrms, tmp_path: Path) -> None:
    crms.synced()
    old, before = migrate.head(), crms.tables()
    with next_version(tmp_path / "next"):
        done = crms("upgrade")
        assert done.code == 0, done
        assert f"The database is upgraded from schema {old} to {NEXT}." in done.said
        assert f"The database is up to date (schema {NEXT})." in crms("upgrade").said
    assert crms("upgrade").code == 1
    if crms.url.startswith("sqlite"):
        kept = next(crms.folder.glob(f"*.{old}.backup"))
        assert f"A backup of the old database is in {kept}" in done.out.replace("\n  ", " ")
        assert crms("restore", kept.name, "--yes").code == 0
        assert crms.tables() == before


def test_a_backup_of_before_is_never_replaced(placebridge: Commands, tmp_path: Path) -> None:
    placebridge("sync")
    old = migrate.head()
    for _ in range(2):
        with next_version(tmp_path / "next"):
            assert placebridge("upgrade").code == 0
        assert placebridge("restore", f"placebridge.db.{old}.backup", "--yes").code == 0
    assert sorted(path.name for path in tmp_path.glob("*.backup*")) == [f"placebridge.db.{old}.backup", f"placebridge.db.{old}.backup-2"]


def test_a_new_database_is_set_up(new_crms: TwoCrms) -> None:
    done = new_crms("upgrade")
    assert (done.code, done.said) == (0, f"The database is set up (schema {migrate.head()}).")
    assert list(new_crms.folder.glob("*.backup*")) == []


def test_several_at_once_one_does_it_and_the_others_wait(new_crms: TwoCrms) -> None:
    command = [sys.executable, "-m", "placebridge", "upgrade", "--config", "config.env"]
    options = {"env": os.environ | {"PYTHONPATH": str(ROOT)}, "cwd": new_crms.folder, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    processes = [subprocess.Popen(command, text=True, **options) for _ in range(5)]  # type: ignore[call-overload]
    said = [process.communicate(timeout=100)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 5, said
    assert sum("is set up" in line for line in said) == 1, said
    assert new_crms("check").code in {0, 1}
    with closing(Database(new_crms.url)) as store:
        assert migrate.held(store) == migrate.head()


def test_it_waits_for_a_sync_that_runs_and_then_goes_on(crms: TwoCrms) -> None:
    crms.synced()
    with closing(Database(crms.url)) as store, next_version(crms.folder / "next"):
        held, seen = threading.Event(), threading.Event()

        def hold() -> None:
            with whole(store):
                held.set()
                seen.wait(2)  # the time in which the upgrade must wait

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait()
        done = crms("upgrade")
        holder.join()
        assert (done.code, migrate.held(store)) == (0, NEXT)


@pytest.mark.parametrize(
    ("lock", "said"), [("keeping", "another command is changing this database"), ("migrate", "another process is upgrading")]
)
def test_one_that_waited_in_vain_says_so_and_changes_nothing(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch, lock: str, said: str) -> None:
    crms.synced()
    monkeypatch.setattr(upgrade, "WAIT", 0.3)
    monkeypatch.setattr(migrate, "WAIT", 0.3)
    with closing(Database(crms.url)) as store, next_version(crms.folder / "next"), only_one(store, lock):
        old = migrate.held(store)
        done = crms("upgrade")
        assert (done.code, migrate.held(store)) == (75, old)
        assert said in done.said


def test_what_a_newer_program_wrote_is_left_alone(crms: TwoCrms, new_database_url: Callable[[], str]) -> None:
    crms.synced()
    with next_version(crms.folder / "next"):
        crms("upgrade")
    done = crms("upgrade")
    assert done.code == 1
    assert f"its schema is {NEXT}, this program knows up to {migrate.head()}" in done.said
