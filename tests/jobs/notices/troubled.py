"""A council's runs as the worker writes them, without the worker: each try ends as it is told to, and the watch looks on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from jobs import runs
from jobs.notices import Limits, watch
from jobs.schedules import due as due_runs
from jobs.schedules import plans
from jobs.schedules.due import STALLED, Due, Ended
from jobs.settling.deletions import REFUSED
from store import bulk
from store.database import Database
from store.tables import OpsNotice, Run

notice, run = bulk.table_of(OpsNotice), bulk.table_of(Run)
ZONE = ZoneInfo("Europe/London")

ENDS = {
    "done": Ended("done"), "failed": Ended("failed", "the CRM says no"), "partial": Ended("partial", "people cannot be read"),
    "refused": Ended("partial", f"{REFUSED} 40 of 50 business records", final=True),
    "stalled": Ended("failed", f"{STALLED} 30 minutes, so it was ended"),
}  # fmt: skip
"""How a try can end; beside these it can be stopped between two pages."""


class Troubled:
    """`pauses`: before each new try."""

    def __init__(self, store: Database, now: datetime, pauses: Sequence[timedelta] = (), limits: Limits | None = None) -> None:
        self.store, self.now, self.pauses = store, now, pauses
        self.limits = limits or Limits(ZONE, {"council": None}, least_free=0)

    def watch(self) -> None:
        watch(self.store, self.now, self.limits)

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    def attempt(self, end: str, name: str = "council") -> None:
        """One try, a minute long, of the run that waits, or of one that is asked for."""
        self._begin(name)
        self.passes(minutes=1)
        if end == "interrupted":
            due_runs.let_go(self.store, self.due, self.now)
            return
        ended = ENDS[end]
        if end != "stalled" and name != due_runs.STAGES:  # a process that was killed leaves its run to the next
            runs.end(self.store, {name: (ended.outcome, ended.message)})
            self._as_of_now()
        due_runs.finish(self.store, self.due, ended, self.pauses, self.now)

    def by_hand(self, end: str, name: str = "council") -> None:
        """A sync from the command line."""
        run_id = runs.begin(self.store, name)
        self._set(run_id, started_at=self.now)
        self.passes(minutes=1)
        runs.end(self.store, {name: (ENDS[end].outcome, ENDS[end].message)})
        self._as_of_now()

    def told(self) -> list[str]:
        """What was told by now, the oldest first, as kind and how."""
        with self.store.reading() as connection:
            keys = connection.scalars(select(notice.c.key).order_by(notice.c.id)).all()
        return [f"{key.split('/')[0]} {key.rpartition('/')[2]}" for key in keys]

    def _begin(self, name: str) -> None:
        if not (ready := self._ready(name)):
            plans.ask(self.store, name, "somebody", self.now)
            ready = self._ready(name)
        (self.due,) = ready
        assert due_runs.claim(self.store, self.due, "worker", self.now)
        if name != due_runs.STAGES:
            self._set(runs.begin(self.store, name), started_at=self.now)

    def _ready(self, name: str) -> list[Due]:
        return [due for due in due_runs.ready(self.store, self.now) if due.connection == name]

    def _as_of_now(self) -> None:
        """The run that has just ended, by the clock of the test."""
        with self.store.reading() as connection:
            newest = connection.scalar(select(run.c.id).order_by(run.c.id.desc()).limit(1))
        self._set(newest, ended_at=self.now)

    def _set(self, run_id: int | None, **values: datetime) -> None:
        with self.store.connect() as connection:
            connection.execute(run.update().where(run.c.id == run_id).values(**values))
