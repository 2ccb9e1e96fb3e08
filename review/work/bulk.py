"""One step for many businesses: those that were ticked, or the whole list as it was filtered."""

from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams
from starlette.responses import Response

from jobs.refused import Refused
from jobs.work.listing import Wanted, every_id, find
from jobs.work.steps import REASONS
from review.businesses.wanted import wanted_of
from review.forms import day_fields, one_of
from review.page import Ask, Page, done, local_path
from review.rendering import render
from review.roles import OFFICERS
from review.work.actions import ACTIONS, ERROR_AT

MOST = 5000
"""So many businesses can be changed at once: each gets a row of its own in the audit."""


def show(ask: Ask, wrong: str = "") -> Response:
    """What to do with the businesses."""
    ids = ask.all("id") or ask.query.getlist("id")
    query = ask.said("list") or ask.asked("list")
    which = "all" if "all" in {ask.said("which"), ask.asked("which")} else "selected"
    site = ask.site
    total = find(site.store, _wanted(ask, query), ask.user.sign_in, site.today(), site.zone).total
    return render(
        ask, "work/bulk.html", 422 if wrong else 200, ids=ids, list=query, which=which, total=total, wrong=wrong, said=ask.said,
        ERROR_AT=ERROR_AT, reasons=REASONS, until=day_fields(ask, "until"),
    )  # fmt: skip


def change(ask: Ask) -> Response:
    """Does it. What is wrong is said on the same page, with what was chosen."""
    query = ask.said("list")
    try:
        action = ACTIONS[one_of(ask, "what", ACTIONS, "Choose what to do.")]
        ids = _listed(ask, query) if ask.said("which") == "all" else ask.all("id")
        if len(ids) > MOST:
            raise Refused(f"These are {len(ids):,} businesses; at most {MOST:,} can be changed at once. Filter the list first.")
        words = action(ask, ids)
    except Refused as fault:
        return show(ask, str(fault))
    changed = "1 business" if len(ids) == 1 else f"{len(ids):,} businesses"
    return done(ask, f"{words}: {changed}.", local_path(f"/businesses?{query}") or "/businesses")


def _listed(ask: Ask, query: str) -> list[str]:
    """The businesses of the list that a query asks for."""
    return every_id(ask.site.store, _wanted(ask, query), ask.user.sign_in, ask.site.today())


def _wanted(ask: Ask, query: str) -> Wanted:
    return wanted_of(Ask(ask.site, ask.session, ask.nonce, ask.path, QueryParams(parse_qsl(query)), ask.url))


PAGES = (Page("/work/bulk", "bulk", OFFICERS, get=show, post=change),)
