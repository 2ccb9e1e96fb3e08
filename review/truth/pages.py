"""Every page of what people decide, and everything that happened to a business."""

from starlette.responses import Response

from review.businesses.reading import view
from review.page import Ask, Page, go_to
from review.paging import page_number, pages_of
from review.rendering import render
from review.roles import EVERYONE
from review.truth import corrections, links, records
from review.truth.reading import truth_of

ENTRIES = 50


def history(ask: Ask) -> Response:
    """Everything that happened to a business, the newest first."""
    number, found = page_number(ask), view(ask.site, ask.path["business_id"])
    if found.id != ask.path["business_id"]:
        return go_to(ask, f"/businesses/{found.id}/history")
    every = truth_of(ask.site, found).history
    shown = every[(number - 1) * ENTRIES : number * ENTRIES]
    return render(ask, "truth/history_page.html", business=found, history=shown, pages=pages_of(ask, number, len(every), ENTRIES))


PAGES = (
    *corrections.PAGES,
    *records.PAGES,
    *links.PAGES,
    Page("/businesses/{business_id}/history", "business-history", EVERYONE, get=history),
)
