"""Where a read stands, and what its cursor says."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from connector.contract import Cursor
from connector.hubspot.plan import Plan

Phase = Literal["list", "search", "ties", "archived", "done"]
BIN = 90 * 86_400.0
"""Seconds for which HubSpot's recycle bin keeps what was deleted; a place older than this may have missed deletions."""
OTHER = "the place where the last read ended does not fit this field map or version, so everything is read again"
ACCOUNT = "the token opens another HubSpot account than the last read's, so everything is read again"
OLD = "the last read is more than 90 days old and HubSpot keeps deletions no longer, so everything is read again"

KINDS: dict[str, Any] = {
    "mark": str, "account": int | None, "whole": int | float, "began": int | float, "full": bool, "phase": str, "after": str | None,
    "stamp": int, "above": int,
}  # fmt: skip


@dataclass(frozen=True)
class Overlap:
    """How reads overlap."""

    look_back: float
    """Seconds."""
    whole_after: float
    """Seconds from one whole read to the next; none of them: each read is whole."""


@dataclass(frozen=True)
class Place:
    """Where a read stands. Times are seconds since 1970 by the slower of HubSpot's clock and ours."""

    mark: str
    """The plan's."""
    account: int | None
    whole: float
    """When the last whole read began."""
    began: float
    """When this read began."""
    full: bool
    """This read is a whole one."""
    phase: Phase
    after: str | None = None
    """`list` and `archived`: the place in the list."""
    stamp: int = 0
    """`search` and `ties`: changes from that millisecond on, or of it."""
    above: int = 0
    """`ties`: ids above this one."""

    def cursor(self) -> Cursor:
        """As it is stored."""
        return asdict(self)


def read_cursor(cursor: Cursor) -> Place | None:
    """The place that a cursor names; None where it is none of ours."""
    fits = set(cursor) == set(KINDS) and all(isinstance(cursor[name], kind) for name, kind in KINDS.items())
    fits = fits and cursor["phase"] in get_args(Phase)
    return Place(**cursor) if fits else None  # type: ignore[arg-type]


def whole(plan: Plan, account: int | None, now: float) -> Place:
    """The start of a whole read."""
    return Place(plan.mark, account, now, now, True, "list")


def start(plan: Plan, account: int | None, now: float, cursor: Cursor | None, overlap: Overlap) -> tuple[Place, list[str]]:
    """Where a read begins or goes on, and what is to be said of it."""
    first = whole(plan, account, now)
    if cursor is None:
        return first, []
    place = read_cursor(cursor)
    if place is None or place.mark != plan.mark:
        return first, [OTHER]
    if account is not None and place.account is not None and account != place.account:
        return first, [ACCOUNT]
    if now - place.began > BIN:
        return first, [OLD]
    if place.phase != "done":
        return place, []
    if not plan.by_id or now - place.whole >= overlap.whole_after:
        return first, []
    since = int((place.began - overlap.look_back) * 1000)
    return Place(plan.mark, account, place.whole, now, False, "search", stamp=since), []
