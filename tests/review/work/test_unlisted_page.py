"""Companies that no CRM holds, on the page."""

import pytest

from review.roles import Role
from review.site import Site
from store import bulk
from store.tables import RegisterCompany, Stage
from tests.review.harness import RULES, Browser, signed_in


@pytest.fixture
def officer(full: Site) -> Browser:
    rows = [
        (f"0900000{number}", f"QUIET {number} LIMITED", "ZX1 1AB", "", "Active", "10710", "MICRO ENTITY", "ZX1", []) for number in range(3)
    ]
    names = ("number", "name", "postcode", "town", "status", "sic", "accounts", "place", "previous_names")
    with full.store.connect() as connection:
        bulk.insert(connection, RegisterCompany, names, rows)
        worked_from = {"places": RULES.places.version, "loaded_at": "2026-11-01T09:00:00+00:00"}
        bulk.replace(connection, Stage, [{"name": "register", "worked_from": worked_from}], {"name": "register"})
    return signed_in(full, Role.OFFICER)


def test_without_a_register_it_says_how_to_get_one(full: Site) -> None:
    assert "placebridge register load FILE" in signed_in(full, Role.VIEWER).get("/unlisted").text


def test_a_company_is_added_and_taken_back(officer: Browser) -> None:
    page = officer.get("/unlisted?place=ZX1").text
    assert "3 companies that no CRM holds" in page
    officer.post("/unlisted", {"number": "09000001", "what": "add", "back": "/unlisted?place=ZX1"})
    page = officer.get("/unlisted?place=ZX1").text
    assert "Company 09000001 will be on the list after the next run." in page
    assert "Take it off the list" in page
    officer.post("/unlisted", {"number": "09000001", "what": "take_back", "back": "/unlisted?place=ZX1"})
    assert "Take it off the list" not in officer.get("/unlisted?place=ZX1").text


def test_one_that_is_no_company_is_refused_on_the_page_it_came_from(officer: Browser) -> None:
    answer = officer.post("/unlisted", {"number": "1", "what": "add", "back": "/unlisted?place=ZX1"})
    assert answer.headers["location"] == "/unlisted?place=ZX1"
    assert "The register that is loaded has no company 1." in officer.get("/unlisted?place=ZX1").text
