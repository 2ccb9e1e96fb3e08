"""The site of a folder with two small exports, and a browser that has signed in."""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from placebridge.opening import Opened, opened
from placebridge.reviewing import site_of
from review.app import make_app
from review.site import Site
from store.database import Database

with warnings.catch_warnings():  # Starlette would rather have httpx2
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient, httpx

CONFIG = """PLACEBRIDGE_DATABASE_URL={url}
PLACEBRIDGE_CONNECTIONS__COUNCIL__KIND=files
PLACEBRIDGE_CONNECTIONS__COUNCIL__SIDE=council
PLACEBRIDGE_CONNECTIONS__COUNCIL__PATH=exports
PLACEBRIDGE_CONNECTIONS__COUNCIL__MAPPING=council.yaml
PLACEBRIDGE_CONNECTIONS__COUNCIL__SCHEDULE=0 6 * * mon-fri
PLACEBRIDGE_CONNECTIONS__BUREAU__KIND=files
PLACEBRIDGE_CONNECTIONS__BUREAU__SIDE=business
PLACEBRIDGE_CONNECTIONS__BUREAU__PATH=sftp://somebody@sftp.example.org/exports
PLACEBRIDGE_CONNECTIONS__BUREAU__MAPPING=council.yaml
PLACEBRIDGE_CONNECTIONS__POSTCODES__KIND=postcodes
PLACEBRIDGE_CONNECTIONS__POSTCODES__SIDE=register
"""
FIELD_MAP = """business: {from: accounts.csv, id: Account, fields: {name: Account Name}}
person: {from: contacts.csv, id: Contact, fields: {first_name: First, last_name: Last, title: Job, business: Account}}
engagement: {from: "visits-*.csv", id: Visit, fields: {kind: Kind, subject: Subject, starts_at: When, business: Account}}
"""
ACCOUNTS = "Account,Account Name,Town\nA1,Acme Ltd,Oldport\nA2,Birch Ltd,Oldport\n,No Id Ltd,Oldport\n"
CONTACTS = "Contact,First,Last,Job,Account\nC1,Ann,Lee,CEO,A1\nC2,Bo,Fox,Clerk,A2\n"
VISITS = "Visit,Kind,Subject,When,Account\nV1,visit,two more apprentices,2026-10-01T10:00,A1\nV2,webinar,late bus,2026-02-31,A2\nV3,webinar,lantern parade,2026-10-02T10:00,A2\n"
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


class Browser:
    """Somebody at the site."""

    def __init__(self, client: TestClient, site: Site) -> None:
        self.client, self.site = client, site
        self.page: httpx.Response | None = None

    def sign_in(self, role: str) -> "Browser":
        """As that role."""
        self.get("/sign-in")
        self.client.post("/sign-in", data={"csrf": self.csrf, "code": self.site.try_out_code or "", "role": role, "next": "/"})
        return self

    @property
    def csrf(self) -> str:
        """The token of the page that was seen last."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.text)
        assert found, "the page has no form"
        return found[1]

    @property
    def text(self) -> str:
        """What the page says, with line breaks and runs of spaces as one space."""
        assert self.page is not None
        return " ".join(self.page.text.split())

    @property
    def words(self) -> str:
        """The same without its tags."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.text).replace("&#39;", "'").replace("&#34;", '"').split())

    def get(self, path: str) -> "Browser":
        """Opens a page."""
        self.page = self.client.get(path)
        return self

    def send(self, path: str, **fields: str) -> "Browser":
        """Sends a form, from a page of it."""
        self.page = self.client.post(path, data={"csrf": self.csrf, "back": "/connections", **fields})
        return self

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> "Browser":
        """Sends a file."""
        self.page = self.client.post(path, data={"csrf": self.csrf, **fields}, files={"file": (name, content, "text/csv")})
        return self

    @property
    def status(self) -> int:
        """The answer's."""
        assert self.page is not None
        return self.page.status_code


@pytest.fixture
def folder(tmp_path: Path, migrated_url: str) -> Path:
    """Settings, a field map and exports."""
    return write_folder(tmp_path, migrated_url)


def write_folder(folder: Path, database_url: str) -> Path:
    """Writes them."""
    (folder / "exports").mkdir()
    (folder / "config.env").write_text(CONFIG.format(url=database_url))
    (folder / "council.yaml").write_text(FIELD_MAP)
    for name, text in (("accounts.csv", ACCOUNTS), ("contacts.csv", CONTACTS), ("visits-1.csv", VISITS)):
        (folder / "exports" / name).write_text(text)
    return folder


@pytest.fixture
def at(folder: Path) -> Iterator[Opened]:
    """The configuration and its database."""
    with opened(folder / "config.env", write=True) as found:
        yield found


@pytest.fixture
def site(at: Opened) -> Site:
    """Its site."""
    return site_of(at, "127.0.0.1")


@pytest.fixture
def somebody(site: Site) -> Callable[[str], Browser]:
    """Makes somebody who has signed in, by role."""
    return lambda role: Browser(TestClient(make_app(site), base_url="http://localhost"), site).sign_in(role)


@pytest.fixture
def admin(somebody: Callable[[str], Browser]) -> Browser:
    """An admin."""
    return somebody("admin")


@pytest.fixture
def read(at: Opened) -> Callable[[], None]:
    """Has the council's exports read, as the worker does."""
    from jobs.pipeline import sync
    from jobs.pulling import Options
    from placebridge.opening import rules_of, sources_of
    from store.lease import STAGES, hold

    def run() -> None:
        with closing(Database(at.config.database_url)) as store, hold(store, ["council", STAGES]):
            sync(store, sources_of(at.config, store, ["council"]), rules_of(at.config, store), Options(at.config.zone))

    return run
