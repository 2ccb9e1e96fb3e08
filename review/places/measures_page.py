"""Measures over time of one place: of all its businesses, or of a theme, a sector or a size."""

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from jobs.place import measures, report
from jobs.place.measures import History
from jobs.place.numbers import MONTHS
from jobs.place.page import chart
from jobs.place.picture import Counts
from jobs.place.report import SIZE_NAMES, Table
from jobs.place.seats import SIZES
from review.charts import drawn
from review.page import Ask
from review.places.reading import place_asked
from review.places.tabs import tabs
from review.rendering import render
from review.site import Site
from review.words import theme_name

KINDS: Final = ("theme", "sector", "size")
LONGEST: Final = 100


def show(ask: Ask) -> Response:
    """The charts, each with its table."""
    site, today = ask.site, ask.site.today()
    with site.store.reading() as connection:
        place = place_asked(ask, connection)
        history, at = site.kept.get(("measures", place, today), site.now(), lambda: measures.load(connection, place))
    choices = {kind: _choices(site, kind) for kind in KINDS}
    only = {kind: value for kind in KINDS if (value := _chosen(ask.asked(kind), choices[kind])) is not None}
    shown = history.of(**only)
    days = measures.month_ends(today, MONTHS)
    tables = [
        report.months(measures.shares(shown.changes, days)),
        report.moves(measures.moves(shown.changes, today, MONTHS)),
        report.waiting(measures.time_to_meeting(shown.changes, today - timedelta(days=site.rules.policy.window_days), today)),
    ]
    groups = [] if only else [_group(site, history, kind, choices[kind]) for kind in KINDS]
    return render(
        ask, "places/measures.html", place=place, tabs=tabs(ask, place), tables=tables, groups=groups, at_when=at,
        charts={table.id: drawn(chart(table)) for table in (*tables, *groups)},
        filters=[(kind, TITLES[kind], [(value or UNKNOWN, text) for value, text in choices[kind]], ask.asked(kind)) for kind in KINDS],
        empty=not shown.changes, filtered=bool(only),
    )  # fmt: skip


TITLES: Final = {"theme": "Theme", "sector": "Sector", "size": "Staff"}
UNKNOWN: Final = "unknown"
"""How a size that nobody knows is written in the address."""


def _choices(site: Site, kind: str) -> list[tuple[str, str]]:
    if kind == "theme":
        return [(found, theme_name(site, found)) for found in site.rules.themes.ids]
    if kind == "sector":
        return [(found, site.rules.sectors.name(found)) for found in site.rules.sectors.ids]
    return [(found, SIZE_NAMES[found]) for found in (*(size for size, _ in SIZES[::-1]), "")]


def _chosen(asked: str, choices: list[tuple[str, str]]) -> str | None:
    """The choice of that name; None where there is none such."""
    return next((value for value, _ in choices if (value or UNKNOWN) == asked), None)


def _group(site: Site, history: History, kind: str, choices: list[tuple[str, str]]) -> Table:
    """How many of each theme, sector or size are engaged today."""
    today = site.today()
    found = {group: held[0] for group, held in history.by(kind, [today]).items()}
    counts = {text: Counts(one.known, one.engaged) if (one := found.get(value)) else None for value, text in choices}
    return report.shares_of(f"by_{kind}", f"Leaders engaged now, by {SAID[kind]}", TITLES[kind], counts)


SAID: Final = {"theme": "theme", "sector": "sector", "size": "number of staff"}
