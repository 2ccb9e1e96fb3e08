"""Pages on paper, as Chromium prints them: what they say and nothing that can be clicked, within the width of an A4 page."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from review.places.naming import key_of
from review.roles import Role
from review.site import Site
from tests.review.browser import Window, window
from tests.review.serving import served
from tests.review.town import PLACES
from tests.review.walk import views

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PORTRAIT, LANDSCAPE = round(186 / 25.4 * 96), round(273 / 25.4 * 96)
"""Pixels between the margins of an A4 page."""
PLACE = f"/places/{key_of(PLACES[0])}"
SHOWN = "return [...document.querySelectorAll(wanted)].filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 120))"
FOR_HANDS = "nav, button, .govuk-button, input:not([type=hidden]), select, textarea, .govuk-skip-link, .govuk-template__footer, .govuk-details__summary"


@pytest.fixture
def at(browser: "Browser", full: Site) -> Iterator[Window]:
    """An officer's window that shows pages as they are printed."""
    with served(full) as base, window(browser, base) as found:
        found.sign_in(Role.OFFICER)
        found.page.emulate_media(media="print")
        yield found


def shown(at: Window, wanted: str) -> list[str]:
    """The elements of a page that can be seen."""
    return [str(one) for one in at.page.evaluate(f"wanted => {{ {SHOWN} }}", wanted)]


def faults_of(at: Window, path: str) -> list[str]:
    """What of a page paper has no use for, and by how much it is too wide for it."""
    at.open(path, PORTRAIT)
    if at.page.locator(".pb-wide").count():
        at.page.set_viewport_size({"width": LANDSCAPE, "height": 700})
    printed = at.page.locator("body").inner_text()
    found = [f"{path} shows {one}" for one in shown(at, FOR_HANDS)]
    found += [f"{path} does not say of when it is"] if "As of 2 November 2026" not in printed else []
    found += [f"{path} prints where its links lead to"] if at.page.evaluate(OWN_ADDRESSES) else []
    found += [f"{path} is too wide by {at.too_wide()} pixels"] if at.too_wide() > 0 else []
    return found


OWN_ADDRESSES = """() => [...document.querySelectorAll('a[href^="/"]')]
    .some(one => one.checkVisibility() && getComputedStyle(one, '::after').content.includes('/'))"""


def test_no_page_prints_what_is_for_hands_or_is_wider_than_the_paper(at: Window, full: Site) -> None:
    seen: set[str] = set()
    found = []
    for address in views(full, Role.OFFICER, most=1):
        if address.page.name not in seen:
            seen.add(address.page.name)
            found += faults_of(at, address.path)
    assert "\n".join(found) == ""
    assert len(seen) > 15


@pytest.mark.parametrize("path", ["/businesses?q=ltd&work=all", "/places", PLACE, f"{PLACE}/measures", f"{PLACE}/readiness", "/report"])
def test_a_printed_page_has_its_title_and_what_it_is_narrowed_to(at: Window, path: str) -> None:
    at.open(path, PORTRAIT)
    assert at.page.locator("h1").is_visible()
    printed = at.page.locator("body").inner_text()
    assert "printed by Trying out as officer" in printed
    assert ("Only: name like ltd; work: All" in printed) == ("q=ltd" in path)


def test_a_note_is_printed_where_it_was_opened(at: Window) -> None:
    at.page.emulate_media(media="screen")
    at.open("/businesses")
    at.page.locator(".pb-list__name a").first.click()
    at.page.wait_for_selector("#engagements")
    notes = at.page.locator(".govuk-details")
    assert notes.count() > 1
    notes.first.locator("summary").click()
    at.page.emulate_media(media="print")
    assert [one.locator(".govuk-details__text").is_visible() for one in notes.all()] == [True, *[False] * (notes.count() - 1)]


@pytest.mark.parametrize(("path", "lies"), [("/businesses", False), ("/places", True), ("/report", True)])
def test_a_page_with_many_columns_lies_on_its_side(at: Window, path: str, lies: bool) -> None:
    at.open(path)
    sizes = {
        (int(width), int(height))
        for width, height in re.findall(rb"/MediaBox\s*\[0 0 (\d+)[\d.]* (\d+)", at.page.pdf(prefer_css_page_size=True))
    }
    assert sizes
    assert {width > height for width, height in sizes} == {lies}


def test_a_long_table_has_its_headings_on_each_page(at: Window) -> None:
    at.open(f"{PLACE}/measures", PORTRAIT)
    heads = at.page.locator("thead").all()
    assert heads
    assert {head.evaluate("one => getComputedStyle(one).display") for head in heads} == {"table-header-group"}
    assert {row.evaluate("one => getComputedStyle(one).breakInside") for row in at.page.locator("tbody tr").all()[:20]} == {"avoid"}
