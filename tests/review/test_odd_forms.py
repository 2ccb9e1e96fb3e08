"""Whatever is sent in a form of ours, the answer is a page that says what to do, and never a fault: odd values in every field of every form."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from starlette.datastructures import QueryParams

from review.roles import Role
from review.routes import PAGES
from review.site import Site
from tests.review.harness import signed_in, site_on
from tests.review.walk import names_in, views

ODD = ("", "-1", "99999999999999999999", "é\u202e", "\x00", "A" * 10_000, "2026-02-30", "' OR 1=1 --", "//evil.example")
ANY = "of-no-page"
"""A name that no page looks for, though some hand on whatever stands in their address."""
LET_OUT = {"/sign-out", "/sign-in"}


@dataclass
class Form:
    """A form that changes something, with the fields that it has."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page that are sent by POST."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(held.get("action", "")) if held.get("method", "").lower() == "post" else None
            if self._open is not None:
                self.found.append(self._open)
        elif tag in {"input", "select", "textarea", "button"} and held.get("name") and self._open is not None:
            self._open.fields.setdefault(held["name"], held.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest) -> Site:
    return site_on(request.getfixturevalue("full_store" if request.param == "sqlite" else "full_on_postgres"))


def test_no_odd_value_makes_a_fault(site: Site) -> None:
    """Each form once, by the first of these who is shown it: after the look at the role, what takes a form does not ask who sent it."""
    tried, found = set[tuple[str, ...]](), []
    for role in (Role.ADMIN, Role.OFFICER):
        browser = signed_in(site, role)
        for address in views(site, role, most=1):
            for form in Forms(browser.get(address.path).text).found:
                known = (address.page.name, *sorted(form.fields))
                if form.action in LET_OUT or known in tried:
                    continue
                tried.add(known)
                for name, odd in product(sorted(form.fields.keys() - {"csrf"}), ODD):
                    answer = browser.client.post(form.action, data=form.fields | {name: odd})
                    if answer.status_code >= 500 or _leads_elsewhere(answer.headers.get("location", "")):
                        found.append((form.action, name, odd[:20], answer.status_code))
    assert found == []


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that pages look for in an address, from when they have looked for them."""
    names: set[str] = set()

    def noted(way: Callable[[QueryParams, str], Any]) -> Callable[[QueryParams, str], Any]:
        def look(query: QueryParams, name: str) -> Any:
            names.add(name)
            return way(query, name)

        return look

    for way in ("__getitem__", "__contains__", "getlist"):
        monkeypatch.setattr(QueryParams, way, noted(getattr(QueryParams, way)))
    return names


def test_no_odd_value_in_an_address_makes_a_fault(site: Site, asked: set[str]) -> None:
    browser, found = signed_in(site, Role.ADMIN), []
    for address in views(site, Role.ADMIN, most=1):
        asked.clear()
        browser.get(address.path)
        tried: set[str] = set()
        while new := (asked | {ANY}) - tried:  # one that was looked at may have the page look for another
            tried |= new
            for name, odd in product(sorted(new), ODD):
                answer = browser.get(address.path, params={name: odd})
                if answer.status_code >= 500:
                    found.append((address.path, name, odd[:20], answer.status_code))
    assert found == []


def test_the_names_that_pages_look_for_are_seen(full: Site, asked: set[str]) -> None:
    browser = signed_in(full, Role.ADMIN)
    asked.clear()
    browser.get("/businesses")
    assert asked >= {"q", "sort", "page", "state", "theme"}


def _leads_elsewhere(location: str) -> bool:
    """Whether an address is not one of this site's. A place may well have been called //evil.example before."""
    split = urlsplit(location)
    return bool(split.scheme or split.netloc) or "\\" in location


def test_no_odd_id_in_a_path_makes_a_fault(site: Site) -> None:
    browser, found = signed_in(site, Role.ADMIN), []
    token = browser.csrf()
    for page in PAGES:
        for odd in ODD if names_in(page) else ():
            path = re.sub(r"\{[^}]*\}", quote(odd or "0", safe=""), page.path)
            answers = [browser.get(path)] if page.get else []
            answers += [browser.client.post(path, data={"csrf": token})] if page.post else []
            found += [(path[:60], answer.status_code) for answer in answers if answer.status_code >= 500]
    assert found == []
