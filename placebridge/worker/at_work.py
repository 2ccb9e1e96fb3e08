"""A worker at work: what every engine shares. Its beat, its runs, and the settings, read anew when their file changes."""

import os
import platform
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from jobs.notices.watching import watch
from jobs.schedules import due as due_runs
from jobs.schedules.due import Due, Ended
from jobs.schedules.tick import tick
from placebridge import __version__
from placebridge.faults import message_of
from placebridge.notices import limits_of
from placebridge.settings import Config, ConfigError
from placebridge.settings import load as load_settings
from placebridge.worker import child, systemd
from placebridge.worker.run import Order, configured, pauses_of
from placebridge.worker.supervisor import Death, Supervisor
from placebridge.worker_settings import WorkerSettings
from store import bulk, migrate
from store.database import Database, StoreError
from store.lease import Fenced, hold
from store.lock import Locked
from store.tables import Worker

log = structlog.get_logger("placebridge.worker")
workers = bulk.table_of(Worker)

FORGOTTEN = timedelta(days=7)
"""After so long without a beat a worker's row goes."""


class AtWork:
    """One worker process."""

    def __init__(self, file: Path, config: Config, store: Database, asked: threading.Event) -> None:
        self.id = uuid.uuid4().hex[:12]
        self.config = config
        self.store = store
        self.settings: WorkerSettings = config.settings.worker
        self.supervisor = Supervisor(self.settings.stall_minutes * 60)
        self.asked = asked
        """Set: this worker is to stop."""
        self.stopping = False
        self.outdated = False
        """It stops because a newer program has the database."""
        self.beat_at = time.monotonic()
        """When it last gave a sign of life."""
        self.trouble = ""
        """What keeps the newest beat from its work; empty: nothing."""
        self.acts = False
        self._file = file.resolve()
        self._read_at = _stamp(self._file)
        self._started_at = datetime.now(UTC)

    def beat_age(self) -> float:
        """Seconds since it last gave a sign of life."""
        return time.monotonic() - self.beat_at

    def tick(self) -> None:
        """Looks what is due, lets what dead workers left wait again, and raises or clears alerts."""
        now = datetime.now(UTC)
        tick(self.store, configured(self.config), self.config.zone, now)
        for due in due_runs.rescue(self.store, pauses_of(self.config), now):
            log.warning("run left by a dead worker, to go on", connection=due.connection, due=due.id)
        watch(self.store, now, limits_of(self.config))

    def run(self, due: Due) -> None:
        """Carries out a due run in a process of its own. Raises Locked where a command is at work on its connection."""
        came_to = self.supervisor.run(Order(self.config.folder, self.config.named, due.id, due.connection, self.id, self.settings.logs))
        if isinstance(came_to, Death):
            log.error("run died", connection=due.connection, due=due.id, message=came_to.message)
            self._bury(due, came_to.message)
        elif came_to == child.LOCKED:
            raise Locked(due.connection)

    def _bury(self, due: Due, message: str) -> None:
        """Writes that a run failed whose process could not; where even this cannot, the next rescue does."""
        store = Database(self.config.database_url)
        try:
            with hold(store, [due.connection], self.settings.lease_seconds):
                now = datetime.now(UTC)
                due_runs.claim(store, due, self.id, now)
                due_runs.finish(store, due, Ended("failed", message), pauses_of(self.config), now)
        except (Locked, DBAPIError, StoreError):
            log.warning("run is left for the next beat", connection=due.connection, due=due.id)
        finally:
            store.close()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Around a beat: whatever goes wrong in it is said, and the next beat comes. Raises nothing but Fenced."""
        trouble = ""
        try:
            yield
            self._sign()
        except Fenced:
            raise
        except Exception as fault:
            trouble = message_of(fault)
            if trouble != self.trouble:
                log.error("beat failed", message=trouble, exc_info=not isinstance(fault, DBAPIError | StoreError))
        if self.trouble and not trouble:
            log.info("beat is well again")
        self.trouble = trouble
        self.beat_at = time.monotonic()
        systemd.notify("WATCHDOG=1", f"STATUS={trouble or ('at work' if self.acts else 'standing by')}")

    def _sign(self) -> None:
        now = datetime.now(UTC)
        row = {"id": self.id, "machine": platform.node(), "version": __version__, "started_at": self._started_at, "beat_at": now}
        with self.store.connect() as connection:
            bulk.replace(connection, Worker, [row], {"id": self.id})
            connection.execute(delete(workers).where(workers.c.beat_at < now - FORGOTTEN))

    def sign_off(self) -> None:
        """Takes the worker's row away."""
        try:
            with self.store.unguarded() as connection:
                connection.execute(delete(workers).where(workers.c.id == self.id))
        except DBAPIError:
            log.warning("worker could not sign off", worker=self.id)

    def refresh(self) -> None:
        """Takes over what has changed in the settings' file: connections and schedules. A mistake leaves the old ones in force.

        A database that a newer program has upgraded ends this worker."""
        try:
            migrate.needs_upgrade(self.store)
        except migrate.NewerDatabase as fault:
            log.error("worker ends", message=str(fault))
            self.outdated = True
            self.asked.set()
        stamp = _stamp(self._file)
        if stamp == self._read_at:
            return
        self._read_at = stamp
        try:
            self.config = load_settings(self._file)
            log.info("settings read anew")
        except ConfigError as fault:
            log.error("settings have mistakes; the old ones stay in force", mistakes=fault.mistakes)


def _stamp(file: Path) -> float:
    try:
        return os.stat(file).st_mtime
    except OSError:
        return 0.0
