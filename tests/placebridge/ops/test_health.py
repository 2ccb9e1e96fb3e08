"""A worker's health over real HTTP, on both databases; the metrics as Prometheus reads them."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from structlog.testing import capture_logs

from placebridge import __version__
from placebridge.worker.at_work import AtWork
from placebridge.worker.health.metrics import Metrics
from store.database import Database
from tests.placebridge.commands import ROOT
from tests.placebridge.ops.at_work import TABLES, Pages, ago, due, free_port, put, run, worker

STAGES = ":stages"


def test_a_worker_that_beats_is_well_and_ready(pages: Pages, work: AtWork) -> None:
    assert (pages.get("/healthz").status, pages.get("/healthz").text) == (200, "well\n")
    assert (pages.get("/readyz").status, pages.get("/readyz").text) == (200, "ready\n")
    work.beat_at = time.monotonic() - 119
    assert pages.get("/healthz").status == 200


def test_one_whose_beat_is_late_says_so_in_one_line(pages: Pages, work: AtWork) -> None:
    work.beat_at = time.monotonic() - 121
    answer = pages.get("/healthz")
    assert answer.status == 503
    assert re.fullmatch(r"the newest beat was 12\d seconds ago, and is late after 120; restart the worker\n", answer.text)
    assert pages.get("/readyz").status == 200


@pytest.mark.parametrize("path", ["/", "/metrics/", "/healthz/..", "/admin", "/favicon.ico", "/%2e%2e/etc/passwd"])
def test_all_else_is_not_found(pages: Pages, path: str) -> None:
    assert pages.get(path).status == 404


@pytest.mark.parametrize(("path", "method", "status"), [("/healthz", "HEAD", 200), ("/healthz", "POST", 404), ("/metrics", "DELETE", 405)])
def test_it_only_answers(pages: Pages, path: str, method: str, status: int) -> None:
    answer = pages.get(path, method)
    assert answer.status == status
    assert answer.text == "" or status != 200


@pytest.mark.parametrize(
    ("revision", "said"), [("0001", "older than this program; run `placebridge upgrade`"), ("9999", "by a newer version")]
)
def test_it_is_not_ready_for_another_schema(pages: Pages, store: Database, revision: str, said: str) -> None:
    with store.connect() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
    answer = pages.get("/readyz")
    assert answer.status == 503
    assert said in answer.text
    assert pages.get("/healthz").status == 200


def test_without_a_database_it_is_alive_but_not_ready(started: Callable[..., AtWork], tmp_path: Path) -> None:
    port = free_port()
    work = started(health_port=port)
    work.store = Database(f"sqlite:///{tmp_path}/gone.db")
    pages = Pages(port)
    assert pages.get("/readyz").text == "the database's file is gone\n"
    assert not (tmp_path / "gone.db").exists()
    work.store = Database(f"postgresql://someone:s3cret@127.0.0.1:{free_port()}/none")
    answer = pages.get("/readyz")
    assert (answer.status, answer.text) == (503, "the database cannot be reached; `placebridge doctor` says why\n")
    metrics = pages.metrics()
    assert metrics[("placebridge_database_up",)] == 0
    assert metrics[("placebridge_worker_beat_age_seconds",)] < 60
    assert ("placebridge_workers_alive",) not in metrics


def test_a_database_that_does_not_answer_is_waited_for_two_seconds(started: Callable[..., AtWork]) -> None:
    """A server that takes the connection and says nothing, as behind a firewall that lost its state."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = free_port()
        started(health_port=port).store = Database(f"postgresql://someone@127.0.0.1:{silent.getsockname()[1]}/none")
        began = time.monotonic()
        asked = [threading.Thread(target=Pages(port).get, args=("/readyz",)) for _ in range(5)]
        for one in asked:
            one.start()
        answer = Pages(port).get("/readyz")
        for one in asked:
            one.join()
        assert (answer.status, answer.text) == (503, "the database does not answer within 2 seconds\n")
        assert time.monotonic() - began < 5
        assert sum(thread.name == "look" for thread in threading.enumerate()) == 1  # the others wait for the first one's


