"""A folder with three small CRMs and their settings, a database, and real workers on them: `python -m placebridge worker`."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from jobs.schedules import plans
from jobs.schedules.tick import changed
from store import migrate
from store.database import Database
from store.lease import STAGES
from store.tables import Connection
from tests.small_world import CHAMBER, COUNCIL, files, later, write

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("chamber", "council", "network")
PATHS = {"chamber": "chamber", "council": "council", "network": "other/chamber"}
QUICK = {
    "BEAT_SECONDS": "0.3", "LEASE_SECONDS": "4", "RETRY_MINUTES": "0.005 0.005 0.005 0.005", "HEALTH_PORT": "0", "LOGS": "json",
}  # fmt: skip
"""Worker settings under which minutes are seconds."""
PATIENCE = 120.0
"""Seconds to wait for what must come; far more than it takes."""


class WorkerWorld:
    """The world. `more`: worker settings besides, or instead of, the quick ones."""

    def __init__(self, folder: Path, url: str, seed: int = 1, firms: int = 40, more: Mapping[str, str] | None = None) -> None:
        self.folder, self.url = folder, url
        self._first, self._other = files(seed, firms), files(seed + 1, firms)
        self.write(False)
        for name, words in (("council", COUNCIL), ("chamber", CHAMBER), ("network", CHAMBER)):
            (folder / f"{name}.yaml").write_text(words, encoding="utf-8")
        self.configure(more or {})

    def configure(self, more: Mapping[str, str]) -> None:
        """Writes config.env."""
        lines = [f"PLACEBRIDGE_DATABASE_URL={self.url}"]
        lines += [f"PLACEBRIDGE_WORKER__{name}={value}" for name, value in ({**QUICK} | dict(more)).items()]
        for name in NAMES:
            key = f"PLACEBRIDGE_CONNECTIONS__{name.upper()}__"
            lines += [f"{key}KIND=files", f"{key}SIDE={side_of(name)}", f"{key}PATH={PATHS[name]}", f"{key}MAPPING={name}.yaml"]
        (self.folder / "config.env").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def write(self, month_on: bool) -> None:
        """Writes the exports, as they are first or a month on."""
        lines, other = (later(self._first), later(self._other)) if month_on else (self._first, self._other)
        write(self.folder, lines)
        write(self.folder / "other", other)

    def prepare(self) -> None:
        """Brings the schema up to date, and sees the connections in a fixed order, by which they get their numbers."""
        with closing(Database(self.url)) as store:
            migrate.upgrade(store)
            with store.begin() as session:
                session.add_all(Connection(name=name, kind="files", side=side_of(name), version=0) for name in NAMES)

    def ask(self, *names: str) -> None:
        """Has connections read now."""
        with closing(Database(self.url)) as store:
            for name in names or NAMES:
                plans.ask(store, name, "test", datetime.now(UTC))

    def start(self, log: Path | None = None) -> subprocess.Popen[bytes]:
        """A worker, in a session of its own; what it says goes to a file."""
        target = (log or self.folder / "worker.log").open("ab")
        with target:
            words = [sys.executable, "-m", "placebridge", "worker"]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            return subprocess.Popen(words, cwd=self.folder, env=environment, stdout=target, stderr=target, start_new_session=True)

    def lines(self) -> list[dict[str, Any]]:
        """What the workers said so far, a line each."""
        return [json.loads(line) for line in (self.folder / "worker.log").read_text().splitlines() if line.startswith("{")]

    def settled(self) -> bool:
        """Whether every run has ended, the stages after the pulls too."""
        with closing(Database(self.url)) as store, store.reading() as connection:
            rows = connection.execute(select(plans.due_run.c.connection, plans.due_run.c.state)).all()
            return (
                bool(rows)
                and all(row.state == "ended" for row in rows)
                and any(row.connection == STAGES for row in rows)
                and not changed(connection)
            )

    def settle(self) -> None:
        """Waits until it has. Raises TimeoutError."""
        wait_for(self.settled)


def side_of(name: str) -> str:
    """The side of a connection of the world."""
    return "council" if name == "council" else "business"


def wait_for(come: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Looks often until `come()` is true. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not come():
        if time.monotonic() > until:
            raise TimeoutError("what must come did not")
        time.sleep(0.05)


def kill_all(*workers: subprocess.Popen[bytes]) -> None:
    """Ends workers and whatever they have started, at once."""
    for worker in workers:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            children.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
    found = list(children.get(pid, []))
    for child in found:
        found += children.get(child, [])
    return found


@contextmanager
def at_work(world: WorkerWorld, count: int = 1) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many workers, which are killed at the end."""
    workers = [world.start() for _ in range(count)]
    try:
        yield workers
    finally:
        kill_all(*workers)


def watch_leases(url: str) -> None:
    """Has the database write down every change of a lease, in the order in which they were made."""
    with closing(Database(url)) as store, store.unguarded() as connection:
        if store.is_sqlite:
            connection.execute(
                text("CREATE TABLE lease_log (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, fence INTEGER, owner TEXT)")
            )
            connection.execute(text(
                "CREATE TRIGGER lease_watch AFTER UPDATE ON lease BEGIN INSERT INTO lease_log (name, fence, owner) VALUES (new.name, new.fence, new.owner); END"
            ))  # fmt: skip
            return
        connection.execute(text("CREATE TABLE lease_log (number bigserial PRIMARY KEY, name text, fence bigint, owner text)"))
        connection.execute(text(
            "CREATE FUNCTION lease_watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO lease_log (name, fence, owner) VALUES (new.name, new.fence, new.owner); RETURN new; END $$"
        ))  # fmt: skip
        connection.execute(text("CREATE TRIGGER lease_watch AFTER UPDATE ON lease FOR EACH ROW EXECUTE FUNCTION lease_watch()"))


def overlaps(url: str) -> list[str]:
    """Where one holder of a lease wrote after the next had begun. A transaction that writes touches its lease first and last, and so two
    runs overlap exactly where a lease's numbers, in the order of the changes, go back, or one number has two owners."""
    found: list[str] = []
    newest: dict[str, tuple[int, str]] = {}
    with closing(Database(url)) as store, store.reading() as connection:
        for name, fence, owner in connection.execute(text("SELECT name, fence, owner FROM lease_log ORDER BY number")):
            before, held = newest.get(name, (0, ""))
            if fence < before or (fence == before and owner and held and owner != held):
                found.append(f"{name}: number {fence} of {owner or 'nobody'} after {before} of {held or 'nobody'}")
            newest[name] = (fence, owner or (held if fence == before else ""))
    return found
