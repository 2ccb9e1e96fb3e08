"""The list of businesses, and the page of one."""

from starlette.responses import Response

from jobs.paths import STRENGTHS
from jobs.work.steps import REASONS
from review.businesses.list_page import as_csv, as_xlsx, the_list
from review.businesses.picture import picture
from review.businesses.reading import ENTRIES, view
from review.page import Ask, Page, go_to
from review.paging import page_number, pages_of
from review.places.on_business import of_business
from review.rendering import render
from review.roles import EVERYONE, OFFICERS
from review.truth.reading import truth_of


def one(ask: Ask) -> Response:
    """A business."""
    number = page_number(ask)
    found = view(ask.site, ask.path["business_id"], number)
    if found.id != ask.path["business_id"]:
        return go_to(ask, f"/businesses/{found.id}")
    leaders = [person.name for person in found.people if person.is_leader and not person.gone]
    drawn = picture(list(found.paths), ask.site.name or "You", leaders[0] if leaders else f"The leaders of {found.name}")
    return render(
        ask, "businesses/one.html", business=found, pages=pages_of(ask, number, found.total_entries, ENTRIES),
        paths=found.paths, picture=drawn, STRENGTHS=STRENGTHS, officers=OFFICERS, reasons=REASONS,
        place=of_business(ask.site, found.id, [person.id for person in found.people]),
        truth=truth_of(ask.site, found),
        work=found.standing.on(ask.site.today()), back=found.standing.back(ask.site.today(), ask.site.zone),
    )  # fmt: skip


PAGES = (
    Page("/businesses", "businesses", EVERYONE, get=the_list),
    Page("/businesses.csv", "businesses-csv", EVERYONE, get=as_csv),
    Page("/businesses.xlsx", "businesses-xlsx", EVERYONE, get=as_xlsx),
    Page("/businesses/{business_id}", "business", EVERYONE, get=one),
)
