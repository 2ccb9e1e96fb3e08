"""Pages of a long list: which is asked for, and the links to the others."""

from typing import Any
from urllib.parse import urlencode

from review.page import Ask, NotFound

MOST = 100_000


def page_number(ask: Ask) -> int:
    """The number of the page that is asked for, from 1. Raises NotFound where it is none."""
    said = ask.asked("page") or "1"
    if not said.isdecimal() or not 1 <= int(said[:7]) <= MOST:
        raise NotFound(f"A page's number is between 1 and {MOST:,}.")
    return int(said)


def pages_of(ask: Ask, number: int, total: int, size: int) -> dict[str, Any] | None:
    """What GOV.UK Frontend's pagination takes; None where all is on one page. Raises NotFound for a page after the last."""
    last = max(1, -(-total // size))
    if number > last:
        raise NotFound(f"The list has {last:,} pages.")
    if last == 1:
        return None
    shown = sorted({1, last, *range(max(1, number - 1), min(last, number + 1) + 1)})
    items: list[dict[str, Any]] = []
    for before, at in zip([0, *shown], shown, strict=False):
        if at > before + 1:
            items.append({"ellipsis": True})
        items.append({"number": at, "href": _address(ask, at), "current": at == number})
    links: dict[str, Any] = {"items": items}
    if number > 1:
        links["previous"] = {"href": _address(ask, number - 1)}
    if number < last:
        links["next"] = {"href": _address(ask, number + 1)}
    return links


def _address(ask: Ask, number: int) -> str:
    path = ask.url.partition("?")[0]
    pairs = [(name, value) for name, value in ask.query.multi_items() if name != "page"]
    return ask.site.at(f"{path}?{urlencode([*pairs, ('page', number)])}")
