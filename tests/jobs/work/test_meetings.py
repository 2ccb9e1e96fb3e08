"""`Met … on …`: an engagement of our own counts as a CRM's does."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from jobs.place.offers import offering
from jobs.refused import Refused
from jobs.themes import map_themes
from jobs.work.listing import Wanted
from jobs.work.meetings import Met, met, undo_met
from store import bulk
from store.tables import ThemeFound, ThemeRead
from tests.jobs.work.world import ALL_STATES, ANN, DAY, ZONE, Town, noon

NOW = noon(DAY)


@pytest.mark.parametrize(
    ("people", "day", "stands"),
    [
        (("p0",), DAY, ("engaged", "leader")),
        (("p0", "c0"), DAY - timedelta(days=300), ("engaged", "leader")),
        (("p0",), DAY - timedelta(days=366), ("leader_lapsed", "none")),
        (("c0",), DAY, ("leader_not_engaged", "staff_only")),
        ((), DAY, ("leader_not_engaged", "staff_only")),
    ],
)
def test_it_counts_at_once_as_one_of_a_crm_does(town: Town, people: tuple[str, ...], day: date, stands: tuple[str, str]) -> None:
    found = town.business("Bright Gears Ltd")
    town.flag()
    assert town.state(found) == ("leader_not_engaged", "none")
    number = met(town.store, found, Met("visit", day, people), ANN, NOW, DAY)
    town.again(found)
    assert town.state(found) == stands
    assert undo_met(town.store, number, ANN, NOW) == found
    town.again(found)
    assert town.state(found) == ("leader_not_engaged", "none")
    with pytest.raises(Refused, match="undone already"):
        undo_met(town.store, number, ANN, NOW)


@pytest.mark.parametrize("who", ["p0", "c0"])
@pytest.mark.parametrize("days", [0, 365, 366, 800])
def test_the_same_visit_in_a_crm_and_here_leads_to_the_same_flag(town: Town, who: str, days: int) -> None:
    crm, here = town.business("Bright Gears Ltd"), town.business("Bright Gears Ltd")
    day = DAY - timedelta(days=days)
    town.visit(crm, who, day)
    met(town.store, here, Met("visit", day, (who.replace("0", "1"),)), ANN, NOW, DAY)
    town.flag()
    assert town.state(here) == town.state(crm)
    assert town.row(here).reason == town.row(crm).reason.replace("of p0", "of p1").replace("of c0", "of c1")


def test_no_sync_loses_it_and_time_lets_it_lapse(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    met(town.store, found, Met("meeting", DAY, ("p0",)), ANN, NOW, DAY)
    town.flag()
    town.flag(DAY + timedelta(days=365))
    assert town.state(found) == ("engaged", "leader")
    town.flag(DAY + timedelta(days=366))
    assert town.state(found) == ("leader_lapsed", "none")


def test_a_leader_who_was_met_and_left_is_one_who_left(town: Town) -> None:
    found = town.business("Bright Gears Ltd")
    met(town.store, found, Met("call", DAY, ("p0",)), ANN, NOW, DAY)
    town.leave(found)
    town.flag()
    assert town.state(found) == ("leader_left", "staff_only")


def test_it_goes_with_a_business_that_turns_out_to_be_another(town: Town) -> None:
    old, into = town.business("Bright Gears Ltd"), town.business("Bright Gears (Alderton)")
    met(town.store, old, Met("meeting", DAY, ("p0",)), ANN, NOW, DAY)
    town.flag()
    town.merge(old, into)
    town.flag()
    assert town.state(into) == ("engaged", "leader")
    assert town.find(Wanted(state=ALL_STATES)).total == 1


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (Met("mailing", DAY), "Choose a meeting"),
        (Met("meeting", DAY + timedelta(days=1)), "still to come"),
        (Met("meeting", DAY, ("p1",)), "not known to be of this business"),
        (Met("meeting", DAY, ("nobody",)), "not known to be of this business"),
        (Met("meeting", DAY, (), "x" * 2001), "too long"),
    ],
)
def test_what_cannot_have_been_is_refused(town: Town, what: Met, said: str) -> None:
    found = town.business("Bright Gears Ltd")
    town.business("Other Works Ltd")
    with pytest.raises(Refused, match=said):
        met(town.store, found, what, ANN, NOW, DAY)


def test_a_business_that_nobody_knows_is_refused(town: Town) -> None:
    with pytest.raises(Refused, match="not known any more"):
        met(town.store, "b9", Met("meeting", DAY), ANN, NOW, DAY)


def test_a_note_is_read_for_themes_by_the_rules_that_read_a_crms(town: Town) -> None:
    found, rules = town.business("Bright Gears Ltd"), town.rules
    number = met(
        town.store, found, Met("visit", DAY, ("p0",), "They want two more apprentices, and could lend a meeting room."), ANN, NOW, DAY
    )
    assert map_themes(town.store, rules.themes, rules.resources) == 1
    assert map_themes(town.store, rules.themes, rules.resources) == 0
    town.again(found)
    assert "skills" in town.row(found).themes
    assert [one.name for one in offering(town.store, "premises", ZONE, DAY)] == ["Bright Gears Ltd"]
    undo_met(town.store, number, ANN, NOW)
    map_themes(town.store, rules.themes, rules.resources)
    town.again(found)
    assert town.row(found).themes == ()
    with town.store.reading() as connection:
        assert [connection.scalar(select(func.count()).select_from(bulk.table_of(of))) for of in (ThemeFound, ThemeRead)] == [0, 0]
