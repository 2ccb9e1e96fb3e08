"""Refusals: what the connector does about each, and what an admin is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.contract import StopConnection, StopEntity, TryLater
from connector.http import SlidingBudget
from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.hubspot.world import START, TOKEN, SteadyClock, View, World, entity, truth

WHAT = entity("companies", "name")


def fill(world: World, count: int) -> None:
    for one in range(1, count + 1):
        world.site.put("companies", str(one), {"name": f"Firm {one}"})


def test_the_account_s_limit_is_kept(world, caplog):
    fill(world, 30)
    world.site.per_ten_seconds = 4
    view = View()
    view.read(world.connector(list_rows=2, requests_per_window=4), WHAT)
    assert view.rows == truth(world.site, WHAT)
    assert "answer 429" not in caplog.text
    assert 39 <= world.clock.now() - START <= 61, "18 requests, four in ten seconds"


def test_searches_have_a_limit_of_their_own(world, caplog):
    view, connector = View(), world.connector(search_rows=2)
    view.read(connector, WHAT)
    fill(world, 30)
    world.clock.sleep(60)
    before = world.clock.now()
    view.read(connector, WHAT)
    assert view.rows == truth(world.site, WHAT)
    assert "answer 429" not in caplog.text
    searches = sum(path.endswith("/search") for path in world.paths())
    assert searches > 15
    assert (searches - 1) // 5 <= world.clock.now() - before <= searches // 5 + 2


@pytest.mark.parametrize(
    ("limit", "seconds"), [("per_ten_seconds", 10.0), ("per_second", 1.0)], ids=["TEN_SECONDLY_ROLLING", "SECONDLY"]
)
def test_a_limit_that_others_use_up_is_waited_for(world, limit, seconds):
    """The account's other programs leave less than the settings say."""
    view, connector = View(), world.connector(list_rows=2, search_rows=2)
    view.read(connector, WHAT)
    fill(world, 12)
    world.clock.sleep(60)
    setattr(world.site, limit, 2)
    before = world.clock.now()
    view.read(connector, WHAT)
    assert view.rows == truth(world.site, WHAT)
    assert world.clock.now() - before >= seconds


@pytest.mark.parametrize(("limit", "held"), [("per_ten_seconds", [True, False]), ("per_second", [True, True])])
def test_while_one_worker_waits_the_others_hold_back(world, limit, held):
    """The two shared budgets are the account's and the searches'; a search that is refused holds both."""
    made: list[SlidingBudget] = []

    class Watching(SteadyClock):
        def sleep(self, seconds: float) -> None:
            waits.append([budget.take(self.now()) > 0 for budget in made])
            super().sleep(seconds)

    def budget(windows):
        made.append(SlidingBudget(windows))
        return made[-1]

    waits: list[list[bool]] = []
    view = View()
    view.read(world.connector(), WHAT)
    fill(world, 3)
    world.clock.sleep(60)
    kind = kind_of("hubspot")
    told = {"token": TOKEN, "url": world.server.url, "whole_read_days": 30, "searches_per_second": 50}
    connector = kind.open(kind.settings(**told), Context("chamber", Path.cwd(), budget=budget, clock=Watching(world.clock)))
    setattr(world.site, limit, 1)
    if limit == "per_second":
        world.site._searched.append(world.clock.now())
    view.read(connector, WHAT)
    assert waits[0] == held


def test_the_daily_limit_is_left_until_the_account_s_midnight(world):
    world.site.zone = "America/New_York"
    world.site.per_day = 2
    with pytest.raises(TryLater, match="first run after its midnight") as raised:
        list(world.connector().pull(WHAT, None))
    midnight = datetime(2026, 6, 2, 4, tzinfo=UTC).timestamp()
    assert raised.value.wait == pytest.approx(midnight - world.clock.now())
    assert len(world.server.asked) == 3, "it is not tried again"


@pytest.mark.parametrize("zone", ["", "Atlantis/Harbour", "../etc"])
def test_a_zone_that_is_not_known_names_no_wait(world, zone):
    world.site.zone = zone
    world.site.per_day = 1
    with pytest.raises(TryLater) as raised:
        list(world.connector().pull(WHAT, None))
    assert raised.value.wait is None


def test_the_day_on_which_clocks_change_has_another_length(world):
    world.clock.time = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    world.site.per_day = 1
    with pytest.raises(TryLater) as raised:
        list(world.connector().pull(WHAT, None))
    assert raised.value.wait == pytest.approx(23.5 * 3600)


def test_our_own_daily_quota_is_a_setting(world):
    fill(world, 30)
    with pytest.raises(TryLater, match="rate budget"):
        list(world.connector(list_rows=2, requests_per_day=6).pull(WHAT, None))
    assert len(world.server.asked) == 6


@pytest.mark.parametrize(("what", "seconds"), [("locked", 2.0), ("moving", 30.0)], ids=["423", "477"])
def test_what_passes_is_waited_for(world, what, seconds):
    fill(world, 3)
    setattr(world.site, what, 2)
    view = View()
    view.read(world.connector(), WHAT)
    assert view.rows == truth(world.site, WHAT)
    assert 2 * seconds <= world.clock.now() - START <= 2 * seconds + 3


