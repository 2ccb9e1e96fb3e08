"""Corrections by form: each shows who said it and changes what it should, is refused in words, and undone leaves all as it was."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from review.roles import Role
from store.lease import STAGES, hold
from tests.review.harness import Clock, signed_in
from tests.review.truth.conftest import Desk, number_in, words_of

UNTIL = {"until-day": "7", "until-month": "5", "until-year": "2027"}
Fields = Mapping[str, str]


CASES: dict[str, tuple[Callable[[Desk], tuple[str, Fields]], str, dict[str, object]]] = {
    "not a leader": (
        lambda desk: (desk.at("A1", "/corrections"), {"what": "not_leader", "person": desk.town.holder("P1")}),
        "is not a leader here", {"state": "no_leader_known"},
    ),
    "has left": (
        lambda desk: (desk.at("A1", f"/people/{desk.town.holder('P1')}/left"), {"since-day": "1", "since-month": "10", "since-year": "2026"}),
        "left on 1 October 2026", {"state": "leader_left"},
    ),
    "not about a theme": (
        lambda desk: (desk.at("A1", "/corrections"), {"what": "not_theme", "engagement": str(desk.town.record("V1")), "theme": "skills"}),
        "The meeting of 1 August 2026 is not about", {"themes": ""},
    ),
    "about a theme": (
        lambda desk: (desk.at("A1", f"/engagements/{desk.town.record('V1')}/about"), {"theme": "transport"}),
        "The meeting of 1 August 2026 is about Transport", {"themes": "skills|transport"},
    ),
    "wrong place": (lambda desk: (desk.at("A1", "/place"), {"place": " Mill  brook "}), "Its place is Mill brook", {"place": "Mill brook"}),
    "do not approach": (
        lambda desk: (desk.at("A1", "/do-not-approach"), {"reason": "live_tender", "words": "bus contract", **UNTIL}),
        "Not to be approached until 7 May 2027: a live tender (bus contract)",
        {"approach": "Not to be approached until 7 May 2027: a live tender (bus contract)."},
    ),
    "claimed by me": (lambda desk: (desk.at("A1", "/claim"), {"by": "me", **UNTIL}), "is on it until 7 May 2027", {}),
    "claimed by another": (
        lambda desk: (desk.at("A1", "/claim"), {"by": "other", "other": "The chamber", **UNTIL}), "The chamber is on it until 7 May 2027", {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_correction_shows_on_the_page_changes_the_flag_and_can_be_undone(desk: Desk, name: str) -> None:
    make, sentence, changes = CASES[name]
    plain, before = desk.flag("A1"), desk.see(desk.at("A1"))
    path, fields = make(desk)
    said = desk.do(path, **fields)
    assert "Kept:" in said
    assert sentence in said
    assert {key: desk.flag("A1")[key] for key in changes} == changes
    assert sentence in words_of(signed_in(desk.site, Role.VIEWER).get(desk.at("A1"))), "everybody sees it"
    number = number_in(desk.browser.get(desk.at("A1")).text, "correction")
    undone = desk.do(desk.at("A1", "/corrections"), what="undo", correction=number)
    assert "Undone." in undone
    assert desk.flag("A1") == plain
    assert desk.see(desk.at("A1", "/history")).count(sentence) == 2, "that it was said, and that it was undone"
    now = desk.see(desk.at("A1"))
    assert now.partition("History")[0] == before.partition("History")[0]
    assert "undone already" in desk.do(desk.at("A1", "/corrections"), what="undo", correction=number)


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/place", {}, "Say which place it is in."),
        ("/do-not-approach", UNTIL, "Choose why it is not to be approached."),
        ("/do-not-approach", {"reason": "bored", **UNTIL}, "Choose why it is not to be approached."),
        ("/do-not-approach", {"reason": "dispute"}, "Enter the day on which it may be approached again"),
        ("/do-not-approach", {"reason": "dispute", "until-day": "31", "until-month": "2", "until-year": "2027"}, "31 2 2027 is no day"),
        ("/do-not-approach", {"reason": "dispute", "until-day": "1", "until-month": "11", "until-year": "2026"}, "Enter a day after today"),
        ("/do-not-approach", {"reason": "other", **UNTIL}, "Say in a few words why it is not to be approached."),
        ("/do-not-approach", {"reason": "other", "words": "x" * 501, **UNTIL}, "Say it in at most 500 letters."),
        ("/claim", UNTIL, "Choose who is on it."),
        ("/claim", {"by": "other", **UNTIL}, "Write who is on it"),
        ("/claim", {"by": "me"}, "Enter the day until which it is claimed"),
        ("/people/PERSON/left", {}, "Enter the first day on which they were no longer there"),
        ("/engagements/VISIT/about", {}, "Choose what it is about."),
        ("/engagements/VISIT/about", {"theme": "gossip"}, "There is no theme 'gossip'"),
        ("/engagements/VISIT/about", {"theme": "skills"}, "was found in this engagement already"),
    ],
)
def test_a_form_that_is_filled_in_wrongly_says_what_to_do_and_keeps_what_was_typed(desk: Desk, path: str, fields: Fields, said: str) -> None:
    whole = desk.at("A1", path.replace("PERSON", desk.town.holder("P1")).replace("VISIT", str(desk.town.record("V1"))))
    words = desk.refused(whole, **fields)
    assert words.startswith("There is a problem")
    assert words.count(said) == 2, "in the summary and at the field"
    if "words" in fields:
        assert fields["words"] in desk.browser.post(whole, dict(fields)).text


def test_a_second_claim_is_refused_with_who_has_the_first(desk: Desk) -> None:
    desk.do(desk.at("A1", "/claim"), by="other", other="The chamber", **UNTIL)
    said = desk.refused(desk.at("A1", "/claim"), by="me", **UNTIL)
    assert "The chamber is on it until 7 May 2027" in said
    assert "speak to them first" in said


def test_a_claim_and_not_to_be_approached_stand_in_the_list_until_their_day(desk: Desk) -> None:
    desk.do(desk.at("A3", "/claim"), by="other", other="The chamber", **UNTIL)
    desk.do(desk.at("A2", "/do-not-approach"), reason="dispute", **UNTIL)
    shown = desk.see("/businesses?state=engaged&state=no_leader_known&state=leader_not_engaged")
    assert shown.count("The chamber is on it until 7 May 2027") == 1
    assert shown.count("Do not approach") == 1
    clock = desk.site.now
    assert isinstance(clock, Clock)
    clock.turn(timedelta(days=187))
    desk.browser = signed_in(desk.site, Role.OFFICER)
    shown = desk.see("/businesses?state=engaged&state=no_leader_known&state=leader_not_engaged&state=leader_lapsed")
    assert "is on it" not in shown
    assert "Do not approach" not in shown
    assert "is on it" not in desk.see(desk.at("A3")).partition("History")[0]


def test_while_a_sync_is_under_way_it_says_that_the_page_shows_it_later(desk: Desk) -> None:
    with hold(desk.town.store, [STAGES]):
        said = desk.do(desk.at("A1", "/corrections"), what="not_leader", person=desk.town.holder("P1"))
    assert "A sync is under way: this page shows it when that has ended." in said
    assert "Ann Lee is not a leader here" in said
    desk.town.refresh()
    assert desk.flag("A1")["state"] == "no_leader_known"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_looks_sees_no_way_to_correct_and_has_none(desk: Desk, role: Role) -> None:
    shown = signed_in(desk.site, role).get(desk.at("A1")).text
    for way in ("/corrections", "/claim", "/do-not-approach", "/place", "/left", "/about", "/split", "/same", "/links"):
        assert f'{way}"' not in shown
    for path, fields in (make(desk) for make, _, _ in CASES.values()):
        assert signed_in(desk.site, role).post(path, dict(fields)).status_code == 403


def test_nobody_corrects_what_is_not_there(desk: Desk) -> None:
    elsewhere = desk.town.holder("P3")
    assert desk.browser.get(desk.at("A1", f"/people/{elsewhere}/left")).status_code == 404
    assert desk.browser.get(desk.at("A1", f"/engagements/{desk.town.record('V2')}/about")).status_code == 404
    assert desk.browser.get("/businesses/bnothing234/claim").status_code == 404
    assert "No CRM has that person" in desk.do(desk.at("A1", "/corrections"), what="not_leader", person=elsewhere, back=desk.at("A1"))
    assert "Choose what is wrong" in desk.do(desk.at("A1", "/corrections"), back=desk.at("A1"))
