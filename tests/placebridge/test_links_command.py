"""`placebridge links`: what is asked, what people decide, and that it holds and can be undone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from jobs.decisions import corrections
from jobs.decisions.kinds import Shut
from store.database import Database
from store.lease import STAGES, hold
from tests.placebridge.two_crms import DAY, TwoCrms


@pytest.fixture
def crms(crms: TwoCrms) -> TwoCrms:
    """A few firms, and one of which the rules are not sure."""
    crms.change("chamber/members.csv", "FIRM 3 LIMITED,4102751,www.firm3.example", "Quillhaven Bakes,,")
    crms.change("council/accounts.csv", "Firm 3 Ltd,04102751,", "Quillhaven Bakery,,")
    crms.sync()
    return crms


def ids(crms: TwoCrms) -> dict[str, str]:
    return {f"{row['connection']}:{row['source_id']}": row["business_id"] for row in crms.export("links")}


def test_join_split_and_undo_say_what_they_did_and_hold_through_a_sync(crms: TwoCrms) -> None:
    before = ids(crms)
    assert before["council:A1"] == before["chamber:M1"]
    done = crms("links", "split", "chamber:M1")
    assert (done.code, done.said) == (0, "Decision 1; businesses, people and flags are up to date.")
    assert crms("links", "join", "council:A2", before["council:A4"]).code == 0
    crms.sync("--full")
    now = ids(crms)
    assert now["council:A1"] != now["chamber:M1"]
    assert now["council:A2"] == now["council:A4"]
    told = crms.rows("links", "review", "--decided")
    assert [(row["decision"], row["judgement"], row["records"]) for row in told] == [
        (2, "same", "council:A2 council:A4"),
        (1, "different", "chamber:M1 council:A1"),
    ]
    explained = crms("explain", now["council:A2"], "--as-of", DAY).said
    assert "same: council A2 and council A4: " in explained
    assert "decision 2" in explained
    for number in ("1", "2"):
        assert crms("links", "undo", number).said == f"Decision {number} undone; businesses, people and flags are up to date."
    assert ids(crms) == before
    assert all(row["undone_by"] for row in crms.rows("links", "review", "--decided"))


def test_two_businesses_are_kept_apart_and_people_are_joined(crms: TwoCrms) -> None:
    found = ids(crms)
    assert crms("links", "split", found["council:A2"], found["council:A4"]).code == 0
    assert "are different businesses (decision 1); undo that first" in crms("links", "join", "council:A2", "council:A4").said
    assert crms("links", "join", "--people", "council:P1", "council:P2").code == 0
    people = {row["source_id"]: row["person_id"] for row in crms.export("people")}
    assert people["P1"] == people["P2"]
    assert [row["entity"] for row in crms.rows("links", "review", "--decided", "--people")] == ["person"]


def test_what_is_asked_is_listed_for_people_and_for_programs(crms: TwoCrms) -> None:
    (row,) = crms.rows("links", "review")
    assert (row["left"], row["left_name"], row["right"]) == ("chamber:M3", "Quillhaven Bakes", "council:A3")
    assert row["evidence"].startswith("name differs by a slip")
    shown = crms("links", "review").said
    assert "council:A3" in shown
    assert "1 pair to decide." in shown
    crms("links", "join", row["left_id"], row["right_id"])
    assert "There is nothing to decide" in crms("links", "review").said


MISTAKES = {
    "a record that there is not": (("join", "council:A2", "council:A999"), "council holds no business 'A999' now"),
    "neither id nor record": (("join", "council:A2", "Acme"), "'Acme' is neither an id (as in b2s3j4k5l6m) nor a record"),
    "one alone": (("join", "council:A2"), "say at least two"),
    "both kinds": (("join", "b2222222222", "p2222222222"), "name things of one kind"),
    "all that there is": (("split", "council:A2"), "nothing to split them from"),
    "no such decision": (("undo", "7"), "There is no decision 7 that holds"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_says_what_to_do_and_changes_nothing(crms: TwoCrms, case: str) -> None:
    words, message = MISTAKES[case]
    before = crms.tables()
    done = crms("links", *words)
    assert done.code != 0
    assert message in done.said
    assert "Traceback" not in done.said
    assert crms.tables() == before


def test_while_something_else_is_at_work_the_decision_waits_for_it(crms: TwoCrms) -> None:
    before = ids(crms)
    store = Database(crms.url)
    with hold(store, [STAGES], guard=False):
        assert "takes effect when that has ended" in crms("links", "split", "chamber:M1").said
    store.close()
    assert ids(crms) == before
    crms.sync()
    assert ids(crms)["council:A1"] != ids(crms)["chamber:M1"]


def test_explain_shows_every_correction_that_holds_with_who_and_when(crms: TwoCrms) -> None:
    business, store = ids(crms)["council:A1"], Database(crms.url)
    now, until = datetime(2026, 10, 30, 12, tzinfo=UTC), date(2027, 5, 7)
    zone = ZoneInfo("Europe/London")
    corrections.do_not_approach(store, business, Shut("enforcement", until), "ann", now, zone)
    corrections.claim(store, business, "the chamber", until, "bob", now, zone)
    store.close()
    crms.sync()
    said = crms("explain", business, "--as-of", DAY).said
    assert "Approach: Not to be approached until 7 May 2027: enforcement is under way." in said
    assert "(ann said so on 30 October 2026, correction 1)" in said
    assert "the chamber is on it until 7 May 2027 (bob said so on 30 October 2026, correction 2)" in said
    assert crms.flags()[business]["approach"].startswith("Not to be approached until 7 May 2027")
    assert "Corrections:" not in crms("explain", business, "--as-of", "2027-05-07").said
