"""The metrics, read from the database when they are asked for; what a worker knows of itself is there without a database, too.

Labels are connections' names, states and machines' words for outcomes: never a record or a person.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Connection, func, select

from jobs.schedules import cron
from jobs.schedules.plans import Configured, due_run
from placebridge import __version__
from placebridge.faults import message_of
from placebridge.worker.at_work import AtWork
from placebridge.worker.health.patience import Overdue, Patience
from placebridge.worker.health.totals import ROWS, RowTotals, Totals
from placebridge.worker.run import configured
from placebridge.worker.standing import Standing, living, standings
from store import bulk
from store.tables import Connection as ConnectionRow
from store.tables import Flag, Reject

log = structlog.get_logger("placebridge.worker")
connections, reject, flag = bulk.table_of(ConnectionRow), bulk.table_of(Reject), bulk.table_of(Flag)

SECONDS = 8.0
"""So long a scrape waits for the database; Prometheus gives up after ten."""

Family = GaugeMetricFamily | CounterMetricFamily


def gauge(name: str, what: str, *labels: str) -> GaugeMetricFamily:
    """An empty family."""
    return GaugeMetricFamily(f"placebridge_{name}", what, labels=labels)


class Metrics:
    """A collector of prometheus_client."""

    def __init__(self, work: AtWork) -> None:
        self._work = work
        totals = RowTotals()
        self._database = Patience(lambda: _held(work, totals), SECONDS)
        self._trouble = False

    def describe(self) -> Iterator[Metric]:
        """Every family there is, empty."""
        yield from _Own().families
        yield from _Held().families

    def collect(self) -> Iterator[Metric]:
        """The families with their values. Without a database only what the worker knows of itself."""
        own = _Own()
        held = self._read()
        own.fill(self._work, up=held is not None)
        yield from own.families
        if held is not None:
            yield from held.families

    def _read(self) -> "_Held | None":
        try:
            held = self._database.wait()
        except Exception as fault:  # whatever it is, a scrape is answered, and says that the database is not well
            if not self._trouble:
                said = f"it did not answer within {SECONDS:g} seconds" if isinstance(fault, Overdue) else message_of(fault)
                log.warning("metrics could not be read from the database", message=said)
            self._trouble = True
            return None
        self._trouble = False
        return held


class _Own:
    """What a worker knows of itself."""

    def __init__(self) -> None:
        self.build = gauge("build_info", "1, with the version of the program.", "version")
        self.up = gauge(
            "database_up", "Whether this scrape could read the database; all metrics but this worker's own are missing where not."
        )
        self.beat = gauge("worker_beat_age_seconds", "Seconds since this worker's newest beat.")
        self.acts = gauge("worker_acts", "Whether this worker takes part; one that does not stands by, as another acts.")

    @property
    def families(self) -> tuple[Family, ...]:
        return (self.build, self.up, self.beat, self.acts)

    def fill(self, work: AtWork, up: bool) -> None:
        self.build.add_metric([__version__], 1)
        self.up.add_metric([], up)
        self.beat.add_metric([], work.beat_age())
        self.acts.add_metric([], work.acts)


class _Held:
    """What the database tells, the same for every worker on it."""

    def __init__(self) -> None:
        one = "connection"
        self.workers = gauge("workers_alive", "Workers that gave a sign of life lately, on all machines.")
        self.queue = gauge("queue_depth", "Runs that could begin and wait for room.")
        self.success = gauge("last_success_timestamp_seconds", "When it was last read without a fault; missing: never.", one)
        self.interval = gauge("schedule_interval_seconds", "The longest time between two runs of its schedule; missing: it has none.", one)
        self.lag = gauge("lag_seconds", "How long the run that waits has been due; 0: none waits.", one)
        self.tries = gauge("failed_tries", "How often the run that waits was tried and failed.", one)
        self.running = gauge("running", "Whether it is being read.", one)
        self.paused = gauge("paused", "Whether it is paused.", one)
        self.failing = gauge("failing", "Whether its newest run failed, in whole or in part.", one)
        self.duration = gauge("run_duration_seconds", "How long its newest run that ended took.", one)
        self.rows = CounterMetricFamily("placebridge_rows", "Rows of its runs by what became of them.", labels=[one, "outcome"])
        self.rejects = gauge("rejects", "Rows that stand refused now.", one)
        self.flags = gauge("flags", "Businesses by state; all but engaged are flagged.", "state")

    @property
    def families(self) -> tuple[Family, ...]:
        return (
            self.workers, self.queue, self.success, self.interval, self.lag, self.tries, self.running, self.paused, self.failing,
            self.duration, self.rows, self.rejects, self.flags,
        )  # fmt: skip


def _held(work: AtWork, totals: RowTotals) -> _Held:
    held, now, names = _Held(), datetime.now(UTC), configured(work.config)
    with work.store.reading() as connection:
        held.workers.add_metric([], len(living(connection, work.settings, now)))
        ready = due_run.c.state == "waiting", due_run.c.not_before <= now
        held.queue.add_metric([], connection.scalar(select(func.count()).select_from(due_run).where(*ready)) or 0)
        for standing in standings(connection, names):
            _stand(held, standing, work.config.zone, now)
        _count(held, connection, names, totals.read(connection))
    return held


def _stand(held: _Held, at: Standing, zone: ZoneInfo, now: datetime) -> None:
    of = [at.connection]
    if at.succeeded_at is not None:
        held.success.add_metric(of, at.succeeded_at.timestamp())
    if at.cron is not None:
        held.interval.add_metric(of, cron.interval_of_day(at.cron, zone, now.date()).total_seconds())
    held.lag.add_metric(of, max((now - at.due_at).total_seconds(), 0.0) if at.due_at else 0)
    held.tries.add_metric(of, at.failed_tries)
    held.running.add_metric(of, at.running_since is not None)
    held.paused.add_metric(of, at.paused_at is not None)
    held.failing.add_metric(of, at.newest is not None and at.newest.outcome in {"failed", "partial"})
    if at.newest is not None and at.newest.ended_at is not None:
        held.duration.add_metric(of, (at.newest.ended_at - at.newest.started_at).total_seconds())


def _count(held: _Held, connection: Connection, names: Configured, totals: Totals) -> None:
    refused = select(connections.c.name, func.count()).join(reject, reject.c.connection_id == connections.c.id).group_by(connections.c.name)
    standing_rejects = {row[0]: row[1] for row in connection.execute(refused)}
    for name in sorted(names):
        for outcome in ROWS:
            held.rows.add_metric([name, outcome], totals.get((name, outcome), 0))
        held.rejects.add_metric([name], standing_rejects.get(name, 0))
    for state, count in connection.execute(select(flag.c.state, func.count()).group_by(flag.c.state).order_by(flag.c.state)):
        held.flags.add_metric([state], count)
