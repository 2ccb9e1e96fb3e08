"""The review page as tests use it: a site on a database, browsers that have signed in, a clock that can be turned."""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.types import ASGIApp

from jobs.rules import Rules
from review.app import make_app
from review.hosts import hosts_of
from review.roles import Role
from review.site import Site
from store.database import Database

with warnings.catch_warnings():  # Starlette would rather have httpx2
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient, httpx

Response = httpx.Response
CODE = "abcd-efgh-jkmn"
BEGINNING = datetime(2026, 11, 2, 10, tzinfo=UTC)
RULES = Rules.load()


@dataclass
class Clock:
    """What the site takes for now."""

    at: datetime = BEGINNING

    def __call__(self) -> datetime:
        return self.at

    def turn(self, by: timedelta) -> None:
        """So much later."""
        self.at += by


def site_on(store: Database, **changed: Any) -> Site:
    """A site that is tried out, unless `changed` says more."""
    url = changed.pop("url", "http://localhost")
    made = Site(store, ZoneInfo("Europe/London"), RULES, "Zedford Council", try_out_code=CODE, now=Clock(), url=url, hosts=hosts_of(url))
    return replace(made, **changed)


class Browser:
    """A browser without scripts: keeps cookies, follows nothing unless told, and sends the forms of pages that it was shown."""

    def __init__(
        self, site: Site, base: str = "http://localhost", raises: bool = True, before: Callable[[ASGIApp], ASGIApp] | None = None
    ) -> None:
        """`before`: what stands between the browser and the site."""
        self.site = site
        app: ASGIApp = make_app(site)
        self.client = TestClient(before(app) if before else app, base_url=base, follow_redirects=False, raise_server_exceptions=raises)

    def get(self, path: str, **more: Any) -> Response:
        """One answer, redirects as they are."""
        return self.client.get(path, **more)

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Response:
        """Sends a form with the token that this browser's pages have."""
        return self.client.post(path, data={"csrf": self.csrf(), **(fields or {})}, **more)

    def csrf(self) -> str:
        """The token of this browser's session, as a page shows it."""
        for path in ("/sign-in", "/accessibility"):
            found = re.search(r'name="csrf" value="([^"]+)"', self.client.get(self.site.at(path)).text)
            if found:
                return found[1]
        return ""

    def sign_in(self, role: Role | str, wanted: str = "/") -> Response:
        """By the code that was printed."""
        return self.post(self.site.at("/sign-in"), {"code": CODE, "role": str(role), "next": wanted})


def signed_in(site: Site, role: Role | str) -> Browser:
    """A browser in which somebody of that role has signed in."""
    browser = Browser(site)
    answer = browser.sign_in(role)
    assert answer.status_code == 303, answer.text
    return browser
