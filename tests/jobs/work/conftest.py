"""The town that the tests work in."""

import pytest

from store.database import Database
from tests.jobs.work.world import Town


@pytest.fixture
def town(store: Database) -> Town:
    return Town(store)
