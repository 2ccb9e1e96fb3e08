"""Columns such as associations.companies."""

import json

import pytest

from connector.contract import StopEntity
from tests.connector.hubspot.world import View, World, entity, truth

WHAT = entity("meetings", "hs_meeting_title", "associations.companies", "associations.contacts", kind="engagement")


def fill(world: World, count: int = 5) -> None:
    for one in range(1, count + 1):
        world.site.put("meetings", str(one), {"hs_meeting_title": f"Visit {one}"})
        world.site.put("companies", str(100 + one), {"name": f"Firm {one}"})
        world.site.put("contacts", str(200 + one), {"name": f"Ada {one}"})
        world.site.associate("meetings", str(one), "companies", str(100 + one))


def inputs(world: World, to: str) -> list[list[dict]]:
    return [json.loads(asked.body)["inputs"] for asked in world.server.asked if asked.path == f"/crm/v4/associations/meetings/{to}/batch/read"]


def test_ids_are_joined_and_none_are_nothing(world):
    fill(world)
    world.site.associate("meetings", "1", "companies", "103")
    world.site.dissociate("meetings", "2", "companies", "102")
    view = View()
    view.read(world.connector(), WHAT)
    assert view.rows["1"] == ("1", "Visit 1", "101;103", None)
    assert view.rows["2"] == ("2", "Visit 2", None, None)
    assert view.rows == truth(world.site, WHAT)


def test_the_primary_company_comes_first(world):
    fill(world)
    for company in ("101", "105", "102"):
        world.site.associate("contacts", "201", "companies", company, primary=company == "105")
    what = entity("contacts", "associations.companies", kind="person")
    view = View()
    view.read(world.connector(), what)
    assert view.rows["201"] == ("201", "105;101;102")


