"""A place's companies that no CRM holds, and how much of each sector is known."""

from sqlalchemy import select
from starlette.responses import Response

from jobs import adding
from jobs.unlisted import census, is_placed_by, loaded, unknown
from mappings.sic import SECTIONS, SIZES
from review.page import Ask, Page, done
from review.paging import page_number, pages_of
from review.rendering import render
from review.roles import EVERYONE, OFFICERS
from store import bulk
from store.tables import Flag

flag = bulk.table_of(Flag)

ROWS = 50
SECTION_CHOICES = [(found.letter, found.name) for found in SECTIONS]
SIZE_CHOICES = [(key, name) for key, (name, _) in SIZES.items()]


def show(ask: Ask) -> Response:
    """The census of a place and one page of its unknown companies."""
    number, place = page_number(ask), ask.asked("place")
    letter, band = ask.asked("sector"), ask.asked("size")
    with ask.site.store.reading() as connection:
        places = sorted({found for found in connection.scalars(select(flag.c.place).distinct()) if found}, key=str.casefold)
        since = loaded(connection)
        counted = census(connection, place) if since and place else None
        rows, total = unknown(connection, place, letter, band, ROWS, (number - 1) * ROWS) if counted else ([], 0)
        is_current = is_placed_by(connection, ask.site.rules.places.version)
    return render(
        ask, "unlisted/show.html", place=place, places=places, loaded=since, is_current=is_current, census=counted, rows=rows, total=total,
        pages=pages_of(ask, number, total, ROWS), letter=letter, band=band, sections=SECTION_CHOICES, sizes=SIZE_CHOICES, officers=OFFICERS,
    )  # fmt: skip


def add(ask: Ask) -> Response:
    """Puts a company on the list, or takes it off again."""
    number, now, who = ask.said("number"), ask.site.now(), ask.user.sign_in
    if ask.said("what") == "take_back":
        adding.take_back(ask.site.store, number, who, now, ask.site.zone)
        return done(ask, f"Company {number} will be off the list after the next run.", ask.back("/unlisted"))
    adding.add(ask.site.store, number, who, now)
    return done(ask, f"Company {number} will be on the list after the next run.", ask.back("/unlisted"))


PAGES = (Page("/unlisted", "unlisted", EVERYONE, get=show, post=add, changes=OFFICERS),)
