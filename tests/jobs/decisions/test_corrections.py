"""Corrections: each changes what it should, holds through every sync and join, shows who said it, and undone leaves all as it was."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from jobs.decisions import corrected, corrections, links
from jobs.decisions.kinds import REASONS, Shut, say
from jobs.flag_stage import reflag
from jobs.refused import Refused
from jobs.schedules.tick import changed
from store import bulk
from store.database import Database
from store.lease import STAGES, hold
from store.tables import Audit, Dirty
from tests.jobs.decisions.small import DAY, FILES, NOW, RULES, ZONE, Town

UNTIL = date(2027, 5, 7)


def not_leader(town: Town) -> int:
    return corrections.not_leader(town.store, town.holder("A1"), town.holder("P1"), "ann", NOW)


def has_left(town: Town) -> int:
    return corrections.has_left(town.store, town.holder("A1"), town.holder("P1"), date(2026, 10, 1), "ann", NOW)


def not_theme(town: Town) -> int:
    return corrections.not_theme(town.store, town.record("V1"), "skills", "ann", NOW)


def is_theme(town: Town) -> int:
    return corrections.is_theme(town.store, town.record("V1"), "transport", ["skills", "transport"], "ann", NOW)


def wrong_place(town: Town) -> int:
    return corrections.wrong_place(town.store, town.holder("A1"), " Mill  brook ", "ann", NOW)


def shut(town: Town) -> int:
    return corrections.do_not_approach(town.store, town.holder("A1"), Shut("live_tender", UNTIL, "bus contract"), "ann", NOW, ZONE)


def claim(town: Town) -> int:
    return corrections.claim(town.store, town.holder("A1"), "the chamber", UNTIL, "ann", NOW, ZONE)


SAID = "Not to be approached until 7 May 2027: a live tender (bus contract)."
CHANGES = {
    not_leader: {"state": "no_leader_known", "reach": "staff_only"},
    has_left: {"state": "leader_left", "reach": "staff_only"},
    not_theme: {"themes": ""},
    is_theme: {"themes": "skills|transport"},
    wrong_place: {"place": "Mill brook"},
    shut: {"state": "engaged", "approach": SAID, "next_on": UNTIL},
    claim: {},
}
KINDS = pytest.mark.parametrize("correct", CHANGES)
Correct = Callable[[Town], int]


@KINDS
def test_it_takes_effect_at_once_holds_through_every_sync_and_undone_leaves_all_as_it_was(town: Town, correct: Correct) -> None:
    before, plain = town.tables(), town.flag("A1")
    number = correct(town)
    expected = plain | CHANGES[correct]
    at_once = town.stored_flag("A1")
    assert {name: at_once[name] for name in CHANGES[correct]} == CHANGES[correct]
    town.sync(full=True)
    town.refresh()
    assert {name: town.flag("A1")[name] for name in CHANGES[correct]} == {name: expected[name] for name in CHANGES[correct]}
    corrections.undo(town.store, number, "bob", NOW)
    assert town.stored_flag("A1") == plain
    town.sync()
    assert town.tables() == before
    with pytest.raises(Refused, match="undone already"):
        corrections.undo(town.store, number, "bob", NOW)


@KINDS
def test_it_holds_through_a_join_of_its_business_with_another_and_goes_back_when_that_is_undone(town: Town, correct: Correct) -> None:
    number = correct(town)
    before = town.stored_flag("A1")
    act = links.join(town.store, "business", [town.holder("A1"), town.holder("A5"), town.holder("M5"), town.holder("A2")], "ann", NOW)
    town.refresh()
    joined = town.flag("A1")
    assert {name: joined[name] for name in CHANGES[correct]} == CHANGES[correct]
    with town.store.reading() as connection:
        found = corrected.of_business(connection, town.holder("A1"), DAY, [town.record("V1")])
    assert [one.id for one in found] == [number]
    links.undo(town.store, act, "ann", NOW)
    town.refresh()
    assert town.flag("A1") == before
    assert "Not to be approached" not in town.flag("A5")["approach"]


@KINDS
def test_it_is_listed_with_who_and_when_and_in_the_audit_by_ids_alone(town: Town, correct: Correct) -> None:
    number = correct(town)
    with town.store.reading() as connection:
        found = corrected.of_business(connection, town.holder("A1"), DAY, [town.record("V1")])
        line = connection.execute(select(bulk.table_of(Audit))).one()
    assert [(one.id, one.who, one.at) for one in found] == [(number, "ann", NOW)]
    assert say(found[0], "Ann Lee", "the meeting")
    assert (line.who, line.action, line.target) == ("ann", correct.__name__ if correct is not shut else "do_not_approach", str(number))
    for private in ("Ann Lee", "bus contract", "chamber", "skills", "Mill"):
        assert private not in line.detail


def test_what_was_undone_is_listed_only_where_that_is_asked(town: Town) -> None:
    number = shut(town)
    corrections.undo(town.store, number, "bob", NOW)
    with town.store.reading() as connection:
        assert corrected.of_business(connection, town.holder("A1"), DAY) == []
        every = corrected.of_business(connection, town.holder("A1"), DAY, ended=True)
    assert [(one.who, one.undone_by) for one in every] == [("ann", "bob")]


def test_time_alone_lifts_what_shuts_a_business(town: Town) -> None:
    plain = town.flag("A1", UNTIL)
    shut(town)
    assert town.stored_flag("A1")["next_on"] == UNTIL
    assert town.flag("A1", UNTIL - timedelta(days=1))["approach"] == SAID
    assert town.flag("A1", UNTIL) | {"as_of": DAY} == plain
    with town.store.reading() as connection:
        assert corrected.of_business(connection, town.holder("A1"), UNTIL) == []


def test_a_flagged_business_that_is_shut_keeps_its_reason_and_names_nobody(town: Town) -> None:
    not_leader(town)
    reason = town.stored_flag("A1")["reason"]
    shut(town)
    found = town.stored_flag("A1")
    assert (found["reason"], found["approach"], found["via"]) == (reason, SAID, SAID)
    assert "of Ann Lee (CEO) a colleague said: is no leader" in reason


def test_of_two_that_shut_a_business_the_longer_is_told_and_the_shorter_does_not_end_it(town: Town) -> None:
    shut(town)
    corrections.do_not_approach(town.store, town.holder("A1"), Shut("dispute", date(2027, 1, 1)), "bob", NOW, ZONE)
    assert town.stored_flag("A1")["approach"] == SAID
    assert town.flag("A1", date(2027, 1, 1))["approach"] == SAID


def test_nobody_who_is_not_to_be_contacted_is_suggested_whatever_people_correct(town: Town) -> None:
    corrections.not_leader(town.store, town.holder("A3"), town.holder("P3"), "ann", NOW)
    found = town.stored_flag("A3")
    assert found["state"] == "leader_not_engaged"
    assert "Di Fox" not in found["approach"] + found["via"]


def test_a_later_leaving_date_of_the_crm_does_not_bring_back_who_people_say_has_left(town: Town) -> None:
    has_left(town)
    assert "left on 1 October 2026" in town.stored_flag("A1")["reason"]
    files = {file: [line.replace("Ann Lee,Chief", "Ann Lee,Joint Chief") for line in rows] for file, rows in FILES["council"].items()}
    town.sync(FILES | {"council": files})
    assert town.flag("A1")["state"] == "leader_left"


def test_a_second_claim_is_refused_while_one_holds_and_says_whose_it_is(town: Town) -> None:
    claim(town)
    with pytest.raises(Refused, match=r"the chamber is on it until 7 May 2027 \(said by ann\)"):
        corrections.claim(town.store, town.holder("M1"), "", date(2027, 1, 1), "bob", NOW, ZONE)
    later = NOW + timedelta(days=365)
    corrections.claim(town.store, town.holder("A1"), "", date(2028, 1, 1), "bob", later, ZONE)
    with town.store.reading() as connection:
        found = corrected.of_business(connection, town.holder("A1"), later.date())
    assert [(one.detail["by"], one.who) for one in found] == [("bob", "bob")]


REFUSED = {
    "a person who is not there": lambda town: corrections.not_leader(town.store, town.holder("A1"), town.holder("P3"), "ann", NOW),
    "a business that there is not": lambda town: corrections.wrong_place(town.store, "b2222222222", "Thornley", "ann", NOW),
    "a theme that was not found": lambda town: corrections.not_theme(town.store, town.record("V1"), "transport", "ann", NOW),
    "a theme that was found": lambda town: corrections.is_theme(town.store, town.record("V1"), "skills", ["skills"], "ann", NOW),
    "a theme that there is not": lambda town: corrections.is_theme(town.store, town.record("V1"), "golf", ["skills"], "ann", NOW),
    "an engagement that there is not": lambda town: corrections.not_theme(town.store, 99_999, "skills", "ann", NOW),
    "no place": lambda town: corrections.wrong_place(town.store, town.holder("A1"), "  ", "ann", NOW),
    "a reason that is none": lambda town: corrections.do_not_approach(town.store, town.holder("A1"), Shut("mood", UNTIL), "ann", NOW, ZONE),
    "another reason without words": lambda town: corrections.do_not_approach(town.store, town.holder("A1"), Shut("other", UNTIL), "ann", NOW, ZONE),
    "until today": lambda town: corrections.do_not_approach(town.store, town.holder("A1"), Shut("dispute", DAY), "ann", NOW, ZONE),
    "a claim until yesterday": lambda town: corrections.claim(town.store, town.holder("A1"), "", date(2026, 10, 31), "ann", NOW, ZONE),
    "words without end": lambda town: corrections.wrong_place(town.store, town.holder("A1"), "x" * 501, "ann", NOW),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_and_writes_nothing(town: Town, case: str) -> None:
    before = town.tables()
    with pytest.raises(Refused, match=r"\.$"):
        REFUSED[case](town)
    assert town.tables() == before
    with town.store.reading() as connection:
        assert connection.execute(select(bulk.table_of(Audit))).all() == []


@pytest.mark.parametrize("correct", [not_leader, not_theme, wrong_place, shut])
def test_what_was_said_is_not_said_twice(town: Town, correct: Correct) -> None:
    correct(town)
    with pytest.raises(Refused):
        correct(town)


def test_a_theme_that_people_disagree_about_is_refused_until_one_takes_it_back(town: Town) -> None:
    number = not_theme(town)
    with pytest.raises(Refused, match="undo that first"):
        corrections.is_theme(town.store, town.record("V1"), "skills", ["skills"], "bob", NOW)
    corrections.undo(town.store, number, "ann", NOW)
    is_theme(town)
    with pytest.raises(Refused, match="undo that first"):
        corrections.not_theme(town.store, town.record("V1"), "transport", "bob", NOW)


def test_while_somebody_is_at_the_stages_the_business_stays_marked_and_the_worker_sees_that(town: Town) -> None:
    not_leader(town)
    other = Database(town.store.url.render_as_string(hide_password=False))
    with hold(other, [STAGES]):
        assert not reflag(town.store, [town.holder("A1")], DAY, RULES, ZONE)
    other.close()
    with town.store.reading() as connection:
        assert connection.scalars(select(bulk.table_of(Dirty).c.business_id)).all() == [town.holder("A1")]
        assert changed(connection)
    town.refresh()
    assert town.flag("A1")["state"] == "no_leader_known"
    with town.store.reading() as connection:
        assert not changed(connection)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_said_plainly(town: Town, reason: str) -> None:
    corrections.do_not_approach(town.store, town.holder("A1"), Shut(reason, UNTIL, "ask Legal"), "ann", NOW, ZONE)
    said = town.stored_flag("A1")["approach"]
    assert said.startswith("Not to be approached until 7 May 2027: ")
    assert "ask Legal" in said
    assert "_" not in said
