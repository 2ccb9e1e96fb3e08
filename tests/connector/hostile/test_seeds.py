"""A sample of the hostile seeds for every connector over HTTP; the script runs more."""

import pytest

from connector.kind import Kind
from connector.kinds import OURS, kind_of
from tests.connector.hostile.running import run
from tests.connector.worlds import WITHOUT_HTTP, worlds

WORLDS = worlds()
SEEDS = 8


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", WORLDS)
def test_whatever_the_service_does(name, seed):
    """The same rows in the end as from a calm service; no secret anywhere; nothing to another host; only the contract's errors."""
    assert run(WORLDS[name], seed).broken == []


def test_every_connector_over_http_has_its_world():
    read = {name for name in OURS if isinstance(kind_of(name), Kind)}
    missing = sorted(read - WITHOUT_HTTP - WORLDS.keys())
    assert missing == [], f"write tests/connector/NAME/adapter.py with WORLD, an HttpWorld, for {missing}"
