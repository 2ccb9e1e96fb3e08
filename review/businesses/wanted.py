"""What of the list is asked for: the address's query as filters, and filters as the choices of the form."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from jobs.work.board import FACETS, SORTS, UNKNOWN
from jobs.work.listing import ME, NOBODY, Listing, Wanted
from mappings.policy import REACHES as REACH_ORDER
from mappings.policy import STATES as STATE_ORDER
from review.page import Ask
from review.site import Site
from review.words import REACHES, STATES, theme_name

LONGEST: Final = 200
MOST: Final = 50
"""Values of one filter."""
SORT_WORDS: Final = {"priority": "Priority", "name": "Name", "newest": "Newest change", "size": "Staff", "place": "Place"}
WORK_WORDS: Final = {"open": "Open", "snoozed": "Snoozed", "dismissed": "Dismissed", "all": "All"}
TITLES: Final = {
    "place": "Place", "theme": "Theme", "sector": "Sector", "state": "State", "reach": "Reach", "size": "Staff", "owner": "Assigned to",
    "tag": "Tag",
}  # fmt: skip
NONE: Final = "none"
"""How a filter for businesses without a value is written in the address."""


@dataclass(frozen=True)
class Filter:
    """A filter as the form shows it."""

    name: str
    title: str
    items: list[dict[str, Any]]
    value: str
    on: int
    """How many values are chosen."""


def wanted_of(ask: Ask, page: int = 1) -> Wanted:
    """The filters of the address. What is too long or too much is left out, as no business could have it."""
    values = {name: tuple(_values(ask, name)) for name in FACETS}
    return Wanted(
        **values, text=ask.asked("q")[:LONGEST], work=ask.asked("work") or "open", sort=ask.asked("sort") or "priority", page=page
    )


def _values(ask: Ask, name: str) -> list[str]:
    found = [value.strip() for value in ask.query.getlist(name)[:MOST] if value.strip() and len(value) <= LONGEST]
    return [UNKNOWN if value == NONE and name != "owner" else value for value in found]


def query_of(ask: Ask, **changes: str) -> str:
    """The address's query with some values in the place of others, without the page."""
    kept = [(name, value) for name, value in ask.query.multi_items() if name not in {*changes, "page"} and value]
    return urlencode([*kept, *((name, value) for name, value in changes.items() if value)])


def filters(ask: Ask, wanted: Wanted, listing: Listing) -> list[Filter]:
    """Every filter with its choices, and how many businesses each would show."""
    return [_filter(ask, wanted, listing, name) for name in FACETS]


def _filter(ask: Ask, wanted: Wanted, listing: Listing, name: str) -> Filter:
    counts, chosen = listing.facets[name], [value or NONE for value in getattr(wanted, name)]
    pairs = [(value or NONE, count) for value, count in counts.items()]
    if name == "owner":
        pairs = [(ME, counts.get(ask.user.sign_in, 0)), (NOBODY, counts.get(UNKNOWN, 0))] + [
            (value, count) for value, count in counts.items() if value not in {UNKNOWN, ask.user.sign_in}
        ]
    known = {value for value, _ in pairs}
    pairs += [(value, 0) for value in chosen if value not in known]
    items = [{"value": "", "text": "All but engaged" if name == "state" else "All"}]
    items += [{"value": value, "text": f"{said(ask.site, name, value)} ({count:,})"} for value, count in _sorted(ask, name, pairs)]
    return Filter(name, TITLES[name], items, chosen[0] if chosen else "", len(chosen))


def _sorted(ask: Ask, name: str, pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    fixed = {"state": STATE_ORDER, "reach": REACH_ORDER, "owner": (ME, NOBODY)}.get(name, ())
    return sorted(pairs, key=lambda pair: (_rank(pair[0], fixed), pair[0] == NONE, said(ask.site, name, pair[0]).casefold()))


def _rank(value: str, fixed: tuple[str, ...]) -> int:
    return fixed.index(value) if value in fixed else len(fixed)


def said(site: Site, name: str, value: str) -> str:
    """A filter's value as people say it."""
    if value == NONE:
        return "Not known" if name != "tag" else "No tag"
    if name == "state" and value in STATES:
        return STATES[value][0]
    if name == "reach" and value in REACHES:
        return REACHES[value]
    if name == "theme":
        return theme_name(site, value)
    if name == "size":
        return value.replace("-", " to ").replace("+", " or more")
    return {ME: "Me", NOBODY: "Nobody"}.get(value, value) if name == "owner" else value


def sorts() -> list[tuple[str, str]]:
    """The orders that can be chosen."""
    return [(name, SORT_WORDS.get(name, name)) for name in SORTS]