@pytest.mark.parametrize(("what", "words"), [("locked", "locked"), ("moving", "another data centre")])
def test_what_does_not_pass_is_left_for_the_next_run(world, what, words):
    setattr(world.site, what, 100)
    with pytest.raises(TryLater, match=words):
        list(world.connector().pull(WHAT, None))


@pytest.mark.parametrize("category", ["EXPIRED_AUTHENTICATION", "REVOKED_AUTHENTICATION", None])
def test_a_token_that_no_longer_works_stops_the_connection(world, category):
    if category:
        world.site.tokens[TOKEN] = category
    else:
        world.site.tokens.clear()
    with pytest.raises(StopConnection, match="rotated, deleted or mistyped") as raised:
        list(world.connector().pull(WHAT, None))
    assert TOKEN not in str(raised.value)
    assert len(world.server.asked) == 1


@pytest.mark.parametrize("token", ["", "pat\nx", "“pat”"])
def test_a_token_that_no_header_can_hold_is_refused_at_once(world, token):
    with pytest.raises(StopConnection, match="token"):
        world.connector(token=token)


@pytest.mark.parametrize(
    ("source", "scope"), [("companies", "companies"), ("contacts", "contacts"), ("meetings", "contacts"), ("2-77", "custom")]
)
def test_a_missing_scope_is_named(world, source, scope):
    world.site.declare(source, name="Name")
    world.site.scopes.discard(f"crm.objects.{scope}.read")
    with pytest.raises(StopEntity, match=rf"lacks the scope crm\.objects\.{scope}\.read; give it"):
        list(world.connector().pull(entity(source, "name"), None))


@pytest.mark.parametrize(
    "errors",
    [None, [], "x", [7], [{"context": None}], [{"context": {"requiredGranularScopes": "x"}}], [{"context": {"requiredGranularScopes": ["Jane Doe", 7]}}]],
)
def test_a_missing_scope_that_is_no_known_word_is_not_repeated(world, errors):
    from tests.connector.hubspot.standin import Refusal

    def refuse(table: str) -> None:
        raise Refusal(403, "MISSING_SCOPES", errors=errors)

    world.site._require_object = refuse
    with pytest.raises(StopEntity) as raised:
        list(world.connector().pull(WHAT, None))
    assert "lacks a scope for it" in str(raised.value)
    assert "Jane" not in str(raised.value)


def test_an_object_that_is_not_there(world):
    with pytest.raises(StopEntity, match="'from' in the field map"):
        list(world.connector().pull(entity("widgets", "name"), None))


@pytest.mark.parametrize("what", ["false", "true"], ids=["the list", "what was deleted"])
def test_a_list_that_goes_round_in_circles_is_left(world, what):
    fill(world, 11)
    if what == "true":
        for one in range(1, 12):
            world.site.delete("companies", str(one))
    listed = world.site._list

    def same_page(table, asked):
        return listed(table, {**asked, "after": "3"} if "after" in asked and asked["archived"] == what else asked)

    world.site._list = same_page
    with pytest.raises(StopEntity, match="same next page twice; try later"):
        list(world.connector(list_rows=3).pull(WHAT, None))
    assert len(world.server.asked) < 40


@pytest.mark.parametrize("lower", [True, False], ids=["earlier than was asked for", "a later one between"])
@pytest.mark.parametrize("ties", [True, False])
def test_a_search_that_is_not_sorted_gives_way_to_a_whole_read(world, ties, lower):
    view, connector = View(), world.connector(search_rows=3, page_rows=3)
    fill(world, 2)
    view.read(connector, WHAT)
    world.clock.sleep(3600)
    for one in range(1, 12):
        world.site.put("companies", str(one), {"name": "Changed"})
        world.clock.sleep(0.0 if ties else 1.0)
    world.clock.sleep(60)
    searched = world.site._search

    def unsorted(table, body):
        """By id and by time are alike here; turned round, or with all there is from the first on."""
        meant = not ties or len(body["filterGroups"][0]["filters"]) == 3
        if not meant:
            return searched(table, body)
        if lower:
            return searched(table, {**body, "filterGroups": [], "sorts": [{"propertyName": "hs_object_id"}]})
        reply = searched(table, body)
        reply.body["results"].reverse()
        return reply

    world.site._search = unsorted
    pages = view.read(connector, WHAT)
    assert [note for page in pages for note in page.notes] == ["HubSpot did not give its changes in order, so everything is read again"]
    assert pages[-1].snapshot
    assert view.rows == truth(world.site, WHAT)
    assert len(world.server.asked) < 40


def test_a_list_without_end_is_left(world, monkeypatch):
    monkeypatch.setattr("connector.hubspot.reading.MOST_PAGES", 20)
    world.site._list = lambda table, asked: {"results": [], "paging": {"next": {"after": str(int(asked.get("after", 0)) + 1)}}}
    with pytest.raises(StopEntity, match="no end after 20 answers"):
        list(world.connector().pull(WHAT, None))


def test_a_next_page_that_is_refused_stops_the_entity(world):
    from tests.connector.hubspot.standin import Refusal

    fill(world, 11)
    listed = world.site._list

    def refusing(table, asked):
        if "after" in asked:
            raise Refusal(400, "VALIDATION_ERROR")
        return listed(table, asked)

    world.site._list = refusing
    with pytest.raises(StopEntity, match="refuses its own next page"):
        list(world.connector(list_rows=3).pull(WHAT, None))
