"""The first page leads to the list; the pages about the site itself."""

from starlette.responses import Response

from review.page import Ask, Page, go_to
from review.rendering import render
from review.roles import EVERYONE, NOBODY_YET


def first(ask: Ask) -> Response:
    """To the list."""
    return go_to(ask, "/businesses")


def accessibility(ask: Ask) -> Response:
    """The accessibility statement that the law asks for."""
    return render(ask, "home/accessibility.html")


PAGES = (
    Page("/", "first", EVERYONE, get=first),
    Page("/accessibility", "accessibility", NOBODY_YET, get=accessibility),
)
