"""The links at the top of each page."""

from dataclasses import dataclass

from review.roles import ADMINS, AUDITORS, EVERYONE, OFFICERS, Role, User


@dataclass(frozen=True)
class Link:
    """A link, and whether the page is part of what it leads to."""

    text: str
    path: str
    is_here: bool


LINKS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("Businesses", "/businesses", EVERYONE),
    ("My list", "/my-list", OFFICERS),
    ("Places", "/places", EVERYONE),
    ("Report", "/report", EVERYONE),
    ("Same or not", "/links", OFFICERS),
    ("Not in any CRM", "/unlisted", EVERYONE),
    ("Admin", "/connections", ADMINS),
    ("Audit", "/audit", AUDITORS),
)
UNDER = {"/connections": ("/runs", "/rejects", "/rules", "/data")}
"""What else a link at the top stands for; the pages themselves link to each other."""


def navigation(user: User | None, url: str) -> list[Link]:
    """The links for somebody, on a page."""
    path = url.partition("?")[0]
    mine = [(text, at) for text, at, roles in LINKS if user and user.may(roles)]
    return [Link(text, at, any(_is_in(path, one) for one in (at, *UNDER.get(at, ())))) for text, at in mine]


def _is_in(path: str, at: str) -> bool:
    return path == at or path.startswith(f"{at}/")
