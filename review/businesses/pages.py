"""The list of businesses, and the page of one."""

from sqlalchemy import func, select
from starlette.responses import Response

from jobs.paths import STRENGTHS
from review.businesses.picture import picture
from review.businesses.reading import ENTRIES, view
from review.page import Ask, Page, go_to
from review.paging import page_number, pages_of
from review.rendering import render
from review.roles import EVERYONE
from store import bulk
from store.tables import Business, Flag

flag, business = bulk.table_of(Flag), bulk.table_of(Business)

ROWS = 50


def the_list(ask: Ask) -> Response:
    """The flagged businesses, those of the highest priority first."""
    number = page_number(ask)
    wanted = flag.c.state != "engaged"
    with ask.site.store.reading() as connection:
        total = connection.scalar(select(func.count()).select_from(flag).where(wanted)) or 0
        query = select(flag, business.c.name, business.c.town).join(business, business.c.id == flag.c.business_id).where(wanted)
        ordered = query.order_by(flag.c.priority.desc(), flag.c.business_id).limit(ROWS).offset((number - 1) * ROWS)
        rows = connection.execute(ordered).all()
    return render(ask, "businesses/list.html", rows=rows, total=total, pages=pages_of(ask, number, total, ROWS))


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
        paths=found.paths, picture=drawn, STRENGTHS=STRENGTHS,
    )  # fmt: skip


PAGES = (
    Page("/businesses", "businesses", EVERYONE, get=the_list),
    Page("/businesses/{business_id}", "business", EVERYONE, get=one),
)
