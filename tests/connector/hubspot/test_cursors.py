"""Cursors that no longer work are taken for none, with a note that says why."""

import json

import pytest

from tests.connector.hubspot.world import View, World, entity, truth

WHAT = entity("companies", "name")


def read_once(world: World, most: int | None = None) -> View:
    for one in range(1, 8):
        world.site.put("companies", str(one), {"name": f"Firm {one}"})
    world.clock.sleep(3600)
    view = View()
    view.read(world.connector(list_rows=3, page_rows=3), WHAT, most)
    return view


def test_a_cursor_is_json(world):
    view = read_once(world)
    assert json.loads(json.dumps(view.cursor)) == view.cursor


@pytest.mark.parametrize("most", [1, None], ids=["in the middle", "at the end"])
@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        ({"nonsense": 1}, "does not fit"),
        ({"phase": "sideways"}, "does not fit"),
        ({"began": "yesterday"}, "does not fit"),
        ({"account": 7}, "another HubSpot account"),
        ({"began": 1_700_000_000.0}, "90 days"),
        ({"mark": "other"}, "does not fit"),
    ],
)
def test_one_that_does_not_fit(world, most, spoiled, words):
    view = read_once(world, most)
    view.cursor = {**view.cursor, **spoiled}
    pages = view.read(world.connector(), WHAT)
    assert [words in note for note in pages[0].notes] == [True]
    assert pages[-1].snapshot
    assert view.rows == truth(world.site, WHAT)
    assert not any(page.notes for page in pages[1:])


def test_other_columns_mean_a_whole_read(world):
    view = read_once(world)
    other = entity("companies", "name", "industry")
    (page,) = world.connector().pull(other, view.cursor)
    assert page.snapshot
    assert "does not fit" in page.notes[0]
    assert len(page.rows) == 7


def test_a_place_that_hubspot_refuses_means_a_whole_read(world):
    view = read_once(world, 1)
    view.cursor = {**view.cursor, "after": "not-a-place"}
    (page,) = view.read(world.connector(), WHAT)
    assert "no longer takes the place" in page.notes[0]
    assert len(page.rows) == 7
    assert view.read(world.connector(), WHAT)[0].notes == []


def test_an_account_that_may_not_be_asked_for_changes_nothing(world):
    view = read_once(world)
    view.cursor = {**view.cursor, "account": None}
    (page,) = view.read(world.connector(), WHAT)
    assert not page.snapshot
