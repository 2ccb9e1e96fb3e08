"""A sync that is killed in the middle of a paged read: by the service's own log, the next one goes on from the page that was committed."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from store import bulk
from store.database import Database
from store.tables import Record
from tests.connector.http.servers import Asked
from tests.connector.sites import Reply
from tests.connector.worlds import HttpWorld, worlds
from tests.placebridge.served_crms import lines, plain_map

ROOT = Path(__file__).resolve().parents[2]
KILLED_AFTER = 2
"""How many answers with rows it gets before it is killed."""
OURS = {name: world for name, world in worlds().items() if name != "example"}


class Watched:
    """A site that notes which requests were answered with rows, and kills a process instead of answering one."""

    def __init__(self, world: HttpWorld) -> None:
        self.site, self.ids = world.site, [world.new_id(entity, number) for entity in world.entities() for number in range(world.size)]
        self.log: list[tuple[str, str, bytes]] = []
        self.victim: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Reply:
        with self._lock:
            reply: Reply = self.site(asked)
            if not self._holds_rows(reply):
                return reply
            if self.victim is not None and len(self.log) == KILLED_AFTER:
                os.kill(self.victim.pid, signal.SIGKILL)
                self.victim.wait()
                self.victim = None
                return reply
            self.log.append((asked.method, asked.target, asked.body))
            return reply

    def _holds_rows(self, reply: Reply) -> bool:
        content = reply.content() if reply.status == 200 else b""
        return any(json.dumps(source_id).encode() in content for source_id in self.ids)


@pytest.mark.parametrize("name", OURS)
def test_it_goes_on_from_the_committed_page(tmp_path: Path, name: str) -> None:
    world = OURS[name](tmp_path)
    try:
        world.layer.site = watched = Watched(world)
        expected = set()
        for entity in world.entities():
            for source_id, fields in ((world.new_id(entity, number), world.fields(entity, number)) for number in range(world.size)):
                world.put(entity, source_id, fields)
                expected.add((entity.kind, source_id, str(next(iter(fields.values())))))
        world.advance(3600)
        (tmp_path / "config.env").write_text(lines("council", name, "council", world.settings()))
        (tmp_path / "council.yaml").write_text(_connector(world) + plain_map(world.entities()))
        watched.victim = victim = _start(tmp_path)
        assert victim.wait(100) == -signal.SIGKILL, (tmp_path / "said").read_text()
        done = _start(tmp_path)
        assert done.wait(100) == 0, (tmp_path / "said").read_text()
        again = [request for request in watched.log[:KILLED_AFTER] if request in watched.log[KILLED_AFTER:]]
        assert again == [], "a page whose rows were committed is not asked for again"
        assert len(watched.log) > KILLED_AFTER
    finally:
        world.close()
    assert _held(tmp_path) == expected


def _held(folder: Path) -> set[tuple[str, str, str]]:
    store, record = Database(f"sqlite:///{folder / 'placebridge.db'}"), bulk.table_of(Record)
    with store.reading() as connection:
        rows = connection.execute(select(record).where(record.c.deleted_on.is_(None))).all()
    store.close()
    return {(row.entity, row.source_id, str(row.fields.get("name") or row.fields.get("subject"))) for row in rows}


def _connector(world: HttpWorld) -> str:
    """What the field map says to the connector, as YAML, which JSON is."""
    return f"connector: {json.dumps(world.options)}\n" if world.options else ""


def _start(folder: Path) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PLACEBRIDGE_")} | {"PYTHONPATH": str(ROOT)}
    with (folder / "said").open("wb") as said:
        return subprocess.Popen([sys.executable, "-m", "placebridge", "sync"], cwd=folder, env=environment, stdout=said, stderr=said)
