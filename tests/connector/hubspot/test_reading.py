"""Whole and incremental reads: what comes, what is gone, what was merged, and that a killed read goes on."""

import itertools

import pytest

from connector.contract import Merge, StopEntity
from tests.connector.hubspot.world import View, World, entity, truth

MANY = 23
SMALL = {"list_rows": 3, "search_rows": 3, "page_rows": 2}


def fill(world: World, source: str = "companies", count: int = MANY, apart: float = 0.0) -> None:
    for one in range(1, count + 1):
        world.site.put(source, str(one), {"name": f"Firm {one}"})
        world.clock.sleep(apart)


def caught_up(world: World, view: View, connector, what) -> None:
    """The view of a first whole read, with the search index behind nothing."""
    world.clock.sleep(3600)
    view.read(connector, what)
    world.paths()


def test_a_whole_read_lists_everything_and_what_was_deleted(world):
    fill(world)
    world.site.delete("companies", "5")
    view, what = View(), entity("companies", "name")
    pages = view.read(world.connector(**SMALL), what)
    assert view.rows == truth(world.site, what)
    assert len(view.rows) == MANY - 1
    assert [page.deleted for page in pages if page.deleted] == [["5"]]
    assert all(page.snapshot and page.living for page in pages)
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert not [path for path in world.paths() if path.endswith("/search")]


def test_only_what_is_wanted_is_asked_for(world):
    fill(world, count=1)
    View().read(world.connector(), entity("companies", "name"))
    (listed,) = (asked.target for asked in world.server.asked if "archived=false" in asked.target)
    names = "name%2Chs_lastmodifieddate%2Chs_merged_object_ids%2Chs_calculated_merged_vids"
    assert listed == f"/crm/v3/objects/companies?limit=100&archived=false&properties={names}"


def test_an_incremental_read_searches_the_changes_and_lists_deletions(world):
    fill(world)
    view, what, connector = View(), entity("companies", "name"), world.connector()
    caught_up(world, view, connector, what)
    world.site.put("companies", "2", {"name": "Renamed"})
    world.site.put("companies", "99", {"name": "New"})
    world.site.delete("companies", "3")
    world.clock.sleep(60)
    (page,) = view.read(connector, what)
    assert sorted(page.rows) == [("2", "Renamed"), ("99", "New")]
    assert (page.deleted, page.snapshot, page.last) == (["3"], False, True)
    assert view.rows == truth(world.site, what)
    assert world.paths()[2:] == ["/crm/v3/objects/companies/search", "/crm/v3/objects/companies"]


@pytest.mark.parametrize(("source", "stamp"), [("companies", "hs_lastmodifieddate"), ("contacts", "lastmodifieddate"), ("2-77", "hs_lastmodifieddate")])
def test_each_object_has_its_own_property_for_changes(world, source, stamp):
    world.site.declare(source, name="Name")
    view, what, connector = View(), entity(source, "name"), world.connector()
    caught_up(world, view, connector, what)
    world.site.put(source, "1", {"name": "Later"})
    world.clock.sleep(60)
    assert view.read(connector, what)[0].rows == [("1", "Later")]
    assert stamp.encode() in next(asked.body for asked in world.server.asked if asked.path.endswith("/search"))


def test_a_restored_record_comes_back(world):
    fill(world)
    view, what, connector = View(), entity("companies", "name"), world.connector()
    caught_up(world, view, connector, what)
    world.site.delete("companies", "3")
    world.clock.sleep(60)
    view.read(connector, what)
    assert "3" not in view.rows
    world.site.put("companies", "3", {})
    world.clock.sleep(60)
    view.read(connector, what)
    assert view.rows["3"] == ("3", "Firm 3")


@pytest.mark.parametrize("keeps", [True, False], ids=["the primary keeps its id", "a new id"])
@pytest.mark.parametrize("source", ["companies", "contacts"])
@pytest.mark.parametrize("incremental", [True, False])
def test_merges_are_told_by_the_survivor(world, keeps, source, incremental):
    fill(world, source)
    world.site.merge_keeps_id = keeps
    view, what, connector = View(), entity(source, "name"), world.connector()
    if incremental:
        caught_up(world, view, connector, what)
    into = world.site.merge(source, "7", "4")
    world.clock.sleep(60)
    (page,) = view.read(connector, what)
    assert into == ("4" if keeps else str(MANY + 1))
    assert page.merged == [Merge(loser, into) for loser in (["7"] if keeps else ["4", "7"])]
    assert view.rows == truth(world.site, what)


