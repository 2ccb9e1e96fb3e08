"""The list: filters, search, order, and the same as a file."""

from datetime import date
from typing import Final

from starlette.responses import Response

from jobs import audit
from jobs.decisions import corrected
from jobs.work.exporting import export_csv, export_xlsx
from jobs.work.listing import Row, every, find
from jobs.work.views import views
from review.businesses.wanted import TITLES, WORK_WORDS, filters, query_of, said, sorts, wanted_of
from review.page import Ask, NotFound
from review.paging import page_number, pages_of
from review.rendering import render
from review.roles import OFFICERS

PAGE: Final = 50
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def the_list(ask: Ask) -> Response:
    """The list as it is asked for."""
    number = page_number(ask)
    wanted, site = wanted_of(ask, number), ask.site
    listing = find(site.store, wanted, ask.user.sign_in, site.today(), site.zone)
    if number > listing.pages:
        raise NotFound(f"The list has {listing.pages:,} pages.")
    shown = filters(ask, wanted, listing)
    on = [(TITLES[item.name], said(site, item.name, item.value), query_of(ask, **{item.name: ""})) for item in shown if item.on]
    with site.store.reading() as connection:
        notices = corrected.on_list(connection, [row.business_id for row in listing.rows], site.today())
    return render(
        ask, "businesses/list.html", listing=listing, wanted=wanted, filters=shown, on=on, sorts=sorts(), work_words=WORK_WORDS,
        views=views(site.store, ask.user.sign_in), pages=pages_of(ask, number, listing.total, PAGE), query=query_of(ask),
        with_query=lambda **changes: query_of(ask, **changes), officers=OFFICERS, notices=notices,
    )  # fmt: skip


def as_csv(ask: Ask) -> Response:
    """Just what is seen, as CSV."""
    return _file(ask, export_csv(_rows(ask)), "text/csv; charset=utf-8", "csv")


def as_xlsx(ask: Ask) -> Response:
    """Just what is seen, as a workbook."""
    return _file(ask, export_xlsx(_rows(ask), f"Businesses {ask.site.today().isoformat()}"), WORKBOOK, "xlsx")


def _rows(ask: Ask) -> list[Row]:
    site = ask.site
    return list(every(site.store, wanted_of(ask), ask.user.sign_in, site.today(), site.zone))


def _file(ask: Ask, content: bytes, kind: str, ending: str) -> Response:
    today: date = ask.site.today()
    with ask.site.store.connect() as connection:
        audit.note(connection, ask.user.sign_in, "list exported", ending, ask.site.now(), f"{len(content)} bytes")
    name = f"businesses-{today.isoformat()}.{ending}"
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
