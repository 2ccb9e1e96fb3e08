"""Runs: what was read when, what is under way and what waits."""

from typing import Any

from sqlalchemy import func, select
from starlette.responses import Response

from review.admin.progress import progress_of
from review.admin.standing import OUTCOMES
from review.page import Ask
from review.paging import page_number, pages_of
from review.rendering import render
from store import bulk
from store.lease import STAGES
from store.tables import DueRun, Run

run, due_run = bulk.table_of(Run), bulk.table_of(DueRun)

ROWS = 30
WHY = {
    "scheduled": "by its schedule",
    "asked": "as somebody asked",
    "changed": "as something was read or changed",
    "day": "as a day has begun",
}


def the_list(ask: Ask) -> Response:
    """The newest first; what is under way and what waits above them."""
    number = page_number(ask)
    names = sorted(ask.site.setup.connections)
    name = ask.asked("connection")
    outcome = ask.asked("outcome") if ask.asked("outcome") in OUTCOMES else ""
    wanted = [run.c.connection == name] if name else []
    wanted += [run.c.outcome == outcome] if outcome else []
    with ask.site.store.reading() as connection:
        total = connection.scalar(select(func.count()).select_from(run).where(*wanted)) or 0
        ordered = select(run).where(*wanted).order_by(run.c.id.desc()).limit(ROWS).offset((number - 1) * ROWS)
        rows = list(connection.execute(ordered))
        waiting = list(connection.execute(select(due_run).where(due_run.c.state == "waiting").order_by(due_run.c.not_before)))
        under_way = [(one, progress_of(connection, one, ask.site.now())) for one in (*names, STAGES)]
    return render(
        ask, "admin/runs.html",
        rows=[(row, took(row)) for row in rows], total=total, pages=pages_of(ask, number, total, ROWS), names=names,
        name=name, outcome=outcome, outcomes=OUTCOMES, waiting=[(row, said_name(row.connection), WHY.get(row.why, "")) for row in waiting],
        under_way=[(said_name(one), progress) for one, progress in under_way if progress],
    )  # fmt: skip


def said_name(name: str) -> str:
    """A connection's name, or what the stages after the pulls do."""
    return "Linking, mapping and flagging" if name == STAGES else name


def took(row: Any) -> str:
    """How long a run took, as people say it."""
    if row.ended_at is None:
        return ""
    seconds = (row.ended_at - row.started_at).total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} seconds" if round(seconds) != 1 else "1 second"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours {minutes % 60} minutes"
