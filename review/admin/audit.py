"""The audit: who did what when, for auditors."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from starlette.responses import Response

from review.downloads import csv_file
from review.page import Ask
from review.paging import page_number, pages_of
from review.rendering import render
from review.site import Site
from store import bulk
from store.tables import Audit

audit = bulk.table_of(Audit)

ROWS = 50
BATCH = 2000
LONGEST = 200
FILTERS = ("who", "action", "target")


def the_list(ask: Ask) -> Response:
    """The newest first."""
    number = page_number(ask)
    wanted, wrong = _wanted(ask)
    with ask.site.store.reading() as connection:
        total = connection.scalar(select(func.count()).select_from(audit).where(*wanted)) or 0
        ordered = select(audit).where(*wanted).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(ROWS).offset((number - 1) * ROWS)
        rows = list(connection.execute(ordered))
        actions = list(connection.scalars(select(audit.c.action).distinct().order_by(audit.c.action)))
    asked = {name: ask.asked(name)[:LONGEST] for name in (*FILTERS, "from", "until")}
    return render(
        ask, "admin/audit.html", 422 if wrong else 200,
        rows=rows, total=total, pages=pages_of(ask, number, total, ROWS), actions=actions, asked=asked, wrong=wrong,
        is_filtered=any(asked.values()),
    )  # fmt: skip


def as_csv(ask: Ask) -> Response:
    """The same lines as a file."""
    return csv_file("audit", ("at", "who", "action", "target", "detail"), _cells(ask.site, _wanted(ask)[0]))


def _wanted(ask: Ask) -> tuple[list[Any], dict[str, str]]:
    """The conditions that the address asks for, and what is wrong with its days, by field."""
    found: list[Any] = [audit.c[name] == ask.asked(name)[:LONGEST] for name in FILTERS if ask.asked(name)]
    wrong: dict[str, str] = {}
    days: dict[str, date] = {}
    for name in ("from", "until"):
        if said := ask.asked(name):
            try:
                days[name] = date.fromisoformat(said)
                if not 2000 <= days[name].year <= 2999:
                    del days[name]
                    raise ValueError
            except ValueError:
                wrong[name] = f"'{said[:20]}' is no day; write it as in 2026-11-30"
    if "from" in days:
        found.append(audit.c.at >= _begin(days["from"], ask.site))
    if "until" in days:
        found.append(audit.c.at < _begin(days["until"] + timedelta(days=1), ask.site))
    return found, wrong


def _begin(day: date, site: Site) -> datetime:
    return datetime.combine(day, time(), site.zone)


def _cells(site: Site, wanted: list[Any]) -> Iterator[tuple[Any, ...]]:
    before: int | None = None
    while True:
        query = select(audit).where(*wanted, *([audit.c.id < before] if before is not None else [])).order_by(audit.c.id.desc())
        with site.store.reading() as connection:
            rows = list(connection.execute(query.limit(BATCH)))
        yield from ((row.at, row.who, row.action, row.target, row.detail) for row in rows)
        if len(rows) < BATCH:
            return
        before = rows[-1].id