@pytest.mark.parametrize(
    ("told", "losers"),
    [("7", ["7"]), ("7;8", ["7", "8"]), ("7; 8;;7", ["7", "8"]), ("4;7", ["7"]), ("", []), ("none", []), ("7:1719400000000", ["7"])],
)
def test_how_merged_ids_are_written(world, told, losers):
    world.site.put("companies", "4", {"name": "Acme", "hs_merged_object_ids": told})
    (page,) = View().read(world.connector(), entity("companies", "name"))
    assert page.merged == [Merge(loser, "4") for loser in losers]


def test_records_merged_into_a_deleted_one_are_gone_too(world):
    fill(world)
    view, what, connector = View(), entity("companies", "name"), world.connector()
    caught_up(world, view, connector, what)
    first = world.site.merge("companies", "7", "4")
    world.site.delete("companies", world.site.merge("companies", first, "5"))
    world.clock.sleep(60)
    (page,) = view.read(connector, what)
    assert {"4", "5", "7", first} < set(page.deleted)
    assert view.rows == truth(world.site, what)


def test_what_was_deleted_for_good_is_missing_from_the_next_whole_read(world):
    fill(world)
    view, what, connector = View(), entity("companies", "name"), world.connector(whole_read_days=2)
    caught_up(world, view, connector, what)
    world.site.purge("companies", "3")
    world.clock.sleep(86_400)
    assert not view.read(connector, what)[-1].snapshot
    assert "3" in view.rows
    world.clock.sleep(86_401)
    assert view.read(connector, what)[-1].snapshot
    assert view.rows == truth(world.site, what)


def test_no_days_means_that_each_read_is_whole(world):
    fill(world)
    view, what, connector = View(), entity("companies", "name"), world.connector(whole_read_days=0)
    assert [view.read(connector, what)[-1].snapshot for _ in range(3)] == [True] * 3


def test_a_change_that_search_shows_late_is_not_missed(world):
    fill(world)
    world.site.lag = 300
    view, what, connector = View(), entity("companies", "name"), world.connector()
    caught_up(world, view, connector, what)
    world.site.put("companies", "2", {"name": "Late"})
    world.clock.sleep(200)
    view.read(connector, what)
    assert view.rows["2"] == ("2", "Firm 2"), "the index does not show it yet"
    world.clock.sleep(200)
    view.read(connector, what)
    assert view.rows["2"] == ("2", "Late")


def test_the_look_back_is_a_setting(world):
    fill(world, count=1)
    view, what, connector = View(), entity("companies", "name"), world.connector(look_back_minutes=60)
    caught_up(world, view, connector, what)
    began = world.clock.now()
    world.clock.sleep(86_400)
    view.read(connector, what)
    (asked,) = (asked.body for asked in world.server.asked if asked.path.endswith("/search"))
    assert f'"value": "{int((began - 3600) * 1000)}"'.encode() in asked


@pytest.mark.parametrize("apart", [0.0, 0.001, 1.0], ids=["one stamp, as after an import", "a millisecond apart", "a second apart"])
@pytest.mark.parametrize("rows", [1, 2, 3, 22, 23, 24])
def test_more_changes_than_a_search_shows(world, apart, rows):
    world.site.search_most = 6 if rows < 6 else 24
    view, what, connector = View(), entity("companies", "name"), world.connector(search_rows=rows, page_rows=5)
    caught_up(world, view, connector, what)
    fill(world, apart=apart)
    world.clock.sleep(60)
    pages = view.read(connector, what)
    assert view.rows == truth(world.site, what)
    assert sum(len(page.rows) for page in pages) == MANY, "no row comes twice"


def test_more_than_ten_thousand_changes_of_one_stamp(world):
    view, what, connector = View(), entity("companies", "name"), world.connector()
    caught_up(world, view, connector, what)
    fill(world, count=10_050)
    world.clock.sleep(60)
    view.read(connector, what)
    assert len(view.rows) == 10_050
    assert view.rows == truth(world.site, what)


