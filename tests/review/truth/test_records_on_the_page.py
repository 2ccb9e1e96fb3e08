"""Which records a business has: why, that some are another's, that another business is the same; with undo."""

import pytest

from review.roles import Role
from review.truth import taking_effect
from store import bulk
from store.lease import STAGES, hold
from store.tables import DueRun
from tests.jobs.decisions.small import FILES
from tests.review.harness import signed_in
from tests.review.truth.conftest import Desk, number_in

WORKED_OUT = ("business", "business_record", "person", "person_record", "flag", "post", "theme_found")
"""What is as before when all is undone; the list marks an id that is used no more as gone."""


def test_the_page_says_for_each_record_what_spoke_for_it(desk: Desk) -> None:
    shown = desk.see(desk.at("A1")).partition("Records that it was joined from")[2]
    assert shown.count("This is another business") == 3
    assert "With chamber M1: the same, sure" in shown
    assert "same name" in shown
    alone = desk.see(desk.at("A5")).partition("Records that it was joined from")[2]
    assert "Joined with no other" in alone
    assert "This is another business" not in alone, "there is nothing to part it from"


def test_a_record_that_is_another_business_is_parted_after_a_page_that_says_what_will_happen_and_undo_brings_it_back(desk: Desk) -> None:
    town, before, record = desk.town, desk.town.tables(), desk.town.record("M1")
    sure = desk.browser.get(desk.at("A1", f"/split?record={record}"))
    assert "What will happen" in sure.text
    assert sure.text.count(" checked") == 1
    said = desk.do(desk.at("A1", "/split"), record=str(record))
    assert "Kept: those records are another business." in said
    assert "next run" not in said
    assert not town.one("A1", "M1")
    assert town.one("A1", "A4")
    town.sync(FILES, full=True)
    assert not town.one("A1", "M1"), "it holds through every sync"
    for one in ("A1", "M1"):
        shown = desk.see(desk.at(one))
        assert "Some of these are another business" in shown
        assert "Said to be another business" in shown.partition("History")[2]
    number = number_in(desk.browser.get(desk.at("A1")).text, "undo")
    assert "Undone." in desk.do(desk.at("A1", "/records"), undo=number)
    assert town.one("A1", "M1")
    kept = town.tables()
    assert {name: kept[name] for name in WORKED_OUT} == {name: before[name] for name in WORKED_OUT}
    assert "Undone: Said to be another business" in desk.see(desk.at("A1"))
    assert f"There is no decision {number} that holds" in desk.do(desk.at("A1", "/records"), undo=number, back=desk.at("A1"))


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([], "Select the records that are another business."),
        (["A1", "A4", "M1"], "Select some of the records, not all of them"),
        (["A2"], "Somebody has changed which records this business has."),
    ],
)
def test_parting_is_refused_in_words(desk: Desk, records: list[str], said: str) -> None:
    words = desk.refused(desk.at("A1", "/split"), record=[str(desk.town.record(one)) for one in records])
    assert words.count(said) == 2
    assert desk.town.one("A1", "A4", "M1")


@pytest.mark.parametrize("said", ["Dental at", "dentl ashdown"])
def test_another_business_that_is_the_same_is_found_chosen_and_joined_and_undone(desk: Desk, said: str) -> None:
    town = desk.town
    before, other = town.tables(), town.holder("M3")
    shown = desk.browser.get(desk.at("A3", f"/same?q={said.replace(' ', '+')}")).text
    assert f"/same?with={other}" in shown
    assert f"with={town.holder('A3')}" not in shown, "it is not found itself"
    sure = desk.see(desk.at("A3", f"/same?with={other}"))
    assert "Ashdown Dental" in sure
    assert "Dental at Ashdown" in sure
    assert "What will happen" in sure
    page = desk.at("A3")
    assert "Kept: they are one business." in desk.do(desk.at("A3", "/same"), **{"with": other})
    assert town.one("A3", "M3")
    town.sync(FILES, full=True)
    assert town.one("A3", "M3")
    assert "These are the same" in desk.see(page), "the old address leads to the one that they are now"
    assert "Ashdown" in desk.see(f"/businesses/{other}")
    desk.do(desk.at("A3", "/records"), undo=number_in(desk.browser.get(desk.at("A3")).text, "undo"))
    assert not town.one("A3", "M3")
    assert town.tables() == before


def test_a_business_is_found_by_the_address_of_its_page(desk: Desk) -> None:
    other = desk.town.holder("M3")
    assert f"with={other}" in desk.browser.get(desk.at("A3", f"/same?q=https://placebridge.example/businesses/{other}?page=2")).text


def test_what_cannot_be_joined_is_refused_in_words(desk: Desk) -> None:
    here, other = desk.at("A3", "/same"), desk.town.holder("M3")
    assert "Find the other business and choose it." in desk.refused(here)
    assert "No other business fits." in desk.see(f"{here}?q=zzzzqqqq")
    assert "That is this business itself." in desk.see(f"{here}?with={desk.town.holder('A3')}")
    assert desk.browser.get(f"{here}?with=bnothing234").status_code == 404
    desk.do("/links", entity="business", what="different", left=str(desk.town.record("A3")), right=str(desk.town.record("M3")))
    assert "decided that two of these are different businesses" in desk.refused(here, **{"with": other})


def test_while_a_sync_is_under_way_it_takes_effect_with_the_next_run(desk: Desk) -> None:
    with hold(desk.town.store, [STAGES]):
        said = desk.do(desk.at("A3", "/same"), **{"with": desk.town.holder("M3")})
    assert "It takes effect with the next run." in said
    assert "These are the same" in said
    assert not desk.town.one("A3", "M3")
    assert _asked(desk) == [STAGES]
    desk.town.refresh()
    assert desk.town.one("A3", "M3")


def test_where_there_are_many_records_it_takes_effect_with_the_next_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_effect, "FEW", 3)
    assert "It takes effect with the next run." in desk.do(desk.at("A1", "/split"), record=str(desk.town.record("M1")))
    assert _asked(desk) == [STAGES]
    assert desk.town.one("A1", "M1")
    desk.town.refresh()
    assert not desk.town.one("A1", "M1")


def _asked(desk: Desk) -> list[str]:
    table = bulk.table_of(DueRun)
    with desk.town.store.reading() as connection:
        return [row.connection for row in connection.execute(table.select()) if row.state == "waiting"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_looks_sees_what_was_decided_and_no_way_to_decide(desk: Desk, role: Role) -> None:
    desk.do(desk.at("A3", "/same"), **{"with": desk.town.holder("M3")})
    browser = signed_in(desk.site, role)
    shown = browser.get(desk.at("A3")).text
    assert "These are the same" in shown
    assert 'name="undo"' not in shown
    assert browser.post(desk.at("A3", "/records"), {"undo": "1"}).status_code == 403
    assert browser.get(desk.at("A3", "/split")).status_code == 403
    assert browser.get("/links").status_code == 403
