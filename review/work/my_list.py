"""My list: what is assigned to me, what came back, and what waits until a day."""

from starlette.responses import Response

from jobs.work.listing import ME, Listing, Wanted, find
from review.page import Ask, Page
from review.rendering import render
from review.roles import OFFICERS


def show(ask: Ask) -> Response:
    """The open ones first, then those that wait."""
    return render(ask, "work/my_list.html", open=_mine(ask, "open"), snoozed=_mine(ask, "snoozed"))


def _mine(ask: Ask, work: str) -> Listing:
    site = ask.site
    every_state = ("engaged", "leader_left", "leader_lapsed", "leader_not_engaged", "no_leader_known")
    return find(site.store, Wanted(owner=(ME,), state=every_state, work=work), ask.user.sign_in, site.today(), site.zone)


PAGES = (Page("/my-list", "my-list", OFFICERS, get=show),)