def test_a_record_that_changes_while_changes_are_read_hides_no_other(world):
    fill(world, apart=1.0)
    view, what, connector = View(), entity("companies", "name"), world.connector(search_rows=3, page_rows=3)
    caught_up(world, view, connector, what)
    fill(world, apart=1.0)
    world.clock.sleep(60)
    for number, page in enumerate(connector.pull(what, view.cursor), 1):
        assert page.snapshot is False
        view.take(page)
        if number < 4:
            world.site.put("companies", str(number), {"name": "Changed again"})
            world.clock.sleep(10)
    told = {row for page in view.pages[1:] for row in page.rows}
    assert {row[0] for row in told} == {str(one) for one in range(1, MANY + 1)}
    assert ("1", "Changed again") in told


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("apart", [0.0, 1.0])
@pytest.mark.parametrize("killed_after", [1, 2, 3, 4, 5, 6])
def test_a_killed_read_goes_on_where_it_stopped(world, whole, apart, killed_after):
    view, what = View(), entity("companies", "name")
    if not whole:
        caught_up(world, view, world.connector(), what)
    fill(world, apart=apart)
    for one in ("3", "9"):
        world.site.delete("companies", one)
    world.clock.sleep(60)
    uncut = View()
    uncut.cursor = view.cursor
    uncut.read(world.connector(**SMALL), what)
    view.read(world.connector(**SMALL), what, killed_after)
    world.paths()
    pages = view.read(world.connector(**SMALL), what)
    assert pages[-1].last
    assert not any(page.notes for page in pages)
    assert view.rows == uncut.rows == truth(world.site, what)
    assert pages[-1].snapshot is whole
    assert len(pages) <= len(uncut.pages) - killed_after + 1, "it does not begin anew; rows of one stamp may come again"


def test_a_change_during_a_killed_read_is_seen_by_the_one_after_it(world):
    fill(world)
    view, what, connector = View(), entity("companies", "name"), world.connector(**SMALL)
    view.read(connector, what, 3)
    world.site.put("companies", "1", {"name": "While it lay"})
    world.clock.sleep(5 * 86_400)
    view.read(connector, what)
    view.read(connector, what)
    assert view.rows == truth(world.site, what)


def test_a_clock_that_is_ahead_of_hubspots_hides_no_change(world):
    from tests.connector.hubspot.world import SteadyClock

    ahead = SteadyClock(world.clock, ahead=7200.0)
    fill(world)
    view, what, connector = View(), entity("companies", "name"), world.connector(ahead)
    view.read(connector, what)
    world.clock.sleep(60)
    world.site.put("companies", "2", {"name": "Changed"})
    world.clock.sleep(60)
    view.read(connector, what)
    assert view.rows["2"] == ("2", "Changed")


def test_an_extract_asks_for_no_deletions(world):
    fill(world)
    world.site.delete("companies", "5")
    (page,) = View().read(world.connector(), entity("companies", "name", complete=False))
    assert page.deleted == []
    assert not [asked for asked in world.server.asked if "archived=true" in asked.target]


def test_ids_of_ones_own_mean_whole_reads(world):
    world.site.put("companies", "1", {"name": "Acme", "industry": "x"})
    world.site.merge_keeps_id = True
    world.site.put("companies", "2", {"name": "Acme Ltd", "industry": "y"})
    world.site.merge("companies", "1", "2")
    (page,) = View().read(world.connector(), entity("companies", "name", ids=("name",)))
    assert (page.cursor, page.snapshot, page.last) == (None, True, True)
    assert (page.rows, page.merged, page.deleted) == ([("2", "Acme Ltd")], [], [])


def test_many_properties_are_read_in_batches(world):
    names = [f"a_rather_long_name_for_a_property_{one}" for one in range(300)]
    world.site.put("companies", "1", {name: name[-3:] for name in names})
    world.site.put("companies", "2", {})
    view, what = View(), entity("companies", *names)
    view.read(world.connector(), what)
    assert view.rows == truth(world.site, what)
    assert "/crm/v3/objects/companies/batch/read" in world.paths()


