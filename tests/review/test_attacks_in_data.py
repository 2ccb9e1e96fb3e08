"""Whatever a CRM holds is shown as text: attacks in every field that it can fill, on every page, read and in Chromium."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

from review import sessions
from review.roles import Role, User
from review.site import Site
from tests.review.browser import Window, window
from tests.review.harness import BEGINNING, Browser, signed_in
from tests.review.serving import served
from tests.review.town import ATTACKS, MARK
from tests.review.walk import addresses, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium


SIGNS = (
    "<script>alert", "><img id=", "' onmouseover=", "javascript:alert('", "{{7*7}}", "</title></textarea>", "click</a>", "RTL", "AAAAAAAAAA", "=HYPERLINK",
    "%0d%0aSet-Cookie",
)  # fmt: skip
"""What each attack is known by, also where a page shows but a part of it."""


class Reading(HTMLParser):
    """What a page is made of that data could not have meant."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            text = value or ""
            runs = name.startswith("on") or name in {"style", "srcdoc"} or (name == "id" and text == MARK)
            leads_away = name in {"href", "src", "action", "formaction", "xlink:href"} and not self._is_ours(text)
            if runs or leads_away:
                self.found.append(f"<{tag} {name}={text[:60]}>")
        if tag in {"iframe", "object", "embed", "base"}:
            self.found.append(f"<{tag}>")

    def _is_ours(self, address: str) -> bool:
        split = urlsplit(unquote(address.strip()))
        return split.scheme in {"", "http", "https", "mailto", "tel"} and (bool(split.scheme) or not split.netloc)


def test_the_attacks_are_there_to_be_seen(hostile: Site) -> None:
    text = "".join(signed_in(hostile, Role.ADMIN).get(address.path).text for address in addresses(hostile) if address.page.name == "business")
    assert f"&lt;script&gt;alert(&#39;{MARK}&#39;)&lt;/script&gt;" in text
    assert "{{7*7}}" in text
    assert "onerror=alert" in text


@pytest.mark.parametrize("role", Role)
def test_no_page_takes_data_for_markup(hostile: Site, role: Role) -> None:
    browser, found = signed_in(hostile, role), []
    for address in addresses(hostile):
        if address.page.get is None:
            continue
        answer = browser.get(address.path)
        assert answer.status_code < 500, address.path
        if "html" not in answer.headers.get("content-type", ""):
            continue
        reading = Reading()
        reading.feed(answer.text)
        found += [f"{address.path}: {one}" for one in reading.found]
        if f"<script>alert('{MARK}" in answer.text:
            found.append(address.path)
    assert found == []


def test_a_name_that_the_provider_tells_is_text_too(hostile: Site) -> None:
    attack = ATTACKS[1]
    session = sessions.begin(hostile.store, User(attack, attack, frozenset({Role.OFFICER})), BEGINNING)
    browser = Browser(hostile)
    browser.client.cookies.set("placebridge", session.token)
    text = browser.get("/businesses").text
    assert "Signed in as &#34;&gt;&lt;img" in text
    assert attack not in text


@pytest.fixture
def open_window(browser: "Chromium", hostile: Site) -> Iterator[Window]:
    with served(hostile) as base, window(browser, base) as found:
        found.sign_in(Role.ADMIN)
        yield found


class Standing(HTMLParser):
    """Where attacks stand in a page: which of them, in what kind of element, and in which part of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self._within: tuple[str, str] = ("", "")
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = (tag, dict(attrs).get("class") or "")
        for name, value in attrs:
            self._note(name, value or "")

    def handle_data(self, data: str) -> None:
        self._note("", data)

    def _note(self, part: str, text: str) -> None:
        self.found |= {(*self._within, part, sign) for sign in SIGNS if sign in text}


def telling(site: Site, most: int) -> Iterator[str]:
    """The path of one address of each page, and of each other one that has an attack where none of those before has it."""
    seen, pages = set[tuple[str, ...]](), set[str]()
    for address, text in shown(site, Role.ADMIN, most):
        stands = Standing(text).found
        if address.page.name not in pages or stands - seen:
            yield address.path
        pages.add(address.page.name)
        seen |= stands


def test_every_attack_is_known_by_a_sign() -> None:
    assert [[sign in attack for sign in SIGNS].index(True) for attack in ATTACKS] == list(range(len(ATTACKS)))


def test_chromium_runs_nothing_that_data_holds(open_window: Window, hostile: Site) -> None:
    found = []
    for path in list(telling(hostile, most=12)):
        open_window.open(path, 320)
        if open_window.page.locator(f"#{MARK}").count():
            found.append(path)
        if open_window.too_wide() > 0:
            found.append(f"{path} scrolls sideways")
    assert found == []
    assert [fault for fault in open_window.faults if "responded with a status of 40" not in fault] == []  # pages that are off here
