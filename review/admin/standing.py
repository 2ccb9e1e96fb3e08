"""How each connection stands: its schedule, its runs, what waits, what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from connector.http.findings import expiry_on
from jobs.notices.alerts import OpenAlert, open_alerts
from jobs.notices.kinds import KINDS
from jobs.schedules import cron
from jobs.schedules.plans import Plan, plans
from jobs.setup import Configured
from review.admin.progress import Progress, progress_of
from review.site import Site
from store import bulk
from store.tables import Connection as ConnectionRow
from store.tables import DueRun, Run

connections, due_run, run = bulk.table_of(ConnectionRow), bulk.table_of(DueRun), bulk.table_of(Run)


@dataclass(frozen=True)
class Trouble:
    """An alert that is open, in words."""

    title: str
    said: str
    do: str
    since: datetime


@dataclass(frozen=True)
class Standing:
    """A connection as its admin sees it."""

    configured: Configured
    plan: Plan
    words: str
    """The schedule in words."""
    next_times: str
    last: Any
    """The newest run that has ended; None: none yet."""
    waiting: Any
    """The due run that waits; None: none does."""
    progress: Progress | None
    """What is under way; None: nothing is."""
    troubles: tuple[Trouble, ...]
    secret: str
    """How long the secret is still good for, where the settings say it."""
    secret_fine: bool

    @property
    def state(self) -> tuple[str, str]:
        """In a word, and its colour."""
        if self.progress is not None:
            return "Being read", "blue"
        if self.troubles:
            return "Needs you", "red"
        if self.plan.paused_at:
            return "Paused", "grey"
        if self.waiting is not None:
            return "Waits", "yellow"
        if self.last is None:
            return "Never read", "grey"
        return ("Fine", "green") if self.last.outcome == "done" else (OUTCOMES.get(self.last.outcome, (self.last.outcome, "grey")))


OUTCOMES = {
    "running": ("Under way", "blue"),
    "done": ("Done", "green"),
    "partial": ("In part", "orange"),
    "failed": ("Failed", "red"),
    "refused": ("Refused", "red"),
    "interrupted": ("Interrupted", "grey"),
}
"""How a run ended, as the page says it, and its colour."""


def standings(site: Site, names: Iterable[str] | None = None) -> list[Standing]:
    """How connections stand (all of the settings, unless named), by name."""
    setup = site.setup
    wanted = sorted(setup.connections if names is None else names)
    planned = {plan.connection: plan for plan in plans(site.store, {name: setup.schedules[name] for name in wanted})}
    with site.store.reading() as connection:
        last, due = _last(connection, wanted), _due(connection, wanted)
        alerts = open_alerts(connection)
        under_way = {name: progress_of(connection, name, site.now()) for name in wanted}
    return [_standing(site, name, planned[name], last, due, alerts, under_way[name]) for name in wanted]


def left_behind(site: Site) -> list[str]:
    """The names of connections that were read and stand in the settings no more."""
    with site.store.reading() as connection:
        names = connection.scalars(select(connections.c.name).order_by(connections.c.name))
        return [name for name in names if name not in site.setup.connections]


def schedule_words(words: str | None) -> str:
    """A schedule in words."""
    return cron.explained(words) if words else "Only when somebody asks"


def next_times(site: Site, words: str | None) -> str:
    """Its next three times; empty where it has no schedule."""
    return cron.next_in_words(words, site.zone, site.now()) if words else ""


def _standing(
    site: Site,
    name: str,
    plan: Plan,
    last: Mapping[str, Any],
    due: Mapping[str, Any],
    alerts: list[OpenAlert],
    progress: Progress | None,
) -> Standing:
    configured = site.setup.connections[name]
    secret, fine = _secret(configured.secret_ends, site.today())
    return Standing(
        configured,
        plan,
        schedule_words(plan.cron),
        "" if plan.paused_at else next_times(site, plan.cron),
        last.get(name),
        due.get(name),
        progress,
        tuple(trouble_of(alert) for alert in alerts if alert.subject == name),
        secret,
        fine,
    )


def trouble_of(alert: OpenAlert) -> Trouble:
    """An alert in words."""
    kind = KINDS[alert.kind]
    title = kind.title.format(alert.subject)
    return Trouble(title[:1].upper() + title[1:], alert.said, kind.do.format(alert.subject), alert.opened_at)


def _secret(ends: date | None, today: date) -> tuple[str, bool]:
    if ends is None:
        return "", True
    finding = expiry_on(ends, today)
    return finding.detail[:1].upper() + finding.detail[1:], finding.ok


def _last(connection: Connection, names: list[str]) -> dict[str, Any]:
    found = {}
    for name in names:  # by index, however many runs there are
        ended = select(run).where(run.c.connection == name, run.c.outcome != "running")
        found[name] = connection.execute(ended.order_by(run.c.started_at.desc(), run.c.id.desc()).limit(1)).one_or_none()
    return found


def _due(connection: Connection, names: list[str]) -> dict[str, Any]:
    waiting = select(due_run).where(due_run.c.state == "waiting", due_run.c.connection.in_(names))
    return {row.connection: row for row in connection.execute(waiting)}