def test_the_metrics_of_a_database_without_work(pages: Pages) -> None:
    found = pages.metrics()
    assert found[("placebridge_build_info", __version__)] == 1
    assert found[("placebridge_database_up",)] == 1
    assert found[("placebridge_queue_depth",)] == 0
    assert found[("placebridge_lag_seconds", "council")] == 0
    assert found[("placebridge_schedule_interval_seconds", "council")] == 3600
    assert found[("placebridge_schedule_interval_seconds", "chamber")] in {23 * 3600, 24 * 3600, 25 * 3600}
    assert ("placebridge_schedule_interval_seconds", STAGES) not in found
    assert ("placebridge_last_success_timestamp_seconds", "council") not in found
    assert found[("placebridge_rows_total", "chamber", "read")] == 0


@pytest.fixture
def night(store: Database) -> None:
    """Council was read an hour ago and is being read; chamber has failed twice and waits; two workers live, one is dead."""
    put(store, TABLES["connection"], {"id": 1, "name": "council", "kind": "files", "side": "council", "version": 1})
    put(
        store,
        TABLES["run"],
        run("council", ago(hours=3), read=100, added=100),
        run("council", ago(hours=1), read=20, changed=5, rejected=2, removed=1),
        run("chamber", ago(hours=26), read=7),
        run("chamber", ago(minutes=50), "failed", message="sign-in was refused"),
        run("gone", ago(hours=1), read=1000),
    )
    put(
        store,
        TABLES["due"],
        due("council", ago(hours=3)),
        due("council", ago(hours=1)),
        due("council", ago(minutes=1), "running", started_at=ago(minutes=1)),
        due("council", ago(), "waiting"),
        due("chamber", ago(minutes=50), "waiting", started_at=ago(minutes=50), attempts=2, outcome="failed", not_before=ago(hours=-1)),
        due(STAGES, ago(minutes=58)),
    )
    put(
        store,
        TABLES["worker"],
        worker("a", ago(), __version__),
        worker("b", ago(seconds=30), __version__),
        worker("c", ago(minutes=9), "0.0.1"),
    )
    refused = {"connection_id": 1, "entity": "business", "stage": "read", "reason": "no name", "since": ago().date()}
    put(store, TABLES["reject"], *({**refused, "source_id": f"A{n}", "hash": bytes([n]) * 16} for n in range(3)))
    flag = {
        "reach": "none",
        "priority": 1,
        "points": {},
        "approach": "Zoe Quill",
        "via": "",
        "place": "",
        "themes": "",
        "connections": "council",
    }
    states = ("engaged", "no_leader_known", "no_leader_known")
    rows = [
        {**flag, "business_id": f"b{n}", "state": state, "reason": "Zoe Quill left", "as_of": ago().date()}
        for n, state in enumerate(states)
    ]
    put(store, TABLES["flag"], *rows)


@pytest.mark.usefixtures("night")
def test_the_metrics_tell_how_it_stands(pages: Pages, work: AtWork) -> None:
    work.acts = True
    found = pages.metrics()
    wanted = {
        ("placebridge_worker_acts",): 1,
        ("placebridge_workers_alive",): 2,
        ("placebridge_queue_depth",): 1,
        ("placebridge_last_success_timestamp_seconds", "council"): ago(hours=1).timestamp() + 90,
        ("placebridge_last_success_timestamp_seconds", "chamber"): ago(hours=26).timestamp() + 90,
        ("placebridge_last_success_timestamp_seconds", STAGES): ago(minutes=58).timestamp() + 90,
        ("placebridge_failed_tries", "chamber"): 2,
        ("placebridge_failed_tries", "council"): 0,
        ("placebridge_failing", "chamber"): 1,
        ("placebridge_failing", "council"): 0,
        ("placebridge_running", "council"): 1,
        ("placebridge_running", "chamber"): 0,
        ("placebridge_paused", "council"): 0,
        ("placebridge_run_duration_seconds", "council"): 90,
        ("placebridge_rows_total", "council", "read"): 120,
        ("placebridge_rows_total", "council", "added"): 100,
        ("placebridge_rows_total", "council", "changed"): 5,
        ("placebridge_rows_total", "council", "removed"): 1,
        ("placebridge_rows_total", "council", "rejected"): 2,
        ("placebridge_rejects", "council"): 3,
        ("placebridge_rejects", "chamber"): 0,
        ("placebridge_flags", "engaged"): 1,
        ("placebridge_flags", "no_leader_known"): 2,
    }
    assert {key: found.get(key) for key in wanted} == wanted
    assert 3000 <= found[("placebridge_lag_seconds", "chamber")] < 3600
    assert not [key for key in found if "gone" in key]  # of a connection that is in the settings no more