@pytest.mark.parametrize(
    ("types", "first"),
    [
        ([{"category": "HUBSPOT_DEFINED", "typeId": 582, "label": "Primary"}], "9"),
        ([{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primäres Unternehmen"}], "9"),
        ([{"category": "USER_DEFINED", "typeId": 1, "label": "Primary"}], "3"),
        ([{"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None}], "3"),
        ([], "3"),
    ],
)
def test_which_association_is_the_primary_one(world, types, first):
    for one in ("3", "9"):
        world.site.put("companies", one, {"name": one})
    world.site.put("contacts", "1", {"name": "Ada"})
    world.site.associate("contacts", "1", "companies", "3")
    world.site.links["contacts", "1", "companies"]["9"] = types
    view = View()
    view.read(world.connector(), entity("contacts", "associations.companies"))
    assert view.rows["1"][1].split(";")[0] == first


def test_many_of_one_record_come_in_pages(world):
    fill(world, 8)
    for one in range(1, 9):
        world.site.associate("meetings", "3", "contacts", str(200 + one))
        world.site.associate("meetings", "4", "contacts", str(200 + one))
    world.site.association_page = 3
    view = View()
    view.read(world.connector(), WHAT)
    assert view.rows == truth(world.site, WHAT)
    assert view.rows["3"][3] == ";".join(str(200 + one) for one in range(1, 9))
    assert [len(batch) for batch in inputs(world, "contacts")] == [8, 2, 2], "only those that have more are asked again"


def test_they_are_asked_for_in_batches(world):
    fill(world, 12)
    view = View()
    view.read(world.connector(list_rows=3, page_rows=6), WHAT)
    assert [len(batch) for batch in inputs(world, "companies")] == [6, 6]
    assert view.rows == truth(world.site, WHAT)


def test_no_batch_is_larger_than_the_setting(world):
    """The pages were gathered from lists of five."""
    fill(world, 12)
    world.site.association_inputs = 3
    view = View()
    view.read(world.connector(list_rows=5, page_rows=3), WHAT)
    assert max(len(batch) for batch in inputs(world, "companies")) == 3
    assert view.rows == truth(world.site, WHAT)


def test_a_record_whose_associations_are_refused_is_left_out_alone(world):
    fill(world)
    world.site.unlinkable = {"3"}
    view = View()
    (page,) = view.read(world.connector(), WHAT)
    assert [(skipped.where, skipped.source_id) for skipped in page.skipped] == [("meetings 3", "3")]
    assert page.seen == ["3"]
    assert sorted(view.rows) == ["1", "2", "4", "5"]


def test_ids_are_in_the_order_of_their_numbers(world):
    """Else a row would look changed although nothing is."""
    world.site.put("meetings", "1", {"hs_meeting_title": "Visit"})
    for company in ("10", "9", "100"):
        world.site.put("companies", company, {"name": company})
        world.site.associate("meetings", "1", "companies", company)
    view = View()
    view.read(world.connector(), WHAT)
    assert view.rows["1"][2] == "9;10;100"


@pytest.mark.parametrize("links", ["none", [7], [{"toObjectId": None}], [{"toObjectId": 101, "associationTypes": 3}]])
def test_a_record_whose_associations_cannot_be_read_is_left_out_alone(world, links):
    fill(world)
    own = world.site._associated

    def odd(table, to, wanted):
        reply = own(table, to, wanted)
        for result in reply.body["results"]:
            result["to"] = links if result["from"]["id"] == "3" else result["to"]
        return reply

    world.site._associated = odd
    (page,) = View().read(world.connector(), WHAT)
    assert [skipped.where for skipped in page.skipped] == ["meetings 3"]
    assert len(page.rows) == 4


def test_a_refusal_that_names_no_record_stops_the_entity(world):
    fill(world)
    own = world.site._associated

    def anonymous(table, to, wanted):
        reply = own(table, to, wanted)
        for error in reply.body.get("errors", []):
            error["context"] = {}
        return reply

    world.site._associated = anonymous
    world.site.unlinkable = {"3"}
    with pytest.raises(StopEntity, match=r"meetings associations\.companies: HubSpot gives only a part"):
        list(world.connector().pull(WHAT, None))


def test_pages_that_lead_to_themselves_stop_the_entity(world):
    fill(world, 8)
    for one in range(1, 9):
        world.site.associate("meetings", "3", "contacts", str(200 + one))
    world.site.association_page = 3
    own = world.site._associated
    world.site._associated = lambda table, to, wanted: own(table, to, [{"id": one["id"]} for one in wanted])
    with pytest.raises(StopEntity, match="same next page twice"):
        list(world.connector().pull(WHAT, None))


def test_a_changed_association_alone_shows_at_the_next_whole_read(world):
    fill(world)
    world.clock.sleep(3600)
    view, connector = View(), world.connector(whole_read_days=1)
    view.read(connector, WHAT)
    world.site.associate("meetings", "2", "contacts", "204")
    world.clock.sleep(3600)
    view.read(connector, WHAT)
    assert view.rows["2"][3] is None, "HubSpot does not say so in the meeting's date"
    world.clock.sleep(86_400)
    view.read(connector, WHAT)
    assert view.rows["2"][3] == "204"


def test_a_changed_record_brings_its_associations(world):
    fill(world)
    world.clock.sleep(3600)
    view, connector = View(), world.connector()
    view.read(connector, WHAT)
    world.site.associate("meetings", "2", "contacts", "204")
    world.site.put("meetings", "2", {"hs_meeting_title": "Moved"})
    world.clock.sleep(60)
    view.read(connector, WHAT)
    assert view.rows["2"] == ("2", "Moved", "102", "204")


def test_associations_follow_a_merge(world):
    fill(world)
    world.clock.sleep(3600)
    view, what, connector = View(), entity("companies", "name", "associations.meetings"), world.connector()
    view.read(connector, what)
    into = world.site.merge("companies", "101", "103")
    world.clock.sleep(60)
    view.read(connector, what)
    assert view.rows[into] == (into, "Firm 3", "1;3")
    assert view.rows == truth(world.site, what)


def test_nothing_is_asked_about_no_records(world):
    world.site.put("companies", "1", {"name": "x"})
    View().read(world.connector(), WHAT)
    assert inputs(world, "companies") == []


def test_an_associated_object_that_is_not_there(world):
    fill(world)
    with pytest.raises(StopEntity, match=r"meetings associations\.widgets"):
        list(world.connector().pull(entity("meetings", "associations.widgets"), None))