def test_batches_tell_deletions_and_merges_too(world):
    fill(world, count=9)
    world.site.delete("companies", world.site.merge("companies", "2", "3"))
    (page,) = View().read(world.connector(property_characters=0), entity("companies", "name"))
    assert page.deleted == ["10", "3", "2"]


def test_a_record_without_an_id_costs_nothing_but_itself_in_batches_too(world):
    fill(world, count=3)
    world.site.odd["2"] = {"properties": {}}
    (page,) = View().read(world.connector(property_characters=0), entity("companies", "name"))
    assert page.rows == [("1", "Firm 1"), ("3", "Firm 3")]
    assert len(page.skipped) == 1


def test_dated_paths_are_settings(world):
    fill(world, count=2)
    world.site.put("contacts", "8", {"name": "Ada"})
    world.site.associate("companies", "1", "contacts", "8")
    dated = {
        "prefix": "crm/objects/2026-03",
        "properties_prefix": "crm/properties/2026-03",
        "associations_prefix": "crm/associations/2026-03",
        "account_prefix": "account-info/2026-03",
    }
    view, what = View(), entity("companies", "name", "associations.contacts")
    view.read(world.connector(**dated), what)
    assert view.rows == truth(world.site, what)
    assert all("2026-03" in path for path in world.paths())


@pytest.mark.parametrize(
    ("odd", "where"),
    [
        ({"id": "2", "properties": {"name": ["Acme"]}}, "companies 2"),
        ({"id": "2", "properties": "none"}, "companies 2"),
        ({"id": "2", "properties": {"name": "x", "hs_merged_object_ids": 7}}, "companies 2"),
        ({"properties": {"name": "x"}}, "companies, a record without an id"),
        ("no record", "companies, a record without an id"),
    ],
)
def test_a_record_that_cannot_be_read_is_left_out_alone(world, odd, where):
    fill(world, count=3)
    world.site.odd["2"] = odd
    (page,) = View().read(world.connector(), entity("companies", "name"))
    assert [row[0] for row in page.rows] == ["1", "3"]
    assert [skipped.where for skipped in page.skipped] == [where]
    assert page.seen == (["2"] if where.endswith("2") else [])
    assert "Acme" not in page.skipped[0].reason


def test_a_change_that_cannot_be_read_is_left_out_alone(world):
    view, what, connector = View(), entity("companies", "name"), world.connector(search_rows=3)
    caught_up(world, view, connector, what)
    fill(world, apart=1.0)
    world.clock.sleep(60)
    world.site.odd["3"] = {"id": "3", "properties": {"name": "without a date"}}
    world.site.odd["6"] = {"properties": {}}
    view.read(connector, what)
    assert set(view.rows) == {str(one) for one in range(1, MANY + 1)} - {"6"}


@pytest.mark.parametrize("source", ["companies/../x", "", "a b", "x?y", "é"])
def test_a_name_that_no_object_has_stops_it(world, source):
    with pytest.raises(StopEntity, match="named like companies"):
        list(world.connector().pull(entity(source), None))
    assert world.paths() == []


def test_missing_properties_are_named_with_what_may_be_meant(world):
    world.site.declare("companies", name="Company name", industry="Industry", annualrevenue="Annual revenue")
    what = entity("companies", "name", "industy", "Annual Revenue", "shoe_size")
    with pytest.raises(StopEntity) as raised:
        list(world.connector().pull(what, None))
    assert str(raised.value) == (
        "companies: HubSpot has no property named industy (is it industry?), Annual Revenue (is it annualrevenue?), shoe_size; "
        "correct the field map"
    )


def test_pages_hold_about_as_many_records_as_the_setting_says(world):
    fill(world)
    pages = View().read(world.connector(list_rows=3, page_rows=6), entity("companies", "name"))
    assert [len(page.rows) for page in pages] == [6, 6, 6, 5]
    assert [page.last for page in itertools.islice(pages, 3)] == [False] * 3


def test_deletions_fill_pages_too(world):
    fill(world, count=9)
    for one in range(1, 10):
        world.site.delete("companies", str(one))
    pages = View().read(world.connector(list_rows=3, page_rows=3), entity("companies", "name"))
    assert [len(page.deleted) for page in pages] == [3, 3, 3]
