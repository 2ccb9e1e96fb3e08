"""`placebridge schedule`: when each connection is read, and what an admin says of it. It takes effect at the worker's next beat."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from jobs.schedules import cron
from jobs.schedules import plans as planning
from jobs.schedules.plans import Plan, due_run, plans
from placebridge.faults import UserError
from placebridge.opening import Opened, opened
from placebridge.output import say, show
from placebridge.user import user
from placebridge.worker.run import configured

COLUMNS = ("connection", "schedule", "in_words", "set_by", "state", "next", "last")


def listed(file: Path | None, form: str) -> None:
    """Prints a line for each connection."""
    with opened(file) as at:
        rows = [_line(at, plan) for plan in plans(at.store, configured(at.config))]
        if form == "table":
            rows = [row | {"next": row["next"] and cron.in_words(row["next"].astimezone(at.config.zone))} for row in rows]
    show(rows, COLUMNS, form, "No connection is configured yet.")


def tell(file: Path | None, name: str, words: str) -> None:
    """Sets another schedule than the settings'. Raises UserError for words that are none."""
    try:
        wanted = cron.checked(words)
    except cron.BadSchedule as fault:
        raise UserError(f"'{words}' {fault}") from None
    with opened(file, write=True) as at:
        found = _known(at, name)
        planning.tell(at.store, found.connection, wanted, user(), datetime.now(UTC))
        say(f"{found.connection}: {in_words(wanted, at.config.zone)}.")
        if found.configured and found.configured != wanted:
            say(
                f"The settings say '{found.configured}', which no longer holds; `placebridge schedule reset {found.connection}` goes back to it."
            )


def reset(file: Path | None, name: str) -> None:
    """Lets the settings' schedule hold again."""
    with opened(file, write=True) as at:
        found = _known(at, name)
        planning.tell(at.store, found.connection, None, user(), datetime.now(UTC))
        say(f"{found.connection}: {in_words(found.configured, at.config.zone)}, as the settings say.")


def pause(file: Path | None, name: str) -> None:
    """Lets no run become due."""
    with opened(file, write=True) as at:
        found = _known(at, name)
        planning.pause(at.store, found.connection, user(), datetime.now(UTC))
        say(f"{found.connection} is paused: the worker does not read it until `placebridge schedule resume {found.connection}`.")


def resume(file: Path | None, name: str) -> None:
    """Lets runs become due again."""
    with opened(file, write=True) as at:
        found = _known(at, name)
        planning.resume(at.store, found.connection, user(), datetime.now(UTC))
        say(f"{found.connection} is read again: {in_words(found.cron, at.config.zone)}.")


def ask(file: Path | None, name: str) -> None:
    """Has the worker read a connection now."""
    with opened(file, write=True) as at:
        found = _known(at, name)
        new = planning.ask(at.store, found.connection, user(), datetime.now(UTC))
        say(
            f"{found.connection} is due now; a worker begins within {at.config.settings.worker.beat_seconds:g} seconds."
            if new
            else f"{found.connection} was due already; it waits no longer."
        )


def in_words(words: str | None, zone: ZoneInfo) -> str:
    """A schedule as a sentence's part, with its next three times."""
    if words is None:
        return "it has no schedule and is read only when asked"
    times = cron.next_in_words(words, zone, datetime.now(UTC))
    return f"{cron.explained(words)}, {zone.key} time: next on {times}"


def _known(at: Opened, name: str) -> Plan:
    wanted = name.strip().lower()
    for plan in plans(at.store, configured(at.config)):
        if plan.connection == wanted:
            return plan
    raise UserError(f"there is no connection '{name}' in the settings; known are {', '.join(sorted(at.config.settings.connections))}")


def _line(at: Opened, plan: Plan) -> dict[str, Any]:
    words, zone, now = plan.cron, at.config.zone, datetime.now(UTC)
    due = None if words is None or plan.paused_at else next(cron.after(words, zone, now))
    return {
        "connection": plan.connection,
        "schedule": words or "",
        "in_words": cron.explained(words) if words else "only when asked",
        "set_by": "" if words is None else "command" if plan.told else "settings",
        "state": _state(at, plan),
        "next": due,
        "last": _last(at, plan.connection),
    }


def _state(at: Opened, plan: Plan) -> str:
    with at.store.reading() as connection:
        mine = select(due_run.c.state, due_run.c.attempts).where(due_run.c.connection == plan.connection, due_run.c.state != "ended")
        found = {row.state: row.attempts for row in connection.execute(mine)}
    paused = "paused" if plan.paused_at else ""
    now = "running" if "running" in found else "to be tried again" if found.get("waiting") else "due" if "waiting" in found else ""
    return ", ".join(part for part in (paused, now) if part) or ("on time" if plan.cron else "")


def _last(at: Opened, name: str) -> str:
    ended = (
        select(due_run.c.outcome).where(due_run.c.connection == name, due_run.c.outcome != "").order_by(due_run.c.due_at.desc()).limit(1)
    )
    with at.store.reading() as connection:
        return connection.scalar(ended) or ""


def differing(found: Plan) -> str | None:
    """What to say where the settings and what was told are not the same."""
    if found.told and found.configured and found.told != found.configured:
        return f"it was told '{found.told}', which wins over the settings' '{found.configured}'"
    return None