@pytest.mark.usefixtures("night")
def test_the_metrics_name_nobody(pages: Pages) -> None:
    told = pages.get("/metrics").text
    assert "placebridge_flags" in told
    assert [word for word in ("Zoe", "Quill", "sync-1", "sign-in", "A1", "b1") if word in told] == []


@pytest.mark.usefixtures("night")
def test_a_paused_connection_says_so(pages: Pages, store: Database) -> None:
    with store.connect() as connection:
        connection.execute(text("INSERT INTO schedule (connection, followed, paused_at) VALUES ('chamber', '', '2026-01-01 00:00:00+00')"))
    found = pages.metrics()
    assert (found[("placebridge_paused", "chamber")], found[("placebridge_paused", "council")]) == (1, 0)


def test_openmetrics_and_a_choice_of_names_are_served_too(pages: Pages) -> None:
    answer = pages.get("/metrics?name[]=placebridge_queue_depth")
    assert [family.name for family in text_string_to_metric_families(answer.text)] == ["placebridge_queue_depth"]


def test_a_port_in_use_is_said_and_the_worker_goes_on(started: Callable[..., AtWork]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, capture_logs() as logs:
        started(health_port=taken.getsockname()[1])
    (line,) = logs
    assert (line["log_level"], line["event"], line["why"]) == ("error", "health is not served", "address already in use")
    assert "HEALTH_PORT" in line["to_do"]


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.9"])
def test_a_host_that_is_not_this_machine_is_said(started: Callable[..., AtWork], host: str) -> None:
    with capture_logs() as logs:
        started(health_port=free_port(), health_host=host)
    assert [line["event"] for line in logs] == ["health is not served"]


def test_port_0_serves_nothing(started: Callable[..., AtWork]) -> None:
    with capture_logs() as logs:
        started(health_port=0)
    assert logs == []


@pytest.mark.skipif(not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists(), reason="this machine has no IPv6")
def test_an_ipv6_address_is_served(started: Callable[..., AtWork]) -> None:
    port = free_port("::1")
    started(health_port=port, health_host="::1")
    assert Pages(port, "::1").get("/healthz").text == "well\n"


def test_each_metric_stands_in_the_documents_and_only_those(work: AtWork) -> None:
    page = (ROOT / "docs/worker.md").read_text()
    table = re.search(r"^## Metrics\n(.*?)(?=^## )", page, re.M | re.S)
    assert table
    names = {f"{family.name}_total" if family.type == "counter" else family.name for family in Metrics(work).describe()}
    assert set(re.findall(r"^\| `(placebridge_\w+)", table[1], re.M)) == names
    rules = (ROOT / "deploy/prometheus/alerts.yaml").read_text()
    assert set(re.findall(r"\bplacebridge_\w+", rules)) <= names


@pytest.fixture
def systemd() -> Iterator[socket.socket]:
    """The socket on which a service manager listens, as Linux's abstract ones: without a file."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("")  # a free name
        yield listening


@pytest.fixture
def service(world: Path, systemd: socket.socket) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`placebridge worker`, as systemd starts it."""
    port = free_port()
    known = {name: value for name, value in os.environ.items() if not name.startswith("PLACEBRIDGE_")}
    given = {
        "PYTHONPATH": str(ROOT),
        "PLACEBRIDGE_WORKER__HEALTH_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "NOTIFY_SOCKET": systemd.getsockname(),
    }
    command = [sys.executable, "-m", "placebridge", "worker", "--config", str(world / "config.env")]
    with subprocess.Popen(command, env=known | given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        yield process, port
        process.kill()


def test_a_worker_serves_its_health_until_it_stops(service: tuple[subprocess.Popen[str], int], systemd: socket.socket) -> None:
    """And it tells systemd what Type=notify and WatchdogSec= wait for."""
    process, port = service
    assert process.stdout is not None
    assert any("worker acts" in line for line in process.stdout)
    pages = Pages(port)
    assert pages.get("/readyz").status == 200
    assert pages.metrics()[("placebridge_worker_acts",)] == 1
    process.send_signal(signal.SIGTERM)
    process.stdout.read()
    assert process.wait(20) == 0
    with pytest.raises(OSError, match="refused"):
        pages.get("/healthz")
    said = "\n".join(iter(lambda: "" if not select.select([systemd], [], [], 0)[0] else systemd.recv(4096).decode(), ""))
    assert [word for word in ("READY=1", "WATCHDOG=1", "STOPPING=1") if word not in said.splitlines()] == []
