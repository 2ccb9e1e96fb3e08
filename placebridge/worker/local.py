"""The engine for one machine: one worker acts, others stand by; its runs are side by side, each in a process of its own."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from jobs.schedules import due as due_runs
from jobs.schedules.due import Due
from placebridge.faults import message_of
from placebridge.worker.at_work import AtWork
from store.lease import SCHEDULER, Fenced, hold
from store.lock import Locked

log = structlog.get_logger("placebridge.worker")


class LocalEngine:
    """Reads the schedules every few seconds and starts what is due."""

    def __init__(self, work: AtWork) -> None:
        self._work = work
        self._slots = ThreadPoolExecutor(work.settings.side_by_side, "run")
        self._running: set[str] = set()
        self._busy: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self._acting = ExitStack()
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def start(self) -> None:
        """Begins to act, or to stand by."""
        # It warns of each beat that waits for a busy database; the age of the beat tells that.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        every = {"seconds": self._work.settings.beat_seconds, "coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(self._beat, "interval", next_run_time=datetime.now(UTC), **every)
        self._scheduler.start()

    def stop(self) -> None:
        """Stops every run between two pages and gives up its place. The caller has told the supervisor."""
        self._slots.shutdown(wait=True, cancel_futures=True)
        self._scheduler.shutdown(wait=False)
        self._acting.close()

    def _beat(self) -> None:
        with self._work.beating():
            self._work.refresh()
            if self._work.acts or self._takes_over():
                self._act()

    def _takes_over(self) -> bool:
        """Whether this worker acts from now on."""
        try:
            self._acting.enter_context(hold(self._work.store, [SCHEDULER], self._work.settings.lease_seconds))
        except Locked:
            return False
        self._work.acts = True
        log.info("worker acts", worker=self._work.id)
        return True

    def _act(self) -> None:
        try:
            self._work.tick()
            self._dispatch()
        except Fenced:
            log.warning("worker lost its place; it stands by", worker=self._work.id)
            self._acting.close()
            self._work.acts = False

    def _dispatch(self) -> None:
        """Starts as many of the ready runs as there is room for."""
        now = datetime.now(UTC)
        with self._lock:
            for due in due_runs.ready(self._work.store, now):
                free = len(self._running) < self._work.settings.side_by_side and not self._work.stopping
                if free and due.connection not in self._running and self._busy.get(due.connection, now) <= now:
                    self._running.add(due.connection)
                    self._slots.submit(self._run, due)

    def _run(self, due: Due) -> None:
        try:
            self._work.run(due)
        except Locked:  # a command is at work on it
            self._busy[due.connection] = datetime.now(UTC) + timedelta(seconds=self._work.settings.beat_seconds)
        except Exception as fault:
            log.exception("run could not be carried out", connection=due.connection, due=due.id, message=message_of(fault))
            self._busy[due.connection] = datetime.now(UTC) + timedelta(minutes=1)
        finally:
            with self._lock:
                self._running.discard(due.connection)
        if not self._work.stopping:
            with self._work.beating():
                self._dispatch()
