"""The steps that can be taken for businesses, the same for one and for many."""

from collections.abc import Callable, Sequence
from typing import Final

from jobs.work import steps
from review.forms import day_of, one_of
from review.page import Ask

Action = Callable[[Ask, Sequence[str]], str]


def assign(ask: Ask, ids: Sequence[str]) -> str:
    """To me, to somebody, or to nobody."""
    to = one_of(ask, "owner", {"me", "nobody", "other"}, "Choose whom they are assigned to.")
    owner = {"me": ask.user.sign_in, "nobody": None}.get(to, ask.said("other"))
    steps.assign(ask.site.store, ids, owner, ask.user.sign_in, ask.site.now())
    return f"Assigned to {owner}" if owner else "Assigned to nobody"


def snooze(ask: Ask, ids: Sequence[str]) -> str:
    """Until a day."""
    until = day_of(ask, "until", "the day on which it is to be back")
    steps.snooze(ask.site.store, ids, until, ask.user.sign_in, ask.site.now(), ask.site.today(), ask.said("snooze_words"))
    return f"Snoozed until {until.day} {until:%B %Y}"


def dismiss(ask: Ask, ids: Sequence[str]) -> str:
    """With a reason; it is back when its state changes."""
    steps.dismiss(ask.site.store, ids, ask.said("reason"), ask.user.sign_in, ask.site.now(), ask.said("dismiss_words"))
    return "Dismissed, until something changes"


def reopen(ask: Ask, ids: Sequence[str]) -> str:
    """Back on the list."""
    steps.reopen(ask.site.store, ids, ask.user.sign_in, ask.site.now())
    return "Back on the list"


ACTIONS: Final[dict[str, Action]] = {"assign": assign, "snooze": snooze, "dismiss": dismiss, "reopen": reopen}
ERROR_AT: Final = {"assign": "#owner", "snooze": "#until-day", "dismiss": "#reason"}
"""Where on the page each one's first field is."""
