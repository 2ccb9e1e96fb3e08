"""What people do about businesses on the list, how it holds, comes back and is undone."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from jobs.refused import Refused
from jobs.work.listing import Wanted
from jobs.work.steps import assign, comment, dismiss, reopen, snooze, undo
from jobs.work.views import remove_view, save_view, views
from store import bulk
from store.tables import Audit
from tests.jobs.work.world import ANN, BEN, DAY, Town, noon
from tests.snapshot import everything

NOW = noon(DAY)
LATER = date(2027, 3, 3)


def test_one_that_is_assigned_is_on_its_owners_list_until_it_is_given_to_nobody(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    assign(town.store, [found], ANN, BEN, NOW)
    assert town.names(Wanted(owner=("me",)), ANN) == ["Bright Gears Ltd"]
    assert town.names(Wanted(owner=("me",)), BEN) == town.names(Wanted(owner=("nobody",))) == []
    assign(town.store, [found], None, ANN, NOW)
    assert town.names(Wanted(owner=("nobody",))) == ["Bright Gears Ltd"]


def test_one_that_is_snoozed_is_back_on_its_day_and_says_so(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    snooze(town.store, [found], LATER, ANN, NOW, DAY)
    assert town.names() == []
    assert town.names(Wanted(work="snoozed")) == ["Bright Gears Ltd"]
    assert (town.row(found).work, town.row(found).back) == ("snoozed", "")
    assert town.names(day=LATER - timedelta(days=1)) == []
    assert town.row(found, LATER).back == "It was snoozed until 3 March 2027."
    assert town.names(day=LATER) == ["Bright Gears Ltd"]


def test_one_that_is_woken_is_open_and_says_nothing(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    snooze(town.store, [found], LATER, ANN, NOW, DAY)
    reopen(town.store, [found], BEN, NOW)
    assert (town.row(found).work, town.row(found).back) == ("open", "")
    assert town.row(found, LATER).back == ""


def test_one_that_was_dismissed_is_back_when_its_state_changes_and_says_why(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    town.visit(found, "p0", date(2025, 1, 15))
    town.flag()
    dismiss(town.store, [found], "too_small", ANN, NOW)
    assert (town.names(), town.row(found).work) == ([], "dismissed")
    town.flag(DAY + timedelta(days=3))
    assert town.names() == []
    town.leave(found)
    town.flag(DAY + timedelta(days=4))
    assert town.names() == ["Bright Gears Ltd"]
    assert town.row(found).back == "It was dismissed on 2 November 2026; since then no leader of theirs is known any more."


def test_a_change_on_the_day_of_the_dismissal_counts_only_if_it_came_after(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    dismiss(town.store, [found], "too_small", ANN, NOW)
    town.flag()
    assert town.row(found).work == "dismissed"
    town.visit(found, "c0", DAY)
    town.flag()
    assert (town.row(found).work, town.row(found).back) == (
        "open",
        "It was dismissed on 2 November 2026; since then only staff of theirs took part.",
    )


def test_one_that_is_dismissed_anew_after_it_came_back_is_off_again(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    dismiss(town.store, [found], "too_small", ANN, NOW)
    town.visit(found, "c0", DAY)
    town.flag(DAY + timedelta(days=1))
    dismiss(town.store, [found], "does_not_want", ANN, noon(DAY + timedelta(days=1)))
    town.flag(DAY + timedelta(days=2))
    assert (town.row(found).work, town.row(found).back) == ("dismissed", "")


def test_what_was_done_about_two_that_turn_out_to_be_one_counts_for_it(town: Town) -> None:
    old, into = town.business("Bright Gears Ltd"), town.business("Bright Gears (Alderton)")
    town.flag()
    assign(town.store, [old], ANN, BEN, NOW)
    snooze(town.store, [old], LATER, ANN, NOW, DAY)
    town.merge(old, into)
    town.flag()
    assert (town.row(into).owner, town.row(into).work) == (ANN, "snoozed")
    assert town.find(Wanted(work="all")).total == 1
    reopen(town.store, [old], ANN, NOW + timedelta(hours=1))
    assert town.row(into).work == "open"


def test_one_that_closes_is_on_no_list_and_keeps_what_was_done(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    (step,) = assign(town.store, [found], ANN, BEN, NOW)
    town.close(found)
    town.flag()
    assert town.find(Wanted(work="all")).total == 0
    undo(town.store, step, ANN, NOW)


STEPS: dict[str, Callable[[Town, str], list[int]]] = {
    "assign": lambda town, found: assign(town.store, [found], BEN, ANN, NOW),
    "snooze": lambda town, found: snooze(town.store, [found], LATER, ANN, NOW, DAY),
    "dismiss": lambda town, found: dismiss(town.store, [found], "other", ANN, NOW, "sold"),
    "reopen": lambda town, found: reopen(town.store, [found], ANN, NOW),
    "comment": lambda town, found: [comment(town.store, found, "rang twice", ANN, NOW)],
}


@pytest.mark.parametrize("first", STEPS)
@pytest.mark.parametrize("second", STEPS)
def test_an_undone_step_is_as_if_it_had_not_been(town: Town, first: str, second: str) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    STEPS[first](town, found)
    before = everything(town.store)["listed"], town.row(found)
    (step,) = STEPS[second](town, found)
    undo(town.store, step, ANN, NOW)
    assert (everything(town.store)["listed"], town.row(found)) == before
    with pytest.raises(Refused, match="undone already"):
        undo(town.store, step, ANN, NOW)


def test_each_step_is_in_the_audit_without_a_word_that_somebody_wrote(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    for step in STEPS.values():
        undo(town.store, step(town, found)[0], BEN, NOW)
    audit = bulk.table_of(Audit)
    with town.store.reading() as connection:
        rows = connection.execute(select(audit.c.who, audit.c.action, audit.c.target, audit.c.detail).order_by(audit.c.id)).all()
    kinds = ("assigned", "snoozed", "dismissed", "reopened", "commented")
    assert [tuple(row[:3]) for row in rows] == [
        line for kind in kinds for line in ((ANN, f"work {kind}", found), (BEN, f"work undo {kind}", found))
    ]
    assert "sold" not in repr(rows)
    assert "rang" not in repr(rows)


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (lambda town, found: snooze(town.store, [found], DAY, ANN, NOW, DAY), "Choose a day after today"),
        (lambda town, found: dismiss(town.store, [found], "bored", ANN, NOW), "Choose why"),
        (lambda town, found: dismiss(town.store, [found], "other", ANN, NOW, " "), "in a few words why"),
        (lambda town, found: comment(town.store, found, " ", ANN, NOW), "Write something"),
        (lambda town, found: comment(town.store, found, "x" * 2001, ANN, NOW), "at most 2,000 characters"),
        (lambda town, found: assign(town.store, [], ANN, ANN, NOW), "Choose at least one"),
        (lambda town, found: assign(town.store, [found, "b999"], ANN, ANN, NOW), "not known any more"),
        (lambda town, found: undo(town.store, 999, ANN, NOW), "never there"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(town: Town, work: Callable[[Town, str], object], said: str) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    before = everything(town.store)
    with pytest.raises(Refused, match=said):
        work(town, found)
    assert everything(town.store) == before


def test_a_view_is_its_owners_unless_it_is_shared(town: Town) -> None:
    mine = save_view(town.store, "  My  town ", "?place=Alderton&page=3", False, ANN, NOW)
    save_view(town.store, "All lapsed", "state=leader_lapsed", True, BEN, NOW)
    assert [(view.name, view.query, view.mine) for view in views(town.store, ANN)] == [
        ("All lapsed", "state=leader_lapsed", False),
        ("My town", "place=Alderton", True),
    ]
    assert [view.name for view in views(town.store, BEN)] == ["All lapsed"]
    assert save_view(town.store, "my town", "place=Bexford", False, ANN, NOW) == mine
    with pytest.raises(Refused, match="not yours"):
        remove_view(town.store, mine, BEN, NOW)
    remove_view(town.store, mine, ANN, NOW)
    assert [view.name for view in views(town.store, ANN)] == ["All lapsed"]


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_view_needs_a_name_of_some_length(town: Town, name: str) -> None:
    with pytest.raises(Refused, match="Give the view a name"):
        save_view(town.store, name, "", False, ANN, NOW)
