"""The vendor's own client (hubspot-api-client) reads the stand-in, so that it is no stand-in for our connector alone."""

import hubspot
import pytest
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest, PublicFetchAssociationsBatchRequest
from hubspot.crm.companies import BatchReadInputSimplePublicObjectId, PublicObjectSearchRequest, SimplePublicObjectId
from hubspot.crm.companies.exceptions import ApiException

from tests.connector.hubspot.world import TOKEN, View, entity


@pytest.fixture
def client(world):
    for one in range(1, 251):
        world.site.put("companies", str(one), {"name": f"Firm {one:03}"})
        world.clock.sleep(1)
    world.clock.sleep(60)
    return hubspot.Client.create(access_token=TOKEN, host=world.server.url)


def search(client, **body):
    return client.crm.companies.search_api.do_search(public_object_search_request=PublicObjectSearchRequest(**body))


def test_it_pages_as_we_do(world, client):
    theirs = client.crm.companies.get_all(properties=["name"])
    view = View()
    view.read(world.connector(), entity("companies", "name"))
    assert {one.id: (one.id, one.properties["name"]) for one in theirs} == view.rows
    assert len(theirs) == 250


def test_a_page(client):
    page = client.crm.companies.basic_api.get_page(limit=3, properties=["name", "no_such_property"], archived=False)
    assert [one.id for one in page.results] == ["1", "2", "3"]
    assert "no_such_property" not in page.results[0].properties
    after = client.crm.companies.basic_api.get_page(limit=3, after=page.paging.next.after)
    assert [one.id for one in after.results] == ["4", "5", "6"]


def test_archived_records_are_a_list_of_their_own(world, client):
    world.site.delete("companies", "7")
    (one,) = client.crm.companies.get_all(archived=True)
    assert (one.id, one.archived) == ("7", True)
    assert one.archived_at is not None
    assert len(client.crm.companies.get_all()) == 249


def test_search(world, client):
    filters = [{"propertyName": "hs_object_id", "operator": "GT", "value": "200"}]
    sorts = [{"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}]
    found = search(client, filter_groups=[{"filters": filters}], sorts=sorts, properties=["name"], limit=30)
    assert (found.total, found.paging.next.after) == (50, "30")
    assert [one.id for one in found.results] == [str(one) for one in range(201, 231)]
    rest = search(client, filter_groups=[{"filters": filters}], sorts=sorts, properties=["name"], limit=30, after="30")
    assert [one.id for one in rest.results] == [str(one) for one in range(231, 251)]
    assert rest.paging is None


def test_search_is_behind_and_never_shows_deleted_records(world, client):
    world.site.put("companies", "251", {"name": "New"})
    world.site.delete("companies", "250")
    assert search(client, limit=1).total == 250, "the index shows neither yet"
    world.clock.sleep(world.site.lag)
    ids = {one.id for after in ("0", "200") for one in search(client, limit=200, after=after).results}
    assert "251" in ids
    assert "250" not in ids


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 200, "after": "9801"},
        {"limit": 201},
        {"sorts": [{"propertyName": "name"}, {"propertyName": "createdate"}]},
        {"filter_groups": [{"filters": []}] * 6},
    ],
    ids=["beyond ten thousand", "more than 200 rows", "two sorts", "six groups"],
)
def test_search_refuses(client, body):
    with pytest.raises(ApiException) as raised:
        search(client, **body)
    assert raised.value.status == 400


def test_batch_read(world, client):
    into = world.site.merge("companies", "8", "9")
    wanted = [SimplePublicObjectId(id=one) for one in ("3", "8", "999")]
    asked = BatchReadInputSimplePublicObjectId(inputs=wanted, properties=["name"], properties_with_history=[])
    found = client.crm.companies.batch_api.read(batch_read_input_simple_public_object_id=asked)
    assert [one.id for one in found.results] == ["3", into], "an old id gives the merged record"
    assert found.num_errors == 1


def test_associations(world, client):
    for one in range(1, 6):
        world.site.put("contacts", str(one), {"name": "Ada"})
        world.site.associate("contacts", str(one), "companies", "1", primary=one == 2)
    world.site.association_page = 3
    inputs = [PublicFetchAssociationsBatchRequest(id="1"), PublicFetchAssociationsBatchRequest(id="2")]
    batch = BatchInputPublicFetchAssociationsBatchRequest(inputs=inputs)
    read = client.crm.associations.v4.batch_api
    found = read.get_page("companies", "contacts", batch_input_public_fetch_associations_batch_request=batch)
    (result,) = found.results
    assert [str(one.to_object_id) for one in result.to] == ["1", "2", "3"]
    assert result.paging.next.after == "3"
    assert found.num_errors == 1
    back = BatchInputPublicFetchAssociationsBatchRequest(inputs=[PublicFetchAssociationsBatchRequest(id="2")])
    (primary,) = read.get_page("contacts", "companies", batch_input_public_fetch_associations_batch_request=back).results
    assert [kind.label for kind in primary.to[0].association_types] == ["Primary", None]


def test_properties(client):
    names = {one.name for one in client.crm.properties.core_api.get_all("companies").results}
    assert {"name", "hs_object_id", "hs_lastmodifieddate"} <= names


def test_a_refused_token(world, client):
    world.site.tokens[TOKEN] = "EXPIRED_AUTHENTICATION"
    with pytest.raises(ApiException) as raised:
        client.crm.companies.basic_api.get_page()
    assert raised.value.status == 401


def test_too_many_requests(world, client):
    world.site.per_ten_seconds = 1
    client.crm.companies.basic_api.get_page()
    with pytest.raises(ApiException) as raised:
        client.crm.companies.basic_api.get_page()
    assert raised.value.status == 429
    assert '"TEN_SECONDLY_ROLLING"' in raised.value.body
