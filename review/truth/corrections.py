"""What an officer says of a business, of somebody there, or of an engagement: each a form of one thing, undone on its page."""

from sqlalchemy import select
from starlette.responses import Response

from jobs import dirty
from jobs.decisions import corrected, corrections
from jobs.decisions.kinds import REASONS, Shut
from jobs.refused import Refused
from mappings.policy import Touch
from review.businesses.reading import Person, View, view
from review.forms import day_fields, day_of, number_of, one_of
from review.page import Ask, NotFound, Page, done
from review.rendering import render
from review.roles import OFFICERS
from review.truth.filling import Misfilled, at_field, later_day
from review.truth.taking_effect import look_again
from review.words import theme_name
from store import bulk
from store.tables import Flag, ThemeFound

flag, theme = bulk.table_of(Flag), bulk.table_of(ThemeFound)


def correct(ask: Ask) -> Response:
    """What a button alone says: not a leader, not about this theme; and undo."""
    what, business_id = ask.said("what"), ask.path["business_id"]
    if what == "undo":
        return _undo(ask, number_of(ask.said("correction")))
    if what == "not_leader":
        corrections.not_leader(ask.site.store, business_id, ask.said("person"), ask.user.sign_in, ask.site.now())
        return _done(ask, "Kept: not a leader here.", [business_id])
    if what == "not_theme":
        return _not_theme(ask)
    raise Refused("Choose what is wrong, on the business's page.")


def _undo(ask: Ask, number: int) -> Response:
    with ask.site.store.reading() as connection:
        found = corrected.find(connection, number)
    corrections.undo(ask.site.store, number, ask.user.sign_in, ask.site.now())
    ids = {ask.path["business_id"], *([found.business_id] if found and found.business_id else [])}
    return _done(ask, "Undone. What the records say holds again.", ids | _businesses_of(ask, found.engagement_id if found else None))


def _not_theme(ask: Ask) -> Response:
    found = _view(ask)
    touch = _touch(found, ask.said("engagement"))
    said = ask.said("theme")
    corrections.not_theme(ask.site.store, touch.id, said, ask.user.sign_in, ask.site.now())
    return _done(ask, f"Kept: it is not about {theme_name(ask.site, said)}.", {found.id} | _businesses_of(ask, touch.id))


def show_left(ask: Ask, wrong: Misfilled | None = None) -> Response:
    """The page to say that somebody has left."""
    found = _view(ask)
    return _form(ask, "left", found, wrong, person=_person(found, ask.path["person_id"]), since=day_fields(ask, "since"))


def left(ask: Ask) -> Response:
    """Says it."""
    found = _view(ask)
    person = _person(found, ask.path["person_id"])
    try:
        with at_field("since-day"):
            since = day_of(ask, "since", "the first day on which they were no longer there")
            corrections.has_left(ask.site.store, found.id, person.id, since, ask.user.sign_in, ask.site.now())
    except Misfilled as fault:
        return show_left(ask, fault)
    return _done(ask, f"Kept: {person.name} has left.", [found.id])


def show_about(ask: Ask, wrong: Misfilled | None = None) -> Response:
    """The page to say what an engagement is about."""
    found = _view(ask)
    touch, known = _touch(found, ask.path["engagement_id"]), ask.site.rules.themes
    with ask.site.store.reading() as connection:
        there = set(connection.scalars(select(theme.c.found).where(theme.c.engagement_id == touch.id, theme.c.kind != "resource")))
    themes = sorted(((one, known.name(one)) for one in known.ids if one not in there), key=lambda pair: pair[1])
    return _form(ask, "about", found, wrong, touch=touch, themes=themes)


def about(ask: Ask) -> Response:
    """Says it."""
    found = _view(ask)
    touch, known, said = _touch(found, ask.path["engagement_id"]), ask.site.rules.themes, ask.said("theme")
    try:
        with at_field("theme"):
            if not said:
                raise Refused("Choose what it is about.")
            corrections.is_theme(ask.site.store, touch.id, said, known.ids, ask.user.sign_in, ask.site.now())
    except Misfilled as fault:
        return show_about(ask, fault)
    return _done(ask, f"Kept: it is about {theme_name(ask.site, said)}.", {found.id} | _businesses_of(ask, touch.id))


