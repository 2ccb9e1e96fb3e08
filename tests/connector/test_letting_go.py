"""A page that was handed on is let go of: the next is read into the memory that it leaves, which the processor has at hand."""

import gc
from contextlib import closing

import pytest

from connector.contract import Page
from connector.http import Answer
from tests.connector.worlds import worlds

WORLDS = {name: world for name, world in worlds().items() if name != "example"}


@pytest.fixture(params=WORLDS)
def world(request, tmp_path):
    with closing(WORLDS[request.param](tmp_path)) as made:
        yield made


def held() -> int:
    """How many pages and answers there are in this process."""
    return sum(isinstance(found, Page | Answer) for found in gc.get_objects())


def test_nothing_is_held_of_a_page_that_was_taken(world):
    entity = world.entities()[0]
    for number in range(10):
        world.put(entity, world.new_id(entity, number), world.fields(entity, number))
    gc.collect()
    before = held()
    after_each = [held() - before for _ in map(type, world.connector().pull(entity, None))]
    assert after_each == [0] * 4
