"""Needs and offers: what is needed, who could meet it, with the words that say so; on both databases."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.decisions import corrections
from jobs.decisions.kinds import Shut
from jobs.place import needs
from jobs.place.needs import NewNeed
from jobs.place.offers import matches, of_business, offering
from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.tables import Audit
from tests.jobs.place.town import FILES, RULES, ZONE, begun, synced

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TODAY = NOW.date()


def add(store: Database, **values: Any) -> int:
    new = NewNeed(**{"place": "Thornley", "theme": "skills", "resource": "premises", "words": "a room for the skills plan"} | values)
    return needs.add(store, new, RULES.themes, RULES.resources, "officer@council.example", NOW)


def test_a_need_is_met_by_those_who_offer_with_the_words_that_say_so(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    (found,) = matches(store, needs.one(store, add(store)), ZONE, TODAY)
    assert (found.name, found.place, found.warmth, found.times, found.last_on, found.tag) == (
        "Harbour Bakery Ltd", "Thornley", "leader", 1, date(2026, 8, 1), "premises",
    )  # fmt: skip
    assert [(one.day, one.words) for one in found.evidence] == [(date(2026, 8, 1), found.evidence[0].words)]
    assert any("meeting room" in words.lower() for words in found.evidence[0].words)


def test_a_need_of_no_place_is_met_from_anywhere_the_warmest_first(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    found = matches(store, needs.one(store, add(store, place="")), ZONE, TODAY)
    assert [(one.name, one.warmth) for one in found] == [("Harbour Bakery Ltd", "leader"), ("Steelworks Ltd", "cold")]
    assert [one.name for one in offering(store, "premises", ZONE, TODAY, limit=1)] == ["Harbour Bakery Ltd"]


def test_one_that_is_not_to_be_approached_comes_last_and_says_so_until_the_day(store: Database, tmp_path: Path) -> None:
    synced(store, tmp_path)
    need = needs.one(store, add(store, place=""))
    warm = matches(store, need, ZONE, TODAY)[0].business_id
    until = TODAY + timedelta(days=10)
    corrections.do_not_approach(store, warm, Shut("live_tender", until), "officer@council.example", NOW, ZONE)
    found = matches(store, need, ZONE, TODAY)
    assert [(one.name, one.shut) for one in found] == [
        ("Steelworks Ltd", ""),
        ("Harbour Bakery Ltd", "Not to be approached until 12 November 2026: a live tender."),
    ]
    assert [(one.name, one.shut) for one in matches(store, need, ZONE, until)] == [("Harbour Bakery Ltd", ""), ("Steelworks Ltd", "")]


def test_what_a_business_offers_is_told_with_its_evidence(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    (cold,) = offering(store, "premises", ZONE, TODAY, place="Marbury")
    assert "premises" in [one.resource for one in of_business(store, cold.business_id, ZONE)]
    assert all(one.evidence or one.tag for one in of_business(store, cold.business_id, ZONE))


def test_a_tag_alone_is_an_offer_without_a_day(store: Database, tmp_path: Path) -> None:
    synced(
        store,
        tmp_path,
        {
            "accounts.csv": FILES["accounts.csv"].replace(
                "A4,Helping Hands,Thornley,,1099999,3,,", "A4,Helping Hands,Thornley,,1099999,3,Goods in kind,"
            )
        },
    )
    (found,) = offering(store, "goods_in_kind", ZONE, TODAY)
    assert (found.name, found.times, found.last_on, found.tag, found.evidence) == ("Helping Hands", 0, None, "Goods in kind", ())


def test_a_closed_business_offers_nothing(store: Database, tmp_path: Path) -> None:
    begun(store, tmp_path)
    synced(store, tmp_path, {"accounts.csv": FILES["accounts.csv"].replace("premises; key account,", "premises; key account,Shut")})
    assert offering(store, "premises", ZONE, TODAY, place="Thornley") == []


def test_a_need_is_open_until_it_ends_and_can_be_opened_again(store: Database) -> None:
    first, other = add(store), add(store, theme="", resource="funding")
    assert [one.id for one in needs.needs(store)] == [first, other]
    assert [one.id for one in needs.needs(store, place="Marbury")] == []
    assert [one.id for one in needs.needs(store, theme="skills")] == [first, other]
    before = needs.needs(store)
    needs.end(store, first, "met", "officer@council.example", NOW)
    assert [one.id for one in needs.needs(store)] == [other]
    assert [(one.id, one.outcome, one.ended_by) for one in needs.needs(store, ended=True)] == [(first, "met", "officer@council.example")]
    needs.reopen(store, first, "officer@council.example", NOW)
    assert needs.needs(store) == before


def test_needs_outlive_syncs(store: Database, tmp_path: Path) -> None:
    found = add(store)
    synced(store, tmp_path)
    synced(store, tmp_path, {"visits.csv": FILES["visits.csv"].replace("lend us a meeting room", "talk")}, full=True)
    assert [one.id for one in needs.needs(store)] == [found]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"resource": "money"}, "'money' is no resource; choose one of people_time"),
        ({"theme": "nonsense"}, "'nonsense' is no theme; choose one of"),
        ({"place": " ", "theme": ""}, "a need belongs to a place or a theme; choose one of them, or both"),
        ({"words": "x" * 501}, "that is too long; say what is needed in 500 characters"),
    ],
)
def test_what_cannot_be_needed_says_what_to_do(store: Database, values: dict[str, str], message: str) -> None:
    with pytest.raises(Refused) as fault:
        add(store, **values)
    assert message in str(fault.value)


def test_the_same_need_twice_and_an_end_of_what_has_ended_are_refused(store: Database) -> None:
    found = add(store)
    with pytest.raises(Refused, match="the same need is on the list already"):
        add(store)
    with pytest.raises(Refused, match="choose met or withdrawn"):
        needs.end(store, found, "gone", "x", NOW)
    needs.end(store, found, "withdrawn", "x", NOW)
    with pytest.raises(Refused, match="has ended already or is not there; load the page again"):
        needs.end(store, found, "met", "x", NOW)
    with pytest.raises(Refused, match="there is no such need"):
        needs.one(store, 999)


def test_each_deed_is_in_the_audit(store: Database) -> None:
    found = add(store)
    needs.end(store, found, "met", "boss@council.example", NOW)
    audit = bulk.table_of(Audit)
    with store.reading() as connection:
        rows = connection.execute(select(audit.c.who, audit.c.action, audit.c.target, audit.c.detail).order_by(audit.c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("officer@council.example", "need add", str(found), "premises for skills"), ("boss@council.example", "need met", str(found), ""),
    ]  # fmt: skip
