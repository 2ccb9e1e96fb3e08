"""The review page as tests use it: a site on a database, browsers that have signed in, a clock that can be turned."""

import atexit
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from starlette.types import ASGIApp

from connector.files import FilesConnector
from jobs.rules import Rules
from jobs.setup import Configured, Setup
from jobs.sources import Source
from mappings.field_map import FieldMap
from review.app import make_app
from review.hosts import hosts_of
from review.roles import Role
from review.site import Site
from store.database import Database
from tests.small_world import CHAMBER, COUNCIL

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
    made = Site(
        store, ZoneInfo("Europe/London"), RULES, "Zedford Council", try_out_code=CODE, now=Clock(), url=url, hosts=hosts_of(url), setup=setup()
    )  # fmt: skip
    return replace(made, **changed)


@cache
def setup() -> Setup:
    """The settings of the two CRMs of the small world, and of a register. Their folder is there as long as the tests run, and empty."""
    folder = Path(tempfile.mkdtemp(prefix="placebridge-setup-"))
    atexit.register(shutil.rmtree, folder)
    return Setup({name: _configured(folder, name, words) for name, words in (("chamber", CHAMBER), ("council", COUNCIL))} | {"register": REGISTER})


REGISTER = Configured("register", "companies_house", "register", why_no_upload="It is a register, which is asked.")


def _configured(folder: Path, name: str, words: str) -> Configured:
    file, side = folder / f"{name}.yaml", "council" if name == "council" else "business"
    file.write_text(words, encoding="utf-8")
    (folder / name).mkdir()

    def source(field_map: FieldMap, at: Path = folder / name) -> Source:
        return Source(name, "files", side, lambda budget: FilesConnector(at), field_map)

    return Configured(name, "files", side, "0 6 * * mon-fri", map_file=file, source=source, folder=folder / name, source_at=source)


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
