"""Watches over what the database says: raises an alert when something is wrong, and clears it when it is well again.

It rests on the database alone (and on the room beside its file), so any worker may do it, at any time, as often as it likes: what is wrong
is told once.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from connector.http.findings import expiry_on
from jobs.notices.alerts import clear_alert, note_seen, open_alerts, pass_over, raise_alert, seen
from jobs.notices.history import History, due_run, history
from jobs.schedules import cron
from jobs.schedules.due import STALLED
from jobs.schedules.plans import Configured, Plan, plans
from store.database import Database
from store.lease import STAGES

DATABASE, WORKER, FLAGS = "the database", "the worker", "the flags"
"""What is unwell, where it is no connection."""
ROOMIER = 1.2
"""A disk counts as well again only with so many times the room below which it is low: else each page written would tell."""
LONGEST_HOLD = timedelta(hours=2)
"""So long at most a connection is late before it is told: after a night without a worker its first run mends that."""


@dataclass(frozen=True)
class Limits:
    """From when on something is told, and what only the settings know."""

    zone: ZoneInfo
    configured: Configured
    """Each connection of the settings with its cron words, if it has any."""
    secrets: Mapping[str, date] = field(default_factory=dict)
    """The last day of each connection's secret, where the settings say it."""
    tell_after: int = 3
    """Failed tries running."""
    backlog: timedelta = timedelta(hours=1)
    """So long a due run may wait to be begun."""
    least_free: int = 1_000_000_000
    """Bytes that should be free beside SQLite's file."""


class Told(Enum):
    """What becomes of an alert; where there is nothing to say of it, it stays as it is."""

    WELL = "well"
    GONE = "gone"
    """What was unwell is there no more, and nobody is told."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong, in a sentence, and for how long it may be before it is told."""

    said: str
    hold: timedelta = timedelta()


Key = tuple[str, str]
"""Kind and subject."""
Verdict = tuple[str, str, Wrong | Told]
"""Kind, subject, and how it stands."""


def watch(store: Database, now: datetime, limits: Limits) -> None:
    """Raises and clears the alerts, each change with its notice in one transaction. Cheap where nothing has changed: it then only reads."""
    free = _free(store)
    found = plans(store, limits.configured)
    with store.reading() as connection:
        opened = {(found.kind, found.subject): found.opened_at for found in open_alerts(connection)}
        pending = seen(connection)
        look = _Look(connection, now, limits, opened)
        verdicts = [*look.connections(found), *look.stages(), *look.backlog(), *_disk(free, limits), *_removed({*opened, *pending}, limits)]
    changes = [verdict for verdict in verdicts if _is_news(verdict, opened, pending, now)]
    if changes:
        with store.connect() as connection:
            for verdict in changes:
                _write(connection, verdict, pending.get(verdict[:2]), now)


