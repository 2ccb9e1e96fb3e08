"""The pages of places: the heat table, who is at the table, needs, people and readiness, as people use them; on both databases."""

import re
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.place import needs, readiness, roles
from jobs.place.readiness import PARTS
from review.places.naming import key_of, place_of
from review.places.reading import joined, say_missing
from review.places.tabs import path_to
from review.roles import Role
from review.site import Site
from store import bulk
from store.database import Database
from store.tables import Person
from tests.jobs.place.town import FILES, begun, synced
from tests.review.harness import Response, signed_in, site_on
from tests.review.town import PLACES


@pytest.fixture
def town(store: Database, tmp_path: Path) -> Site:
    """A site on the made-up town, whose places are Thornley and Marbury."""
    begun(store, tmp_path)
    return site_on(store)


def said(answer: Response) -> str:
    """The words of a page's main part."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text.split("<main", 1)[1].split("</main>")[0]).replace("&#39;", "'").split())


NAMES = ["~", ".", "..", "...x", "a/b", "a\\b", "~2f", "%2F", "Kirk Lane (Ünder)", "?x#y", "\u202e", "a\nb", " x ", "A" * 1000, "+", "&;="]


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("..")
@example("~~2e")
def test_a_place_comes_back_from_its_key_and_the_key_leads_nowhere_else(place: str) -> None:
    key = key_of(place)
    assert place_of(key) == place
    assert place_of(unquote(path_to(place).removeprefix("/places/"))) == place
    assert key
    assert not key.startswith(".")
    assert not set(key) & set("/\\\0\r\n")


@pytest.mark.parametrize("place", NAMES)
def test_a_place_of_any_name_has_pages(full: Site, place: str) -> None:
    readiness.say(full.store, readiness.NewWord(place, "measures", "yes"), "ada", full.now())
    browser = signed_in(full, Role.OFFICER)
    for page in ("", "/measures", "/needs", "/people", "/readiness", "/readiness/measures", "/people/add"):
        answer = browser.get(path_to(place.strip(), page))
        assert answer.status_code == 200, page


def test_businesses_of_no_known_place_have_a_page_on_which_nobody_decides(store: Database, tmp_path: Path) -> None:
    synced(store, tmp_path, {"accounts.csv": FILES["accounts.csv"].replace(",Thornley,", ",,")})
    browser = signed_in(site_on(store), Role.OFFICER)
    assert '<a class="govuk-link" href="/places/~">No known place</a>' in browser.get("/places").text
    assert "place=none" in browser.get("/places/~").text
    found = {page: browser.get(f"/places/~{page}").status_code for page in ("", "/measures", "/needs", "/people", "/readiness", "/people/add")}
    assert found == {"": 200, "/measures": 200, "/needs": 404, "/people": 404, "/readiness": 404, "/people/add": 404}


@pytest.mark.parametrize("place", ["nowhere", "Zedford2", "' OR 1=1 --"])
def test_a_place_of_which_nothing_is_known_is_not_there(full: Site, place: str) -> None:
    answer = signed_in(full, Role.VIEWER).get(path_to(place))
    assert answer.status_code == 404
    assert "Look at all places" in answer.text


def test_the_heat_table_says_how_many_of_how_many_and_leads_to_the_list(town: Site) -> None:
    browser = signed_in(town, Role.VIEWER)
    text = browser.get("/places").text
    assert re.search(r'<a class="govuk-link" href="/places/Thornley">Thornley</a>', text)
    cell = re.search(r'pb-heat-(\d)"><a href="(/businesses\?place=Thornley&amp;theme=skills)">(\d+) of (\d+)</a>', text)
    assert cell, text
    listed = browser.get(cell[2].replace("&amp;", "&") + "&state=engaged").text
    assert listed.count('pb-list__item"') == int(cell[3]) == 2
    assert cell.groups() == ("3", "/businesses?place=Thornley&amp;theme=skills", "2", "3")


@pytest.mark.parametrize(("count", "cells"), [("engaged", "2 of 3"), ("met", "2 of 3"), ("led", "2 of 3"), ("nonsense", "2 of 3")])
def test_what_is_counted_can_be_chosen(town: Site, count: str, cells: str) -> None:
    text = signed_in(town, Role.VIEWER).get(f"/places?count={count}").text
    assert f">{cells}</a>" in text.split(">Thornley</a>")[1].split("</tr>")[0]


def test_a_site_with_nothing_in_it_teaches_where_places_come_from(empty: Site) -> None:
    assert "Places come of the businesses that your CRMs hold" in said(signed_in(empty, Role.VIEWER).get("/places"))


def test_a_place_says_who_is_at_the_table_and_who_is_missing(town: Site) -> None:
    text = said(signed_in(town, Role.VIEWER).get("/places/Thornley"))
    assert "2 of 3 businesses have a leader engaged." in text
    assert "Nobody of local government, health, housing associations, community organisations or other anchors is at the table." in text
    assert "Education 1 1 1" in text
    of_theme = said(signed_in(town, Role.VIEWER).get("/places/Marbury?theme=skills"))
    assert "that was about skills and training" in of_theme
    assert "Health 1 1 0" in of_theme


@pytest.mark.parametrize(
    ("missing", "of", "words"),
    [
        ([], 3, ""), (["Health"], 3, "Nobody of health is at the table."), (["Health", "Education"], 3, "Nobody of health or education is at the table."),
        (["A", "B", "C"], 3, "Nobody is at the table yet."),
    ],
)  # fmt: skip
def test_who_is_missing_is_said_in_a_sentence(missing: list[str], of: int, words: str) -> None:
    assert say_missing(missing, of) == words
    assert joined(["a", "b", "c"]) == "a, b and c"


def test_a_need_is_added_matched_ended_and_opened_again(town: Site) -> None:
    browser = signed_in(town, Role.OFFICER)
    answer = browser.post("/places/Thornley/needs", {"resource": "premises", "theme": "skills", "words": "a room for the skills plan"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/places/Thornley/needs")
    page = browser.get("/places/Thornley/needs")
    text = said(page)
    assert "The need is on the list." in text
    assert "a room for the skills plan" in text
    assert "This one could meet it: Harbour Bakery Ltd : a leader is engaged. On 1 August 2026 for the words" in text
    assert "The CRM’s tag says premises." in text
    link = re.search(r'href="(/businesses/[^"]+)">Harbour Bakery Ltd', page.text)
    assert link
    assert browser.get(link[1]).status_code == 200
    (need,) = needs.needs(town.store)
    assert browser.post("/places/Thornley/needs", {"end": str(need.id), "outcome": "met"}).status_code == 303
    assert "Ended Premises for Skills and training Met" in said(browser.get("/places/Thornley/needs"))
    assert browser.post("/places/Thornley/needs", {"reopen": str(need.id)}).status_code == 303
    assert needs.one(town.store, need.id).ended_at is None


def test_a_need_of_every_place_stands_in_every_place(town: Site) -> None:
    browser = signed_in(town, Role.OFFICER)
    assert browser.post("/places/Thornley/needs", {"resource": "premises", "theme": "skills", "everywhere": "yes"}).status_code == 303
    text = said(browser.get("/places/Marbury/needs"))
    assert "for every place" in text
    assert "These 2 could meet it, the warmest first:" in text


WRONG_NEEDS = {
    "nothing": ({}, "Choose what is needed.", "resource"),
    "no resource of ours": ({"resource": "gold"}, "Choose what is needed.", "resource"),
    "no theme of ours": ({"resource": "premises", "theme": "x"}, "Choose a theme of the list, or none.", "theme"),
    "everywhere without a theme": ({"resource": "premises", "everywhere": "yes"}, "Choose the theme that needs it in every place.", "theme"),
    "too long": ({"resource": "premises", "words": "x" * 501}, "That is too long; say what is needed in 500 characters.", "words"),
}


@pytest.mark.parametrize("name", WRONG_NEEDS)
def test_a_wrong_need_is_told_at_its_field_and_what_was_typed_is_kept(full: Site, name: str) -> None:
    fields, wrong, field = WRONG_NEEDS[name]
    before = len(needs.needs(full.store))
    answer = signed_in(full, Role.OFFICER).post(path_to(PLACES[0], "/needs"), {"words": "kept words", **fields})
    assert answer.status_code == 422
    assert f'<a href="#{field}">{wrong}</a>' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert fields.get("words", "kept words") in answer.text
    assert "<title>Error: " in answer.text
    assert len(needs.needs(full.store)) == before


def test_a_role_is_given_by_business_and_person_and_ended(town: Site) -> None:
    browser = signed_in(town, Role.OFFICER)
    found = browser.get("/places/Thornley/people/add?q=helping").text
    link = re.search(r'href="(/places/Thornley/people/add\?business=[^"]+)">Helping Hands', found)
    assert link
    form = browser.get(link[1]).text
    person = re.search(r'name="person" type="radio" value="([^"]+)"', form)
    business = re.search(r'name="business" value="([^"]+)"', form)
    assert person, form
    assert business
    fields = {"business": business[1], "person": person[1], "role": "ambassador", "theme": "skills"}
    assert browser.post("/places/Thornley/people/add", fields).headers["location"] == "/places/Thornley/people"
    text = said(browser.get("/places/Thornley/people"))
    assert "Ambassador Di Fox" in text
    assert "Helping Hands , for skills and training" in text
    assert "Business chair Ann Lee Harbour Bakery Ltd A CRM says so; it is ended there" in text
    assert "Di Fox: ambassador for skills and training, in Thornley" in said(browser.get(f"/businesses/{business[1]}"))
    twice = browser.post("/places/Thornley/people/add", fields)
    assert (twice.status_code, "This person has that role already; nothing is to be done." in twice.text) == (422, True)
    (given,) = list(roles.roles(town.store, role="ambassador"))
    assert browser.post("/places/Thornley/people", {"end": str(given.id)}).status_code == 303
    assert roles.roles(town.store, role="ambassador") == []


WRONG_ROLES = {
    "nobody": ({"person": ""}, "Choose who has the role."),
    "no role": ({"role": "king"}, "Choose the role."),
    "no theme of ours": ({"theme": "x"}, "Choose a theme of the list, or none."),
    "nobody that is known": ({"person": "x"}, "No CRM holds this person now; load the page again, or find them by name."),
}


@pytest.mark.parametrize("name", WRONG_ROLES)
def test_a_wrong_role_is_told(town: Site, name: str) -> None:
    fields, wrong = WRONG_ROLES[name]
    with town.store.reading() as connection:
        person = connection.scalar(bulk.table_of(Person).select().with_only_columns(bulk.table_of(Person).c.id).limit(1))
    answer = signed_in(town, Role.OFFICER).post("/places/Thornley/people/add", {"person": person, "role": "champion", **fields})
    assert answer.status_code == 422
    assert wrong in answer.text


def test_a_part_is_said_and_its_history_is_kept(town: Site) -> None:
    browser, path = signed_in(town, Role.OFFICER), "/places/Thornley/readiness/vision_and_plan"
    for state, words in (("no", "Nothing yet"), ("yes", "The plan was agreed")):
        assert browser.post(path, {"state": state, "words": words, "link": "https://www.council.example/plan?a=1&b=2"}).status_code == 303
    page = browser.get("/places/Thornley/readiness")
    text = said(page)
    assert "1 of 7 parts stand." in text
    assert "A shared vision and plan Yes The plan was agreed" in text
    assert "Trying out as officer, 2 November 2026 10:00" in text
    assert "The data says: A senior leader of 2 of 3 businesses is engaged (67 %)." in text
    assert 'rel="noopener noreferrer" href="https://www.council.example/plan?a=1&amp;b=2"' in page.text
    history = said(signed_in(town, Role.VIEWER).get(path))
    assert history.index("The plan was agreed") < history.index("Nothing yet")
    assert "Keep it" not in history


LINKS = ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example", "https://", "www.council.example", "https://a b.example", "https://user@x.example"]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_that_is_none_is_told_at_its_field(full: Site, link: str) -> None:
    answer = signed_in(full, Role.OFFICER).post(path_to(PLACES[0], "/readiness/measures"), {"state": "yes", "words": "kept", "link": link})
    assert answer.status_code == 422
    assert 'id="link-error"' in answer.text
    assert "The link must begin with https://" in answer.text
    assert readiness.history(full.store, PLACES[0], "measures") == []


def test_readiness_without_a_state_is_asked_for_again(full: Site) -> None:
    answer = signed_in(full, Role.OFFICER).post(path_to(PLACES[0], "/readiness/measures"), {"words": "kept words"})
    assert (answer.status_code, "Choose yes, partly or no." in answer.text, "kept words" in answer.text) == (422, True, True)


def test_a_part_that_there_is_not_is_no_page(full: Site) -> None:
    browser = signed_in(full, Role.OFFICER)
    assert browser.get(path_to(PLACES[0], "/readiness/luck")).status_code == 404
    assert {browser.get(path_to(PLACES[0], f"/readiness/{part}")).status_code for part in PARTS} == {200}


def test_measures_are_charts_each_with_its_table(town: Site) -> None:
    page = signed_in(town, Role.VIEWER).get("/places/Thornley/measures")
    assert page.text.count("<svg") == 5
    assert page.text.count("<table") == 6
    assert "2026-11-02 3 2 67 %" in said(page)
    assert "Education 1 0 100 %" in said(page)


def test_measures_can_be_of_a_theme_a_sector_or_a_size(town: Site) -> None:
    browser = signed_in(town, Role.VIEWER)
    assert "2026-11-02 1 1 100 %" in said(browser.get("/places/Thornley/measures?sector=education"))
    assert "2026-11-02 3 2 67 %" in said(browser.get("/places/Thornley/measures?theme=skills"))
    assert "No business here is of that choice." in said(browser.get("/places/Thornley/measures?size=unknown"))
    assert "2026-11-02 3 2 67 %" in said(browser.get("/places/Thornley/measures?size=nonsense"))


def test_after_signing_in_one_comes_to_the_place_that_one_wanted(full: Site) -> None:
    from tests.review.harness import Browser

    path = path_to(PLACES[1], "/needs")
    browser = Browser(full)
    sent = browser.get(path).headers["location"]
    assert sent == f"/sign-in?next={quote(path, safe='')}"
    assert browser.sign_in(Role.VIEWER, path).headers["location"] == path


def test_what_is_refused_is_told_on_the_page_that_it_was_sent_from(full: Site) -> None:
    browser, path = signed_in(full, Role.OFFICER), path_to(PLACES[1], "/needs")
    back = re.search(r'name="back" value="([^"]+)"', browser.get(path).text)
    assert back
    answer = browser.post(path, {"end": "999999", "outcome": "met", "back": back[1]})
    assert answer.headers["location"] == path
    assert "This need has ended already or is not there; load the page again." in said(browser.get(path))
