"""The list on the page: filters, search, pages, views, and the same as a file."""

import csv
import io
import re

import pytest

from review.roles import Role
from review.site import Site
from store.database import Database
from tests.review.harness import Browser, signed_in, site_on


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest) -> Site:
    store: Database = request.getfixturevalue("full_store" if request.param == "sqlite" else "full_on_postgres")
    return site_on(store)


@pytest.fixture
def officer(site: Site) -> Browser:
    return signed_in(site, Role.OFFICER)


def total(text: str) -> int:
    found = re.search(r'<h2 class="govuk-heading-m">([\d,]+) business', text)
    assert found, "the page does not say how many"
    return int(found[1].replace(",", ""))


def names(text: str) -> list[str]:
    return re.findall(r'pb-list__name"><a class="govuk-link" href="/businesses/\w+">([^<]+)<', text)


def test_filters_narrow_it_and_their_counts_are_what_they_show(officer: Browser) -> None:
    page = officer.get("/businesses").text
    offered = re.findall(r'<option value="(leader_\w+|no_leader_known)">[^<(]+\(([\d,]+)\)', page)
    assert offered
    for state, count in offered:
        assert total(officer.get(f"/businesses?state={state}").text) == int(count)
    assert total(page) == sum(int(count) for state, count in offered)


@pytest.mark.parametrize("said", ["Firm 12", "firm 12 ltd", "FRIM 12"])
def test_search_forgives_typing(officer: Browser, said: str) -> None:
    found = names(
        officer.get(
            "/businesses", params={"q": said, "state": ["engaged", "leader_left", "leader_lapsed", "leader_not_engaged", "no_leader_known"]}
        ).text
    )
    assert found
    assert "12" in found[0]


def test_a_search_that_finds_nothing_says_what_to_do(officer: Browser) -> None:
    assert "No business fits. Take a filter away" in officer.get("/businesses?q=Xylophonists").text


def test_the_file_holds_just_what_is_seen(officer: Browser) -> None:
    query = "state=leader_lapsed&sort=name"
    shown = names(officer.get(f"/businesses?{query}").text)
    answer = officer.get(f"/businesses.csv?{query}")
    assert "attachment" in answer.headers["content-disposition"]
    assert [row["name"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))] == shown
    assert officer.get(f"/businesses.xlsx?{query}").content[:2] == b"PK"


def test_a_page_after_the_last_is_none(officer: Browser) -> None:
    assert officer.get("/businesses?page=999").status_code == 404
    assert officer.get("/businesses?page=x").status_code == 404


def test_a_view_is_kept_and_opens_the_same_list(officer: Browser) -> None:
    assert officer.post("/views", {"name": "Cold ones", "query": "state=leader_lapsed&page=3"}).status_code == 303
    page = officer.get("/views").text
    assert 'href="/businesses?state=leader_lapsed">Cold ones<' in page
    number = re.search(r'>Cold ones<.*?name="remove" value="(\d+)"', page, re.S)
    assert number
    officer.post("/views", {"remove": number[1]})
    assert "Cold ones" not in officer.get("/views").text.replace("The view is removed", "")


def test_a_viewer_cannot_share_a_view(site: Site) -> None:
    signed_in(site, Role.VIEWER).post("/views", {"name": "Just mine", "query": "q=a", "shared": "yes"})
    assert "Just mine" not in signed_in(site, Role.OFFICER).get("/views").text
