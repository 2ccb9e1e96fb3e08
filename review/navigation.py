"""The links at the top of each page."""

from dataclasses import dataclass

from review.roles import EVERYONE, OFFICERS, Role, User


@dataclass(frozen=True)
class Link:
    """A link, and whether the page is part of what it leads to."""

    text: str
    path: str
    is_here: bool


LINKS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("Businesses", "/businesses", EVERYONE),
    ("My list", "/my-list", OFFICERS),
    ("Same or not", "/links", OFFICERS),
    ("Not in any CRM", "/unlisted", EVERYONE),
)


def navigation(user: User | None, url: str) -> list[Link]:
    """The links for somebody, on a page."""
    path = url.partition("?")[0]
    return [Link(text, at, path == at or path.startswith(f"{at}/")) for text, at, roles in LINKS if user and user.may(roles)]
