"""A column's path leads to one cell, or the row is left out with a reason that holds no value."""

import pytest

from connector.contract import StopEntity
from tests.connector.rest.world import Held, SetClock, entity, opened
from tests.connector.sites import Reply

ROW = {
    "id": 7,
    "name": "Example Ltd",
    "address.town": "literal",
    "address": {"town": "Exampleton", "lines": ["1 Weir Lane", None, "Mill End"]},
    "phones": [{"type": "fax", "value": "1"}, {"type": "work", "value": "2"}, {"type": "work", "value": "3"}],
    "owner": None,
    "tags": ["a", "b"],
    "nested": [{"people": [{"id": 1}, {"id": 2}]}, {"people": [{"id": 3}]}],
    "active": True,
    "score": 2.5,
    "size": 12.0,
    "empty": [],
    "at": {"__class__": "datetime", "year": 2026, "month": 7, "day": 1, "hour": 9, "minute": 30, "second": 0, "microsecond": 0},
    "on": {"__class__": "date", "year": 2026, "month": 7, "day": 1},
    "price": {"__class__": "Decimal", "decimal": "10.50"},
    "local": "2026-07-01 09:00:00",
    "zoned": "2026-07-01T09:00:00+02:00",
    "kinds": [{"flag": True, "v": "yes"}, {"flag": 5, "v": "five"}],
}
CELLS = {
    "id": 7,
    "name": "Example Ltd",
    "address.town": "literal",
    "address.lines": "1 Weir Lane;Mill End",
    "address.lines.0": "1 Weir Lane",
    "address.lines.-1": "Mill End",
    "address.lines.9": None,
    "phones.0.value": "1",
    "phones[type=work].value": "2",
    "phones[type=home].value": None,
    "phones.value": "1;2;3",
    "owner": None,
    "owner.name": None,
    "nothing": None,
    "nothing.at.all": None,
    "nothing[type=x].value": None,
    "tags": "a;b",
    "tags.1": "b",
    "nested.people.id": "1;2;3",
    "active": True,
    "score": 2.5,
    "size": 12.0,
    "empty": None,
    "empty.name": None,
    "at": "2026-07-01T09:30:00Z",
    "on": "2026-07-01",
    "price": "10.50",
    "local": "2026-07-01T09:00:00+01:00",
    "zoned": "2026-07-01T09:00:00+02:00",
    "kinds[flag=true].v": "yes",
    "kinds[flag=5].v": "five",
}
ODD = {
    "address": "address is an object; name what is inside it, like address.name",
    "name.first": "name.first leads into a text, which has nothing inside",
    "address[type=x].town": "address[type=x].town expects a list at address and finds an object",
    "phones": "phones is an object; name what is inside it, like phones.name",
}
OPTIONS = {"sign_in": "none", "paging": {"by": "none"}, "times": "Europe/London"}


def read(served, answer, columns, ids=("id",), **options):
    server = served(lambda asked: Reply(200, answer))
    (page,) = opened(server.url, {**OPTIONS, **options}, SetClock()).pull(entity(columns=columns, ids=ids), None)
    return page


def test_paths_lead_to_cells(served):
    page = read(served, [ROW], tuple(CELLS))
    assert page.skipped == []
    assert dict(zip(CELLS, page.rows[0], strict=True)) == CELLS


@pytest.mark.parametrize("path", sorted(ODD))
def test_a_row_of_another_shape_is_left_out_and_not_gone(served, path):
    page = read(served, [ROW, {"id": 8}], ("id", path))
    assert [(skipped.where, skipped.reason, skipped.source_id) for skipped in page.skipped] == [("firms 7", ODD[path], "7")]
    assert page.rows == [(8, None)]
    assert page.seen == ["7"]


def test_a_row_that_is_no_object_is_left_out(served):
    page = read(served, ["secret", {"id": 8}, 5], ("id",))
    assert [skipped.reason for skipped in page.skipped] == ["the row is a text and not an object", "the row is a number and not an object"]
    assert page.rows == [(8,)]


def test_json_api_rows_have_their_columns_inside(served):
    rows = [
        {"type": "accounts", "id": "A1", "attributes": {"name": "One"}, "relationships": {"owner": {"data": {"id": "U1"}}}},
        {"type": "accounts", "id": "A2"},
    ]
    page = read(served, {"data": rows}, ("id", "name", "relationships.owner.data.id"), rows="data", inside="attributes")
    assert page.rows == [("A1", "One", "U1")]
    assert [skipped.reason for skipped in page.skipped] == ["attributes is missing and not an object"]


def test_an_id_of_several_columns_is_swept_by_all_of_them(served):
    rows = [{"last": "Exemplar", "first": "Ada", "at": "2026-01-01"}]
    options = {"changed": {"params": {"since": "{since}"}}}
    server = served(lambda asked: Reply(200, rows))
    connector, held = opened(server.url, {**OPTIONS, **options}, SetClock()), Held(ids=(0, 1))
    wanted = entity(columns=("last", "first", "at"), ids=("last", "first"))
    held.pull(connector, wanted)
    pages = held.pull(connector, wanted)
    assert pages[-1].seen == ["Exemplar|Ada"]
    assert list(held.rows) == ["Exemplar|Ada"]


def test_a_sweep_of_json_api_rows_finds_the_ids_outside(served):
    """Asked for nothing but the id, such a service leaves the attributes out."""

    def site(asked):
        names = {"name": "One", "at": "2026-01-01"}
        return Reply(200, {"data": [{"id": "A1", **({"attributes": names} if "name" in asked.target else {})}]})

    options = {"rows": "data", "inside": "attributes", "fields": {"param": "fields[accounts]"}, "changed": {"params": {"since": "{since}"}}}
    connector, held = opened(served(site).url, {**OPTIONS, **options}, SetClock()), Held()
    wanted = entity(columns=("id", "name", "at"))
    held.pull(connector, wanted)
    assert held.pull(connector, wanted)[-1].seen == ["A1"]
    assert list(held.rows) == ["A1"]


@pytest.mark.parametrize("deleted", [{"by": "sweep", "path": "ids"}, {"by": "list", "path": "ids", "id": "record"}])
def test_ids_that_do_not_come_are_an_error_and_take_nothing_for_gone(served, deleted):
    server = served(lambda asked: Reply(200, [{"ID": 7}] if asked.path == "/ids" else [ROW]))
    options = {"changed": {"params": {"since": "{since}"}}, "deleted": deleted}
    connector, held = opened(server.url, {**OPTIONS, **options}, SetClock()), Held()
    held.pull(connector, entity(columns=("id", "name")))
    with pytest.raises(StopEntity, match=r"gives hold no id; correct connector\.deleted"):
        held.pull(connector, entity(columns=("id", "name")))
    assert list(held.rows) == ["7"]