@dataclass(frozen=True)
class _Look:
    """One look over everything."""

    connection: Connection
    now: datetime
    limits: Limits
    opened: Mapping[Key, datetime]

    def connections(self, found: list[Plan]) -> Iterator[Verdict]:
        for plan in found:
            name, past = plan.connection, history(self.connection, plan.connection, self.limits.tell_after)
            yield from self.by_history("connection_failing", name, past, self.failing(past))
            yield from self.by_history("run_stalled", name, past, past.stalled if past.stalled.startswith(STALLED) else "")
            yield from self.by_history("deletions_refused", name, past, past.refused)
            yield "connection_late", name, self.late(plan, past)
            yield "secret_expires", name, self.secret(name)

    def stages(self) -> Iterator[Verdict]:
        past = history(self.connection, STAGES, self.limits.tell_after)
        if past.outcome == "partial":  # a register could not be asked, which is told of the register; the flags are up to date
            yield "flags_failing", FLAGS, Told.WELL
            return
        yield from self.by_history("flags_failing", FLAGS, past, self.failing(past))

    def by_history(self, kind: str, subject: str, past: History, said: str) -> Iterator[Verdict]:
        """Well again is what was done since it was told; whatever came in between may have been something else."""
        opened_at = self.opened.get((kind, subject))
        if said:
            yield kind, subject, Wrong(said)
        elif opened_at is not None and past.done_at is not None and past.done_at > opened_at:
            yield kind, subject, Told.WELL

    def failing(self, past: History) -> str:
        if past.failures < self.limits.tell_after:
            return ""
        return f"The newest of its failures: {past.message}" if past.message else "The log says why."

    def late(self, plan: Plan, past: History) -> Wrong | Told:
        since = past.done_at or past.first_due
        if plan.cron is None or plan.paused_at is not None or since is None:
            return Told.GONE
        interval = cron.interval_of_day(plan.cron, self.limits.zone, since.date())
        if self.now - since <= 2 * interval:
            return Told.WELL
        last = f"It was last read on {_in_words(past.done_at, self.limits.zone)}." if past.done_at else "It has never been read."
        return Wrong(last, min(interval, LONGEST_HOLD))

    def secret(self, name: str) -> Wrong | Told:
        last_day = self.limits.secrets.get(name)
        if last_day is None:
            return Told.GONE
        finding = expiry_on(last_day, self.now.astimezone(self.limits.zone).date())
        return Told.WELL if finding.ok else Wrong(f"As far as the settings say, {finding.detail}.")

    def backlog(self) -> Iterator[Verdict]:
        long = (due_run.c.state == "waiting", due_run.c.not_before <= self.now - self.limits.backlog)
        running = select(due_run.c.connection).where(due_run.c.state == "running")
        waits = select(func.count(), func.min(due_run.c.not_before)).where(*long, due_run.c.connection.not_in(running))
        count, since = self.connection.execute(waits).one()
        if count:
            runs = "One run waits" if count == 1 else f"{count:,} runs wait"
            yield "backlog", WORKER, Wrong(f"{runs}, since {_in_words(since, self.limits.zone)}.")
        else:
            yield "backlog", WORKER, Told.WELL


def _free(store: Database) -> int | None:
    """Bytes that are free beside SQLite's file; None where this machine cannot say."""
    try:
        return None if store.file is None else shutil.disk_usage(store.file.parent).free
    except OSError:
        return None


def _disk(free: int | None, limits: Limits) -> Iterator[Verdict]:
    if free is None:
        return
    if free < limits.least_free:
        yield "disk_low", DATABASE, Wrong(f"{free / 1e6:,.0f} MB are free.")
    elif free >= limits.least_free * ROOMIER:
        yield "disk_low", DATABASE, Told.WELL


def _removed(known: Iterable[Key], limits: Limits) -> Iterator[Verdict]:
    """What is held of connections that are in the settings no more."""
    for kind, subject in known:
        if subject not in limits.configured and subject not in {DATABASE, WORKER, FLAGS}:
            yield kind, subject, Told.GONE


def _is_news(verdict: Verdict, opened: Mapping[Key, datetime], pending: Mapping[Key, datetime], now: datetime) -> bool:
    kind, subject, how = verdict
    is_open, since = (kind, subject) in opened, pending.get((kind, subject))
    if not isinstance(how, Wrong):
        return is_open or since is not None
    return not is_open and (since is None or now - since >= how.hold)


def _write(connection: Connection, verdict: Verdict, since: datetime | None, now: datetime) -> None:
    kind, subject, how = verdict
    if how is Told.GONE:
        pass_over(connection, kind, subject, now)
    elif how is Told.WELL:
        if not clear_alert(connection, kind, subject, now):
            pass_over(connection, kind, subject, now)
    elif not how.hold or since is not None:
        raise_alert(connection, kind, subject, how.said, now)
    else:
        note_seen(connection, kind, subject, now)


def _in_words(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d %B %Y at %H:%M}" if moment else ""
