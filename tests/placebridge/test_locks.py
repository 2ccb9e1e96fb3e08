"""One writer at a time, what a killed one leaves, and a database that cannot be written."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from store.lease import whole
from tests.placebridge.commands import ROOT
from tests.placebridge.conftest import CONFIG, FIELD_MAP
from tests.placebridge.two_crms import TwoCrms

WRITERS = [
    ("sync",), ("sync", "--dry-run"), ("register", "load", "register.csv"), ("connection", "remove", "council", "--yes"),
    ("connection", "rename", "chamber", "business_network"),
]  # fmt: skip
READERS = [("check",), ("flags",), ("explain", "Firm 7 Ltd"), ("runs",), ("rejects",), ("export", "links", "links.csv")]


def test_a_second_writer_is_told_and_readers_go_on(crms: TwoCrms) -> None:
    crms.synced()
    (crms.folder / "register.csv").write_text("CompanyName, CompanyNumber\nFIRM 1 LIMITED,04100917\n")
    before = crms.tables()
    store = Database(crms.url)
    with whole(store):
        for words in WRITERS:
            done = crms(*words)
            assert done.code == 75, words
            assert "another command is changing this database; try again when it has ended (`placebridge runs` shows it)" in done.said
        for words in READERS:
            assert crms(*words).code == 0, words
    store.close()
    assert crms.tables() == before
    for words in WRITERS:
        assert crms(*words).code == 0, words


HOLD = """
import sys, time
from store.database import Database
from store.lease import whole
with whole(Database(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_writer_leaves_is_in_nobodys_way(crms: TwoCrms) -> None:
    crms.synced()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", HOLD, crms.url], env=environment, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert crms.sync().code == 75
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    until = time.monotonic() + 20
    while (code := crms.sync().code) == 75 and time.monotonic() < until:
        time.sleep(0.1)  # PostgreSQL takes a moment to notice that a client is gone
    assert code == 0


@pytest.fixture
def readonly() -> Iterator[Path]:
    """A folder with a synced database that others may read and not write."""
    folder = Path(tempfile.mkdtemp(prefix="placebridge-"))
    (folder / "config.env").write_text(CONFIG)
    (folder / "council.yaml").write_text(FIELD_MAP)
    (folder / "exports").mkdir()
    (folder / "exports/accounts.csv").write_text("Account,Account Name\nA1,Acme Ltd\n")
    (folder / "exports/contacts.csv").write_text("Contact,First Name,Last Name,Job Title,Account\nC1,Ann,Lee,CEO,A1\n")
    assert _as_others(folder, "sync", others=False).returncode == 0
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def _as_others(folder: Path, *words: str, others: bool = True) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLACEBRIDGE_")} | {"PYTHONPATH": str(ROOT)}
    user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if others and os.geteuid() == 0 else []
    command = [*user, sys.executable, "-m", "placebridge", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(readonly: Path) -> None:
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("needs setpriv to be another user")
    if _as_others(readonly, "--version").returncode:
        pytest.skip("needs another user who may read this Python")
    for words in (("sync",), ("sync", "--dry-run"), ("connection", "remove", "council", "--yes"), ("flags",), ("check",)):
        done = _as_others(readonly, *words)
        said = " ".join((done.stdout + done.stderr).replace("│", " ").split())
        assert "Traceback" not in said
        if done.returncode or words[0] != "flags":
            assert done.returncode == 1, said
            assert "cannot be written by this user" in said or words[0] == "check"
            assert "PLACEBRIDGE_DATABASE_URL" in said
