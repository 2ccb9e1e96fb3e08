"""Each connection: when it was last read without a fault, what its newest run says, whether its secret ends."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from connector.http import SystemClock
from connector.http.findings import expiry_finding
from jobs.schedules import cron
from placebridge.doctor.finding import Finding
from placebridge.doctor.words import age
from placebridge.settings import Config
from placebridge.worker.standing import Standing
from store.lease import STAGES

FORGOTTEN = timedelta(days=7)
"""A pause that lasts longer may have been forgotten."""
REFUSED = "--accept-deletions"
"""What every refusal of deletions names."""


def connections(config: Config, standings: list[Standing], now: datetime) -> Iterator[Finding]:
    """One line or more for each connection, and one for the stages after them where those fail."""
    for one in standings:
        if one.connection == STAGES:
            yield from _stages(one)
            continue
        yield _standing(config, one, now)
        yield from _secret(config, one.connection)


def _standing(config: Config, at: Standing, now: datetime) -> Finding:
    name = at.connection
    if at.paused_at is not None:
        do = f"if that is over: placebridge schedule resume {name}" if now - at.paused_at > FORGOTTEN else ""
        return Finding(name, f"paused since {at.paused_at.astimezone(config.zone):%d %B %H:%M}", do)
    last = f"last read without a fault {age(now - at.succeeded_at)} ago" if at.succeeded_at else "never read without a fault"
    if at.newest is not None and at.newest.outcome in {"failed", "partial", "refused"}:
        again = f"; {at.failed_tries} tries failed" if at.failed_tries > 1 else ""
        return Finding(name, f"{last}{again}. The newest run says: {at.newest.message}", _mend(name, at.newest.message))
    if at.succeeded_at is None and at.cron is None:
        return Finding(
            name, "has no schedule and was never read", f"placebridge schedule set {name} '0 6 * * mon-fri', or placebridge sync {name}"
        )
    if at.cron is not None and _late(config, at, now):
        do = "see what the line on the worker says; then: placebridge runs"
        return Finding(name, f"{last}, which is more than two intervals of its schedule ({cron.explained(at.cron)})", do)
    return Finding(name, f"{last}{'' if at.cron else '; it has no schedule'}{', being read now' if at.running_since else ''}")


def _late(config: Config, at: Standing, now: datetime) -> bool:
    """Whether two intervals went by. One that was never read is late when its first run has been due for that long, or none has come."""
    interval = cron.interval(at.cron or "", config.zone, now)
    since = at.succeeded_at or at.due_at
    return since is not None and now - since > 2 * interval


def _mend(name: str, message: str) -> str:
    if REFUSED in message:
        return f"look at what is missing; if it is really gone: placebridge sync {name} {REFUSED}"
    return f"placebridge check {name} says what works; then: placebridge schedule run {name}"


def _stages(at: Standing) -> Iterator[Finding]:
    if at.newest is not None and at.newest.outcome == "failed":
        yield Finding("flags", f"bringing them up to date failed: {at.newest.message}", "placebridge check; then: placebridge sync")


def _secret(config: Config, name: str) -> Iterator[Finding]:
    expires = config.secret_ends.get(name)
    if expires is not None:
        found = expiry_finding(expires, SystemClock())
        if not found.ok:
            what, _, do = found.detail.partition("; ")
            yield Finding(name, f"its secret: {what}", do)
