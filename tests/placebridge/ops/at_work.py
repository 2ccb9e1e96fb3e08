"""Rows such as a worker leaves them, and its health as it is seen over HTTP."""

import socket
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from store import bulk
from store.database import Database
from store.tables import Connection, DueRun, Flag, Lease, Reject, Run, Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
"""For what is the same on every database."""
now = datetime.now(UTC)


def begin() -> None:
    """The moment of a test: its rows and what it expects are of one time."""
    global now
    now = datetime.now(UTC).replace(microsecond=0)


def ago(**units: float) -> datetime:
    return now - timedelta(**units)


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def put(store: Database, table: type[Any], *rows: dict[str, Any]) -> None:
    with store.connect() as connection:
        connection.execute(insert(bulk.table_of(table)), list(rows))


def run(name: str, started: datetime, outcome: str = "done", **more: Any) -> dict[str, Any]:
    counts = dict.fromkeys(("read", "added", "changed", "removed", "rejected"), 0)
    return (
        {"connection": name, "started_at": started, "ended_at": started + timedelta(seconds=90), "outcome": outcome, "message": ""}
        | counts
        | more
    )


def due(name: str, at: datetime, state: str = "ended", **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "connection": name,
        "due_at": at,
        "why": "scheduled",
        "state": state,
        "not_before": at,
        "missed": 0,
        "attempts": 0,
    }
    row |= {"worker": "", "outcome": "", "message": "", "started_at": None, "ended_at": None}
    if state == "ended":
        row |= {"started_at": at, "ended_at": at + timedelta(seconds=90), "outcome": "done"}
    return row | more


def worker(name: str, beat: datetime, version: str) -> dict[str, Any]:
    return {"id": name, "machine": "sync-1", "version": version, "started_at": ago(days=3), "beat_at": beat}


TABLES: dict[str, type[Any]] = {
    "connection": Connection, "due": DueRun, "flag": Flag, "lease": Lease, "reject": Reject, "run": Run, "worker": Worker,
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    kind: str


class Pages:
    """A worker's health by HTTP."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port = port
        self._base = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def get(self, path: str, method: str = "GET") -> Answer:
        try:
            with urllib.request.urlopen(urllib.request.Request(self._base + path, method=method), timeout=20) as response:
                return Answer(response.status, response.read().decode(), response.headers["Content-Type"])
        except urllib.error.HTTPError as fault:
            with fault:
                return Answer(fault.code, fault.read().decode(), fault.headers["Content-Type"])

    def metrics(self) -> dict[tuple[str, ...], float]:
        """Each sample's name and the values of its labels, with its value."""
        answer = self.get("/metrics")
        assert answer.status == 200, answer
        return dict(_samples(answer.text))


def _samples(text: str) -> Iterable[tuple[tuple[str, ...], float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield (sample.name, *sample.labels.values()), sample.value
