"""A world for each test."""

from collections.abc import Iterator
from functools import cache

import pytest

from connector.http.transport import context_of
from tests.connector.hubspot.world import World


@pytest.fixture(autouse=True, scope="session")
def contexts_once() -> Iterator[None]:
    """Reading all CAs takes longer than most of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connector.http.session.context_of", cache(context_of))
        yield


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()
