"""What a place needs, and which businesses could meet it."""

from typing import Final

from starlette.responses import Response

from jobs import colleagues
from jobs.place import needs
from jobs.place.needs import OUTCOMES, NewNeed
from jobs.place.offers import matches
from jobs.refused import Refused
from review.forms import number_of
from review.page import Ask, NotFound, done
from review.paging import page_number, pages_of
from review.places.reading import place_asked
from review.places.tabs import path_to, tabs
from review.rendering import render
from review.roles import OFFICERS
from review.words import WARMTHS, sentence, theme_name

SHOWN: Final = 10
"""Needs on one page: each is matched with the businesses that could meet it."""
MATCHES: Final = 5
MOST_ENDED: Final = 50


def show(ask: Ask, wrong: str = "", field: str = "resource") -> Response:
    """The open needs with who could meet them, those that have ended, and the form for a new one."""
    site, store, number = ask.site, ask.site.store, page_number(ask)
    with store.reading() as connection:
        place = place_asked(ask, connection)
    if not place:
        raise NotFound("A need belongs to a place. Choose one under Places.")
    held = needs.needs(store, place)
    shown = held[(number - 1) * SHOWN : number * SHOWN]
    ended = sorted(needs.needs(store, place, ended=True), key=lambda one: (one.ended_at or one.added_at, one.id), reverse=True)[:MOST_ENDED]
    with store.reading() as connection:
        names = colleagues.names_of(connection, {who for one in (*shown, *ended) for who in (one.added_by, one.ended_by)})
    resources = site.rules.resources
    return render(
        ask, "places/needs.html", 422 if wrong else 200, place=place, tabs=tabs(ask, place), total=len(held),
        needs=[(one, matches(store, one, site.zone, site.today(), MATCHES)) for one in shown], ended=ended,
        named=lambda who: names.get(who, who),
        resource=lambda found: resources.name(found) if found in resources.ids else found, WARMTHS=WARMTHS, officers=OFFICERS,
        resources=[(found, resources.name(found)) for found in resources.ids],
        themes=[(found, theme_name(site, found)) for found in site.rules.themes.ids],
        pages=pages_of(ask, number, len(held), SHOWN), wrong=wrong, field=field, said=ask.said, longest=needs.LONGEST,
    )  # fmt: skip


def change(ask: Ask) -> Response:
    """Adds a need, ends one, or opens one again."""
    site, store, who, now = ask.site, ask.site.store, ask.user.sign_in, ask.site.now()
    with store.reading() as connection:
        place = place_asked(ask, connection)
    if not place:
        raise NotFound("A need belongs to a place. Choose one under Places.")
    here = path_to(place, "/needs")
    if ask.said("end"):
        if ask.said("outcome") not in OUTCOMES:
            raise Refused("Choose whether the need is met or withdrawn.")
        needs.end(store, number_of(ask.said("end")), ask.said("outcome"), who, now)
        return done(ask, f"The need is {ask.said('outcome')}.", here)
    if ask.said("reopen"):
        needs.reopen(store, number_of(ask.said("reopen")), who, now)
        return done(ask, "The need is open again.", here)
    new = NewNeed("" if ask.said("everywhere") == "yes" else place, ask.said("theme"), ask.said("resource"), ask.said("words"))
    if new.resource not in site.rules.resources.ids:
        return show(ask, "Choose what is needed.", "resource")
    if new.theme and new.theme not in site.rules.themes.ids:
        return show(ask, "Choose a theme of the list, or none.", "theme")
    if not new.place and not new.theme:
        return show(ask, "Choose the theme that needs it in every place.", "theme")
    try:
        needs.add(store, new, site.rules.themes, site.rules.resources, who, now)
    except Refused as fault:
        return show(ask, sentence(str(fault)), "words")
    return done(ask, "The need is on the list.", here)
