"""What an officer does about one business: assign, snooze, dismiss, comment, and "met her on"."""

from starlette.responses import Response

from jobs.flag_stage import reflag
from jobs.refused import Refused
from jobs.themes import map_noted
from jobs.work import meetings, steps
from jobs.work.meetings import Met
from jobs.work.steps import REASONS
from review.businesses.reading import view
from review.forms import day_fields, day_of, number_of, one_of
from review.page import Ask, Page, done
from review.rendering import render
from review.roles import OFFICERS
from review.work.actions import ACTIONS, ERROR_AT

LATER = "A sync is under way: the state shows it when that has ended."
"""Where the flags are being brought up to date by somebody else."""


def show(ask: Ask, wrong: str = "") -> Response:
    """The page to assign, snooze, dismiss or put back."""
    found = view(ask.site, ask.path["business_id"])
    return render(
        ask, "work/one.html", 422 if wrong else 200, business=found, wrong=wrong, reasons=REASONS, said=ask.said, ERROR_AT=ERROR_AT,
        until=day_fields(ask, "until"),
    )  # fmt: skip


def change(ask: Ask) -> Response:
    """Does it."""
    business_id = ask.path["business_id"]
    try:
        words = ACTIONS[one_of(ask, "what", ACTIONS, "Choose what to do.")](ask, [business_id])
    except Refused as fault:
        return show(ask, str(fault))
    return done(ask, f"{words}.", f"/businesses/{business_id}")


def comment(ask: Ask) -> Response:
    """Writes a comment, or undoes a step."""
    business_id = ask.path["business_id"]
    if ask.said("undo"):
        steps.undo(ask.site.store, number_of(ask.said("undo")), ask.user.sign_in, ask.site.now())
        return done(ask, "Undone.", f"/businesses/{business_id}")
    steps.comment(ask.site.store, business_id, ask.said("words"), ask.user.sign_in, ask.site.now())
    return done(ask, "Your comment is kept.", f"/businesses/{business_id}")


def show_met(ask: Ask, wrong: str = "") -> Response:
    """The page to write down a meeting."""
    found = view(ask.site, ask.path["business_id"])
    return render(
        ask, "work/met.html", 422 if wrong else 200, business=found, wrong=wrong, said=ask.said, chosen=ask.all("person"),
        kinds=meetings.KINDS, day=day_fields(ask, "day", ask.site.today()),
    )  # fmt: skip


def met(ask: Ask) -> Response:
    """Writes it down, or undoes one; the business's state is as it is then."""
    site, business_id = ask.site, ask.path["business_id"]
    who, now, today = ask.user.sign_in, site.now(), site.today()
    try:
        if ask.said("undo"):
            meetings.undo_met(site.store, number_of(ask.said("undo")), who, now)
            said = "Undone. It no longer counts."
        else:
            day = day_of(ask, "day", "the day on which you met")
            meetings.met(site.store, business_id, Met(ask.said("kind"), day, tuple(ask.all("person")), ask.said("note")), who, now, today)
            said = "Written down. It counts from now on."
    except Refused as fault:
        return show_met(ask, str(fault))
    map_noted(site.store, site.rules.themes, site.rules.resources)
    seen = reflag(site.store, [business_id], today, site.rules, site.zone)
    return done(ask, said if seen else f"{said} {LATER}", f"/businesses/{business_id}")


PAGES = (
    Page("/businesses/{business_id}/work", "work", OFFICERS, get=show, post=change),
    Page("/businesses/{business_id}/comments", "comments", OFFICERS, post=comment),
    Page("/businesses/{business_id}/met", "met", OFFICERS, get=show_met, post=met),
)
