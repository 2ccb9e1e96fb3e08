"""Every page in Chromium: axe finds nothing, nothing scrolls sideways; and a whole journey by keyboard, without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from review.roles import Role
from review.site import Site
from tests.review.browser import Window, window
from tests.review.harness import CODE
from tests.review.serving import served
from tests.review.walk import views

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOR_ALL = "/nowhere-at-all"
"""A page that is not there is a page too."""


@contextmanager
def opened(browser: "Browser", site: Site, scripts: bool = True) -> Iterator[Window]:
    with served(site) as base, window(browser, base, scripts) as found:
        yield found


def faults_of(at: Window, path: str) -> list[str]:
    """What axe finds on a page, wide and narrow, and whether it scrolls sideways."""
    found = []
    at.open(path, 1280)
    for width in (1280, 320):
        at.widen(width)
        found += [f"{path} at {width}: {one}" for one in at.violations()]
        if at.too_wide() > 0:
            found.append(f"{path} at {width} scrolls sideways by {at.too_wide()}")
        if at.page.locator("h1").count() != 1:
            found.append(f"{path} has {at.page.locator('h1').count()} headings of the first level")
    return found


@pytest.mark.parametrize("state", ["full", "empty"])
def test_axe_finds_nothing_on_any_page(browser: "Browser", state: str, request: pytest.FixtureRequest) -> None:
    site: Site = request.getfixturevalue(state)
    with opened(browser, site) as at:
        found = [*faults_of(at, "/sign-in"), *faults_of(at, "/sign-out/done")]
        seen: set[str] = set()
        for role in (Role.ADMIN, Role.AUDITOR, Role.OFFICER):
            at.page.context.clear_cookies()
            at.sign_in(role)
            new = [address for address in views(site, role, most=1) if address.page.name not in seen]
            for address in new:
                found += faults_of(at, address.path)
                seen.add(address.page.name)
        found += faults_of(at, FOR_ALL)
    assert found == []
    assert [fault for fault in at.faults if "responded with a status of 40" not in fault] == []


def test_axe_finds_nothing_where_something_went_wrong(browser: "Browser", full: Site) -> None:
    with opened(browser, full) as at:
        at.open("/sign-in", 320)
        at.page.fill("#code", "wrong")
        at.page.click("main button")
        assert at.page.locator(".govuk-error-summary").is_visible()
        assert at.page.title().startswith("Error: ")
        found = at.violations()
        at.sign_in(Role.VIEWER)
        with full.store.connect() as connection:
            connection.exec_driver_sql("DROP TABLE flag")
        found += faults_of(at, "/businesses")
        assert "Sorry, something is wrong" in at.page.content()
    assert found == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_whole_journey_by_keyboard(browser: "Browser", full: Site, scripts: bool) -> None:
    with opened(browser, full, scripts) as at:
        at.open("/businesses")
        keys = at.page.keyboard
        keys.press("Tab")
        assert at.focused() == "Skip to main content"
        keys.press("Enter")
        at.tab_to("Code")
        keys.type(CODE)
        at.tab_to("Officer", "Viewer", "Admin", "Auditor")
        keys.press("ArrowDown")
        keys.press("ArrowUp")
        at.tab_to("Sign in")
        keys.press("Enter")
        at.page.wait_for_url("**/businesses")
        first = at.page.locator(".pb-list__name a").first.inner_text()
        at.tab_to(first)
        keys.press("Enter")
        at.page.wait_for_url("**/businesses/*")
        assert at.page.locator("h1").inner_text().strip() == first
        at.tab_to("Comment for your colleagues", most=200)
        keys.type("Rang on Tuesday")
        keys.press("Tab")
        keys.press("Enter")
        at.page.wait_for_selector(".govuk-notification-banner")
        assert "Rang on Tuesday" in at.page.locator("main").inner_text()
        at.tab_to("Sign out", most=200)
        keys.press("Enter")
        at.page.wait_for_url("**/sign-out/done")
        assert at.page.locator("h1").inner_text() == "You have signed out"
        assert at.faults == []
