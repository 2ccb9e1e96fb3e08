"""The report as a page, and as the same files that `placebridge report` writes.

It holds counts alone, so everybody who may sign in may see the full one; only the one that is fit to share may be handed on."""

from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from jobs import audit
from jobs.place import share
from jobs.place.numbers import Numbers, gather
from jobs.place.page import chart, page
from jobs.place.report import ALL, Names, Report, full
from jobs.refused import Refused
from review.charts import drawn
from review.downloads import csv_file
from review.forms import day_in, day_items
from review.page import Ask, Page
from review.rendering import render
from review.roles import ADMINS, EVERYONE
from review.words import sentence

COLUMNS: Final = ("table", "row", "column", "value")


def show(ask: Ask) -> Response:
    """The report."""
    shared, wrong, report, at = _shared(ask), "", None, ask.site.now()
    try:
        report, at = _report(ask)
    except Refused as fault:
        wrong = sentence(str(fault))
    is_day = report is None and not shared
    day = report.as_of if report else ask.site.today()
    return render(
        ask, "report/show.html", 422 if is_day else 200, report=report, shared=shared, wrong=wrong, is_day=is_day, at_when=at, ALL=ALL,
        day=day_items("as_of", ask.query, None if wrong else day), query_of=urlencode(_query(ask, day, shared)),
        charts=_charts(report), admins=ADMINS,
    )  # fmt: skip


def as_html(ask: Ask) -> Response:
    """The page as one file that needs nothing beside it."""
    report, _ = _report(ask)
    name = _noted(ask, report, "html")
    # As a file and never as a page of this site: its style stands in it.
    headers = {"Content-Disposition": f'attachment; filename="{name}.html"'}
    return Response(page(report), media_type="application/octet-stream", headers=headers)


def as_csv(ask: Ask) -> Response:
    """Each number as a row."""
    report, _ = _report(ask)
    return csv_file(_noted(ask, report, "csv"), COLUMNS, ([row[name] for name in COLUMNS] for row in report.rows()))


def _report(ask: Ask) -> tuple[Report, datetime]:
    """The report that the address asks for, and when it was counted. Raises Refused."""
    numbers, at = _numbers(ask, _as_of(ask))
    names = Names.of(ask.site.rules)
    return share.shared(numbers, names) if _shared(ask) else full(numbers, names), at


def _numbers(ask: Ask, day: date) -> tuple[Numbers, datetime]:
    site = ask.site
    return site.kept.get(("report", day), site.now(), lambda: gather(site.store, day, site.rules, site.zone))


def _as_of(ask: Ask) -> date:
    """The day by which to count: today, unless the address names one. Raises Refused."""
    today = ask.site.today()
    found = day_in(ask.query, "as_of", "the day by which to count", today)
    if found > today:
        raise Refused("The report cannot be of a day to come. Enter today or a day before it.")
    return found


def _shared(ask: Ask) -> bool:
    return ask.asked("share") == "yes"


def _query(ask: Ask, day: date, shared: bool) -> dict[str, str | int]:
    """What the links to the files carry."""
    is_today = day == ask.site.today()
    parts: dict[str, str | int] = {} if is_today else {f"as_of-{part}": getattr(day, part) for part in ("day", "month", "year")}
    return parts | ({"share": "yes"} if shared else {})


def _charts(report: Report | None) -> dict[str, Markup]:
    """The drawings of the tables, by their ids."""
    return {table.id: drawn(chart(table)) for table in report.tables if not table.withheld} if report else {}


def _noted(ask: Ask, report: Report, ending: str) -> str:
    """The name of a file, once it is noted that it was made."""
    kind = "shared" if report.shared else "full"
    with ask.site.store.connect() as connection:
        audit.note(connection, ask.user.sign_in, "report exported", ending, ask.site.now(), f"{kind}, as of {report.as_of.isoformat()}")
    return f"report-{kind}-{report.as_of.isoformat()}"


PAGES = (
    Page("/report", "report", EVERYONE, get=show),
    Page("/report.html", "report-html", EVERYONE, get=as_html),
    Page("/report.csv", "report-csv", EVERYONE, get=as_csv),
)
