"""Work on the page: for one business and for many, with undo, and what was wrong said on the same page."""

import re
from datetime import timedelta

import pytest

from review.roles import Role
from review.site import Site
from store.database import Database
from tests.review.harness import Browser, Clock, signed_in, site_on
from tests.review.work.test_list import names, total


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(full_store: Database, clock: Clock) -> Site:
    return site_on(full_store, now=clock)


@pytest.fixture
def officer(site: Site) -> Browser:
    return signed_in(site, Role.OFFICER)


def first(officer: Browser, query: str = "") -> tuple[str, str]:
    """The id and name of the first business of the list."""
    found = re.search(r'pb-list__name"><a class="govuk-link" href="/businesses/(\w+)">([^<]+)<', officer.get(f"/businesses?{query}").text)
    assert found
    return found[1], found[2]


def said(officer: Browser, path: str) -> str:
    return " ".join(officer.get(path).text.split())


def test_one_that_is_assigned_is_on_my_list_until_that_is_undone(officer: Browser) -> None:
    business_id, name = first(officer)
    officer.post(f"/businesses/{business_id}/work", {"what": "assign", "owner": "me"})
    assert name in officer.get("/my-list").text
    step = re.search(r'name="undo" value="(\d+)"', officer.get(f"/businesses/{business_id}").text)
    assert step
    officer.post(f"/businesses/{business_id}/comments", {"undo": step[1]})
    assert name not in officer.get("/my-list").text


def test_one_that_is_snoozed_comes_back_on_its_day_and_says_so(officer: Browser, clock: Clock) -> None:
    business_id, name = first(officer)
    until = {"until-day": "5", "until-month": "11", "until-year": "2026"}
    officer.post(f"/businesses/{business_id}/work", {"what": "snooze", **until})
    assert name not in names(officer.get("/businesses").text)
    assert name in names(officer.get("/businesses?work=snoozed").text)
    clock.turn(timedelta(days=3))
    officer.sign_in(Role.OFFICER)
    assert f"{name}" in names(officer.get("/businesses").text)
    assert "It was snoozed until 5 November 2026." in said(officer, f"/businesses/{business_id}")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Choose what to do."),
        ({"what": "assign"}, "Choose whom they are assigned to."),
        ({"what": "snooze"}, "Enter the day on which it is to be back, as in 27 3 2027."),
        ({"what": "snooze", "until-day": "31", "until-month": "2", "until-year": "2027"}, "31 2 2027 is no day."),
        ({"what": "snooze", "until-day": "1", "until-month": "2", "until-year": "2020"}, "That day has come already."),
        ({"what": "dismiss"}, "Choose why it comes off the list."),
        ({"what": "dismiss", "reason": "other"}, "Write in a few words why it comes off the list."),
    ],
)
def test_what_is_wrong_is_said_on_the_page_and_changes_nothing(officer: Browser, fields: dict[str, str], message: str) -> None:
    business_id, name = first(officer)
    answer = officer.post(f"/businesses/{business_id}/work", fields)
    assert answer.status_code == 422
    assert message in answer.text
    assert "Error: " in answer.text[: answer.text.index("</title>")]
    assert first(officer) == (business_id, name)


def test_a_meeting_counts_at_once_and_no_longer_when_it_is_undone(officer: Browser) -> None:
    business_id, name = first(officer, "state=leader_not_engaged")
    page = officer.get(f"/businesses/{business_id}/met").text
    people = re.findall(r'name="person" value="(\w+)"', page)
    assert people
    day = {"day-day": "2", "day-month": "11", "day-year": "2026"}
    officer.post(f"/businesses/{business_id}/met", {"kind": "meeting", "person": people, "note": "keen on apprentices, two more of them", **day})
    shown = said(officer, f"/businesses/{business_id}")
    assert "took part in a meeting on 2 November 2026" in shown
    assert "keen on apprentices" in shown
    assert "<mark>apprentices</mark>" in shown  # of which its themes tell
    assert name not in names(officer.get("/businesses").text)
    number = re.search(r'/met" class="pb-no-print">.*?name="undo" value="(\d+)"', officer.get(f"/businesses/{business_id}").text, re.S)
    assert number
    officer.post(f"/businesses/{business_id}/met", {"undo": number[1]})
    assert name in names(officer.get("/businesses?state=leader_not_engaged").text)


def test_a_viewer_sees_no_note(officer: Browser, site: Site) -> None:
    business_id, _ = first(officer)
    day = {"day-day": "2", "day-month": "11", "day-year": "2026"}
    officer.post(f"/businesses/{business_id}/met", {"kind": "call", "note": "told in confidence", **day})
    assert "told in confidence" in officer.get(f"/businesses/{business_id}").text
    assert "told in confidence" not in signed_in(site, Role.VIEWER).get(f"/businesses/{business_id}").text


def test_a_comment_is_kept_and_an_empty_one_is_refused(officer: Browser) -> None:
    business_id, _ = first(officer)
    at = f"/businesses/{business_id}"
    officer.post(f"{at}/comments", {"words": "Rings back on Monday", "back": at})
    assert "Rings back on Monday" in officer.get(at).text
    officer.post(f"{at}/comments", {"words": " ", "back": at})
    assert "Write something first." in officer.get(at).text


def test_those_that_are_ticked_are_changed_and_no_other(officer: Browser) -> None:
    page = officer.get("/businesses").text
    ids = re.findall(r'name="id" value="(\w+)"', page)[:3]
    before = total(page)
    assert "3 businesses" in officer.get("/work/bulk", params={"id": ids}).text
    officer.post("/work/bulk", {"id": ids, "which": "selected", "what": "dismiss", "reason": "too_small"})
    assert "Dismissed, until something changes: 3 businesses." in officer.get("/businesses").text
    assert total(officer.get("/businesses").text) == before - 3


def test_all_of_a_filtered_list_are_changed_at_once(officer: Browser) -> None:
    count = total(officer.get("/businesses?state=leader_lapsed").text)
    officer.post("/work/bulk", {"list": "state=leader_lapsed", "which": "all", "what": "assign", "owner": "me"})
    assert total(officer.get("/businesses?owner=me").text) == count


def test_the_digest_is_kept_as_it_was_chosen(officer: Browser) -> None:
    wrong = officer.post("/digest", {"address": "nobody", "every": "week", "weekday": "Monday"})
    assert wrong.status_code == 422
    assert "That is no email address." in wrong.text
    officer.post("/digest", {"address": "ann@council.example", "every": "week", "weekday": "Friday", "theme": ["skills"]})
    page = officer.get("/digest").text
    assert 'value="ann@council.example"' in page
    assert re.search(r'value="Friday" selected', page)
    assert re.search(r'value="skills" checked', page)
    officer.post("/digest", {"what": "stop"})
    assert 'value="ann@council.example"' not in officer.get("/digest").text
