"""A page that was handed on is let go of: the next is read into the memory that it leaves, which the processor has at hand."""

from contextlib import closing

import pytest

from tests.connector.letting_go import held_after_each_page
from tests.connector.worlds import worlds

WORLDS = {name: world for name, world in worlds().items() if name != "example"}


@pytest.fixture(params=WORLDS)
def world(request, tmp_path):
    with closing(WORLDS[request.param](tmp_path)) as made:
        yield made


def test_nothing_is_held_of_a_page_that_was_taken(world):
    entity = world.entities()[0]
    for number in range(10):
        world.put(entity, world.new_id(entity, number), world.fields(entity, number))
    assert held_after_each_page(world.connector(), entity) == [0] * 4
