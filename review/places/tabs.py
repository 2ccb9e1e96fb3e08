"""The pages of one place, as links between them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from review.page import Ask
from review.places.naming import key_of

PAGES: Final = (("", "At the table"), ("/needs", "Needs"), ("/people", "People"), ("/readiness", "Readiness"), ("/measures", "Measures"))


@dataclass(frozen=True)
class Tab:
    """A page of a place."""

    text: str
    path: str
    is_here: bool


def path_to(place: str, page: str = "") -> str:
    """The path of a page of a place, fit for an address."""
    return f"/places/{quote(key_of(place), safe='')}{page}"


def tabs(ask: Ask, place: str) -> list[Tab]:
    """The links on a page of a place. Of businesses without a known place nobody decides anything, so they have fewer."""
    pages = PAGES if place else (PAGES[0], PAGES[-1])
    here = ask.url.partition("?")[0]
    paths = [(text, path_to(place, page), page) for page, text in pages]
    return [Tab(text, path, here == path or (bool(page) and here.startswith(f"{path}/"))) for text, path, page in paths]
