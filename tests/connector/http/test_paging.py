"""Page after page, and no way round in circles; and JSON of another shape than expected."""

import pytest

from connector.contract import StopEntity
from connector.http import Call, WrongShape, field, linked, pages


def numbered(serve, following):
    """A server whose page n names what `following(n)` gives."""

    def handle(asked, peer):
        number = int(asked.target.rpartition("=")[2]) if "=" in asked.target else 0
        peer.answer(200, {"value": [number], "next": following(number)})

    return serve(handle)


FIRST = Call("rows", "contacts", headers={"Prefer": "odata.maxpagesize=2"})


def read(door, most=100):
    def following(answer):
        link = field(answer.data, "next", (str, type(None)))
        return linked(FIRST, answer, link) if link else None

    return [field(answer.data, ("value", 0), int) for answer in pages(door, FIRST, following, most)]


def test_pages_are_read_to_the_end_with_the_same_headers(serve, door_to):
    server = numbered(serve, lambda number: f"?page={number + 1}" if number < 4 else None)
    assert read(door_to(server.url)) == [0, 1, 2, 3, 4]
    assert {asked.headers["prefer"] for asked in server.asked} == {"odata.maxpagesize=2"}


@pytest.mark.parametrize("back_to", [0, 1, 3])
def test_the_same_link_twice_ends_the_entity(back_to, serve, door_to):
    server = numbered(serve, lambda number: f"rows?page={number + 1 if number < 3 else back_to}")
    with pytest.raises(StopEntity, match="the same next page twice"):
        read(door_to(server.url))
    assert len(server.asked) <= 5


def test_links_without_end_are_not_followed_for_ever(serve, door_to):
    server = numbered(serve, lambda number: f"?page={number + 1}")
    with pytest.raises(StopEntity, match="no end after 7 pages"):
        read(door_to(server.url), most=7)
    assert len(server.asked) == 7


def test_as_many_pages_as_the_limit_are_no_fault(serve, door_to):
    server = numbered(serve, lambda number: f"?page={number + 1}" if number < 4 else None)
    assert len(read(door_to(server.url), most=5)) == 5


DATA = {"value": [{"id": "a", "n": 1, "on": True, "none": None, "x.y": "dotted"}], "paging": {"next": {"after": "12"}}, "empty": None}


@pytest.mark.parametrize(("path", "kind", "found"), [
    ("value", list, DATA["value"]), (("paging", "next", "after"), str, "12"), (("value", 0, "id"), str, "a"), ((), dict, DATA),
    (("value", 0, "x.y"), str, "dotted"), (("value", 0, "n"), float, 1), (("value", 0, "on"), bool, True), ("empty", (str, type(None)), None),
])  # fmt: skip
def test_what_is_there(path, kind, found):
    assert field(DATA, path, kind) == found


@pytest.mark.parametrize(("path", "kind", "words"), [
    ("rows", list, "rows is missing"), ("value", dict, "value is a list and not an object"), (("value", 1, "id"), str, r"value\[1\] is missing"),
    (("value", 0, "id"), int, r"value\[0\].id is a text and not a whole number"), (("value", 0, "on"), int, "is yes or no and not a whole number"),
    (("value", 0, "id", "x"), str, r"value\[0\].id is a text and not an object"), ((), list, "the answer itself is an object and not a list"),
    (("paging", 0), str, "paging is an object and not a list"), (("value", -1), dict, r"value\[-1\] is missing"),
    (("value", 0, "n"), (str, type(None)), "is a whole number and not a text or nothing"), ("empty", str, "empty is nothing and not a text"),
])  # fmt: skip
def test_another_shape_names_the_field_and_not_the_value(path, kind, words):
    with pytest.raises(WrongShape, match=words) as raised:
        field(DATA, path, kind)
    assert isinstance(raised.value, StopEntity)
    assert not any(value in str(raised.value) for value in ("'a'", "12", "dotted"))


def test_what_may_be_missing():
    assert field(DATA, ("paging", "prev", "after"), str, default=None) is None
    assert field(DATA, ("empty", "after"), str, default="-") == "-"
    assert field({"paging": {}}, ("paging", "next", "after"), str, default=None) is None
    with pytest.raises(WrongShape, match=r"value\[0\].n is a whole number"):
        field(DATA, ("value", 0, "n"), str, default=None)
    with pytest.raises(WrongShape, match="the answer itself is nothing and not an object"):
        field(None, "value", list, default=[])
