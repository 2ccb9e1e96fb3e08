"""The pages of places."""

from starlette.responses import Response

from jobs.place import needs, roles
from review.page import Ask, Page
from review.places import heat_page, measures_page, needs_page, people_page, readiness_page
from review.places.reading import place_asked, table_of
from review.places.tabs import tabs
from review.rendering import render
from review.roles import EVERYONE, OFFICERS
from review.words import theme_name


def one(ask: Ask) -> Response:
    """A place: who is at the table, for a theme or for each."""
    site, theme = ask.site, ask.asked("theme")
    theme = theme if theme in site.rules.themes.ids else ""
    with site.store.reading() as connection:
        place = place_asked(ask, connection)
        table = table_of(connection, site, place, theme)
    return render(
        ask, "places/one.html", place=place, tabs=tabs(ask, place), table=table, chosen=theme,
        named_themes=[(found, theme_name(site, found)) for found in site.rules.themes.ids],
        sector_names={found: site.rules.sectors.name(found) for found in site.rules.sectors.ids},
        open_needs=len(needs.needs(site.store, place)) if place else 0, people=len(roles.roles(site.store, place)) if place else 0,
    )  # fmt: skip


PAGES = (
    Page("/places", "places", EVERYONE, get=heat_page.show),
    Page("/places/{place}", "place-table", EVERYONE, get=one),
    Page("/places/{place}/needs", "place-needs", EVERYONE, get=needs_page.show, post=needs_page.change, changes=OFFICERS),
    Page("/places/{place}/people", "place-people", EVERYONE, get=people_page.show, post=people_page.change, changes=OFFICERS),
    Page("/places/{place}/people/add", "place-people-add", OFFICERS, get=people_page.show_add, post=people_page.add),
    Page("/places/{place}/readiness", "place-readiness", EVERYONE, get=readiness_page.show),
    Page(
        "/places/{place}/readiness/{part}", "place-readiness-part", EVERYONE, get=readiness_page.show_part, post=readiness_page.say,
        changes=OFFICERS,
    ),
    Page("/places/{place}/measures", "place-measures", EVERYONE, get=measures_page.show),
)  # fmt: skip
