"""The digest by mail: each officer chooses places, themes and how often."""

from typing import Final

from starlette.responses import Response

from jobs.refused import Refused
from jobs.work.digest import EVERY, Choice, choice_of, choose, stop
from jobs.work.listing import Wanted, find
from review.page import Ask, Page, done
from review.rendering import render
from review.roles import OFFICERS
from review.words import theme_name

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_WORDS: Final = {"day": "Every day", "week": "Every week", "month": "Every month, on its first day"}


def show(ask: Ask, wrong: str = "") -> Response:
    """What was chosen, and the form to change it."""
    site, who = ask.site, ask.user.sign_in
    held = choice_of(site.store, who)
    address = who if "@" in who else ""
    chosen = _sent(ask) if wrong else held or Choice(address)
    themes = [(name, theme_name(site, name)) for name in site.rules.themes.ids]
    facets = find(site.store, Wanted(work="all"), who, site.today(), site.zone).facets
    return render(
        ask, "work/digest.html", 422 if wrong else 200, wrong=wrong, held=held, chosen=chosen, weekdays=WEEKDAYS,
        every=[(name, EVERY_WORDS[name]) for name in EVERY], can_send=site.sends_mail,
        places=[(place, place) for place in facets["place"] if place], themes=themes,
    )  # fmt: skip


def change(ask: Ask) -> Response:
    """Keeps the choice, or ends it."""
    store, who, now = ask.site.store, ask.user.sign_in, ask.site.now()
    if ask.said("what") == "stop":
        stop(store, who, now)
        return done(ask, "You get no digest any more.", "/digest")
    try:
        choose(store, _sent(ask), who, now)
    except Refused as fault:
        return show(ask, str(fault))
    return done(ask, "Your digest is kept as you chose.", "/digest")


def _sent(ask: Ask) -> Choice:
    day = ask.said("weekday")
    weekday = WEEKDAYS.index(day) if day in WEEKDAYS else -1
    return Choice(ask.said("address"), tuple(ask.all("place")[:500]), tuple(ask.all("theme")[:100]), ask.said("every"), weekday)


PAGES = (Page("/digest", "digest", OFFICERS, get=show, post=change),)
