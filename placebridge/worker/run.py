"""One due run from its claim to its end: what every engine carries out, whichever process or machine it is on."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from connector.contract import Stopped
from jobs.pulling import Options, Result, pull_alone
from jobs.schedules import due as due_runs
from jobs.schedules.due import Due, Ended
from jobs.schedules.plans import plans
from placebridge.faults import message_of
from placebridge.opening import lookups_of, rules_of, sources_of
from placebridge.settings import Config, ConfigError, made
from placebridge.worker.stopping import StoppableClock
from store import migrate
from store.database import Database, StoreError
from store.lease import STAGES, Fenced, hold

log = structlog.get_logger("placebridge.worker")


@dataclass(frozen=True)
class Order:
    """A due run to be carried out."""

    folder: Path
    named: Mapping[str, str] = field(repr=False)
    """The settings that are in force, whatever their file says by now."""
    due_id: int
    connection: str
    worker: str
    logs: str = "auto"


def carry_out(order: Order, asked: threading.Event, alive: Callable[[], None]) -> None:
    """Does a due run, if it waits still, and writes what became of it. `asked`: to stop; `alive` is called at each sign of progress.

    Raises Locked where another has its lease, Fenced where another took it meanwhile, and what the database or the settings raise."""
    config = made(order.named, order.folder)
    store = Database(config.database_url)
    try:
        if migrate.needs_upgrade(store):
            raise StoreError("the database is older than this program; run `placebridge upgrade`")
        with hold(store, _leases(config, order.connection), config.settings.worker.lease_seconds):
            due = due_runs.find(store, order.due_id)
            if due is not None and due_runs.claim(store, due, order.worker, datetime.now(UTC)):
                _work(_Run(config, store, due, asked, alive))
    finally:
        store.close()


def configured(config: Config) -> dict[str, str | None]:
    """Each connection of the settings with its schedule there."""
    return {name: found.schedule for name, found in config.settings.connections.items()}


def pauses_of(config: Config) -> tuple[timedelta, ...]:
    """The pauses before each new try of a run that failed."""
    return tuple(timedelta(minutes=minutes) for minutes in config.settings.worker.retry_minutes)


@dataclass(frozen=True)
class _Run:
    """A run under way."""

    config: Config
    store: Database
    due: Due
    asked: threading.Event
    alive: Callable[[], None]

    def options(self) -> Options:
        return Options(self.config.zone, progress=lambda what, done, total: self.step(), stage=lambda name: self.step())

    def step(self) -> None:
        """Between two pages or stages. Raises Stopped."""
        self.alive()
        if self.asked.is_set():
            raise Stopped


def _leases(config: Config, name: str) -> list[str]:
    """A lookup is asked among the stages, and so works on what they do."""
    return [name, STAGES] if name != STAGES and _is_lookup(config, name) else [name]


def _is_lookup(config: Config, name: str) -> bool:
    return any(source.name == name for source in lookups_of(config))


def _work(run: _Run) -> None:
    due, store = run.due, run.store
    said = log.bind(connection=due.connection, due=due.id)
    said.info("run begins", due_at=due.due_at.isoformat(), missed=due.missed, attempt=due.attempts + 1)
    try:
        ended = _stages(run) if due.connection == STAGES or _is_lookup(run.config, due.connection) else _pull(run)
    except Stopped:
        due_runs.let_go(store, due, datetime.now(UTC))
        said.info("run stopped, to go on later")
        return
    except Fenced:
        raise
    except Exception as fault:
        ended = Ended("failed", message_of(fault))
        said.error("run failed", fault=type(fault).__name__, exc_info=not isinstance(fault, ConfigError | StoreError))
    due_runs.finish(store, due, ended, pauses_of(run.config), datetime.now(UTC))
    said.info("run ends", outcome=ended.outcome, message=ended.message)


def _pull(run: _Run) -> Ended:
    source = sources_of(run.config, run.store, (run.due.connection,), StoppableClock(run.asked))[0]
    result = pull_alone(run.store, source, run.options())
    return _ended([result])


def _stages(run: _Run) -> Ended:
    from jobs.pipeline import refresh_alone  # loads every stage, which a run that only reads a connection never needs

    paused = {plan.connection for plan in plans(run.store, configured(run.config)) if plan.paused_at}
    wanted = () if run.due.connection == STAGES else (run.due.connection,)
    lookups = [found for found in lookups_of(run.config, wanted, StoppableClock(run.asked)) if wanted or found.name not in paused]
    return _ended(refresh_alone(run.store, rules_of(run.config, run.store), run.options(), lookups))


def _ended(results: list[Result]) -> Ended:
    outcomes = {result.outcome for result in results}
    outcome = "done" if outcomes <= {"done"} else "failed" if outcomes == {"failed"} else "partial"
    return Ended(
        outcome,
        "; ".join(message for result in results if result.outcome != "done" for message in result.messages),
        wait=max((result.wait for result in results), default=0.0),
        final=any(result.refused for result in results),
        more=any(result.left for result in results),
    )
