"""What holds for every page, those that others add later too: roles, tokens, methods, headers."""

import pytest

from review.page import Page
from review.roles import NOBODY_YET, Role
from review.routes import PAGES
from review.site import Site
from store.database import Database
from tests.review.harness import Browser, site_on
from tests.review.harness import signed_in as signed_in_as
from tests.review.walk import PARAMETERS, WELL, addresses, names_in

OPEN = {"accessibility", "sign-in", "sign-in-start", "sign-in-back", "signed-out"}
"""Pages that open to anybody. A new one is a decision: add it here."""
LETS_OUT = {"sign-out"}
NAMES = [page.name for page in PAGES]
BY_NAME = {page.name: page for page in PAGES}


def test_each_page_has_a_name_of_its_own_and_a_handler() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert [page.name for page in PAGES if page.get is None and page.post is None] == []


def test_only_the_pages_that_come_before_signing_in_are_without_roles() -> None:
    assert {page.name for page in PAGES if NOBODY_YET in (page.roles, page.changes)} == OPEN


def test_the_walk_knows_the_parameters_of_every_path() -> None:
    unknown = {name for page in PAGES for name in names_in(page)} - PARAMETERS.keys()
    assert unknown == set(), "teach PARAMETERS in tests/review/walk.py where values of these come from"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest) -> Site:
    name = "full_store" if request.param == "sqlite" else "full_on_postgres"
    store: Database = request.getfixturevalue(name)
    return site_on(store)


def page_of(name: str) -> tuple[Page, ...]:
    return (BY_NAME[name],)


@pytest.mark.parametrize("role", Role)
def test_each_page_opens_to_its_roles_and_to_no_other(site: Site, role: Role) -> None:
    browser = signed_in_as(site, role)
    found = []
    for address in addresses(site, most=3):
        if address.page.get is None or address.page.name in OPEN:
            continue
        answer = browser.get(address.path)
        well = answer.status_code in WELL | {404, 409} if role in address.page.roles else answer.status_code == 403
        if not well or (answer.status_code == 303 and "/sign-in" in answer.headers["location"]):
            found.append((address.path, answer.status_code))
    assert found == []


@pytest.mark.parametrize("role", Role)
def test_each_form_is_taken_from_its_roles_and_from_no_other(site: Site, role: Role) -> None:
    browser = signed_in_as(site, role)
    token, found = browser.csrf(), []
    for address in addresses(site, most=1):
        page = address.page
        if page.post is None or page.name in OPEN | LETS_OUT:
            continue
        answer = browser.client.post(address.path, data={"csrf": token})  # an empty form: refused or unfinished, but never a fault
        allowed = bool({role} & page.roles_of("POST"))
        if (answer.status_code == 403) == allowed or answer.status_code >= 500:
            found.append((address.path, answer.status_code))
    assert found == []


def test_nobody_sees_anything_without_signing_in(site: Site) -> None:
    browser, found = Browser(site), []
    for address in addresses(site, most=2):
        for method in ("GET", "HEAD", "POST"):
            if address.page.name in OPEN or (address.page.post if method == "POST" else address.page.get) is None:
                continue
            answer = browser.client.request(method, address.path)
            if answer.status_code != 303 or not answer.headers["location"].startswith("/sign-in"):
                found.append((method, address.path, answer.status_code))
    assert found == []


WRONG_TOKENS = [None, "", "x", "é" * 43, "0" * 100_000]


@pytest.mark.parametrize("token", WRONG_TOKENS)
def test_no_form_is_taken_without_the_token_of_its_session(full: Site, token: str | None) -> None:
    browser, found = signed_in_as(full, Role.ADMIN), []
    auditor = signed_in_as(full, Role.AUDITOR)
    for address in addresses(full, most=1):
        if address.page.post is None:
            continue
        by = auditor if address.page.roles_of("POST") == {Role.AUDITOR} else browser
        answer = by.client.post(address.path, data={} if token is None else {"csrf": token})
        if answer.status_code != 403:
            found.append((address.path, answer.status_code))
    assert found == []
    assert browser.get("/businesses").status_code == 200


def test_the_token_of_anothers_session_is_not_taken(full: Site) -> None:
    mine, theirs = signed_in_as(full, Role.OFFICER), signed_in_as(full, Role.OFFICER)
    answer = mine.client.post("/sign-out", data={"csrf": theirs.csrf()})
    assert answer.status_code == 403
    assert mine.get("/businesses").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_page_takes_another_method(full: Site, method: str) -> None:
    browser = signed_in_as(full, Role.ADMIN)
    found = [(address.path, browser.client.request(method, address.path).status_code) for address in addresses(full, most=1)]
    assert [one for one in found if one[1] != 405] == []


def test_every_answer_has_the_headers(full: Site) -> None:
    browser, found = signed_in_as(full, Role.ADMIN), []
    paths = [address.path for address in addresses(full, most=1)] + ["/nowhere", "/businesses/none", "/static/nothing", "/static/start.js"]
    for path in paths:
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        kept = "immutable" if path == "/static/start.js" else "no-store"
        if kept not in headers["cache-control"] or "default-src 'none'" not in policy or "unsafe" in policy or "form-action 'self'" not in policy:
            found.append(path)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers
        assert "strict-transport-security" not in headers
    assert found == []


@pytest.mark.parametrize("state", ["full", "empty"])
def test_no_page_has_script_or_style_that_the_policy_forbids(state: str, request: pytest.FixtureRequest) -> None:
    site: Site = request.getfixturevalue(state)
    browser, found = signed_in_as(site, Role.ADMIN), []
    for address in addresses(site, most=2):
        if address.page.get is None:
            continue
        text = browser.get(address.path).text
        if " style=" in text or "<style" in text or " onclick=" in text or "javascript:" in text:
            found.append(address.path)
    assert found == []