def show_place(ask: Ask, wrong: Misfilled | None = None) -> Response:
    """The page to say where a business is."""
    with ask.site.store.reading() as connection:
        known = {place for place in connection.scalars(select(flag.c.place).distinct()) if place}
    return _form(ask, "place", _view(ask), wrong, places=sorted(known, key=str.casefold))


def place(ask: Ask) -> Response:
    """Says it."""
    found = _view(ask)
    try:
        with at_field("place"):
            corrections.wrong_place(ask.site.store, found.id, ask.said("place"), ask.user.sign_in, ask.site.now())
    except Misfilled as fault:
        return show_place(ask, fault)
    return _done(ask, "Kept: lists and places count it there.", [found.id])


def show_shut(ask: Ask, wrong: Misfilled | None = None) -> Response:
    """The page to say that a business is not to be approached."""
    return _form(ask, "shut", _view(ask), wrong, reasons=REASONS, until=day_fields(ask, "until"))


def shut(ask: Ask) -> Response:
    """Says it."""
    found, site = _view(ask), ask.site
    try:
        with at_field("reason"):
            reason = one_of(ask, "reason", REASONS, "Choose why it is not to be approached.")
        until = later_day(ask, "until", "the day on which it may be approached again")
        with at_field("words"):
            said = Shut(reason, until, ask.said("words"))
            corrections.do_not_approach(site.store, found.id, said, ask.user.sign_in, site.now(), site.zone)
    except Misfilled as fault:
        return show_shut(ask, fault)
    return _done(ask, "Kept: it is not to be approached until that day.", [found.id])


def show_claim(ask: Ask, wrong: Misfilled | None = None) -> Response:
    """The page to say that somebody is on a business."""
    return _form(ask, "claim", _view(ask), wrong, until=day_fields(ask, "until"))


def claim(ask: Ask) -> Response:
    """Says it, for whoever asks or for another."""
    found, site = _view(ask), ask.site
    try:
        with at_field("by"):
            mine = one_of(ask, "by", {"me", "other"}, "Choose who is on it.") == "me"
        with at_field("other"):
            if not (mine or ask.said("other")):
                raise Refused("Write who is on it, as in: the chamber.")
        until = later_day(ask, "until", "the day until which it is claimed")
        with at_field("by"):
            whose = ask.user.name if mine else ask.said("other")
            corrections.claim(site.store, found.id, whose, until, ask.user.sign_in, site.now(), site.zone)
    except Misfilled as fault:
        return show_claim(ask, fault)
    return done(ask, "Kept: everybody sees it on this page and in the list.", f"/businesses/{found.id}")


def _form(ask: Ask, name: str, found: View, wrong: Misfilled | None, **more: object) -> Response:
    return render(ask, f"truth/{name}.html", 422 if wrong else 200, business=found, wrong=wrong, said=ask.said, **more)


def _done(ask: Ask, said: str, business_ids: list[str] | set[str]) -> Response:
    return done(ask, look_again(ask, said, business_ids), ask.back(f"/businesses/{ask.path['business_id']}"))


def _view(ask: Ask) -> View:
    return view(ask.site, ask.path["business_id"])


def _person(found: View, person_id: str) -> Person:
    for person in found.people:
        if person.id == person_id:
            return person
    raise NotFound(f"No CRM has that person at {found.name}. Look at its page again.")


def _touch(found: View, said: str) -> Touch:
    for touch in found.known.facts.touches:
        if touch.id > 0 and str(touch.id) == said:
            return touch
    raise NotFound(f"No CRM holds that engagement with {found.name}. Look at its page again.")


def _businesses_of(ask: Ask, engagement_id: int | None) -> set[str]:
    """An engagement may be with several."""
    if engagement_id is None:
        return set()
    with ask.site.store.reading() as connection:
        return dirty.of_engagements(connection, [engagement_id])


PAGES = (
    Page("/businesses/{business_id}/corrections", "corrections", OFFICERS, post=correct),
    Page("/businesses/{business_id}/people/{person_id}/left", "left", OFFICERS, get=show_left, post=left),
    Page("/businesses/{business_id}/engagements/{engagement_id}/about", "about", OFFICERS, get=show_about, post=about),
    Page("/businesses/{business_id}/place", "place", OFFICERS, get=show_place, post=place),
    Page("/businesses/{business_id}/do-not-approach", "do-not-approach", OFFICERS, get=show_shut, post=shut),
    Page("/businesses/{business_id}/claim", "claim", OFFICERS, get=show_claim, post=claim),
)
