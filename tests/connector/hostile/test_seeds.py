"""A sample of the hostile seeds for every connector over HTTP; the script runs more."""

import pytest

from connector.kind import Kind, LookupKind
from connector.kinds import OURS, kind_of
from tests.connector.hostile import lookups
from tests.connector.hostile.running import run
from tests.connector.worlds import WITHOUT_HTTP, worlds

WORLDS = worlds()
SEEDS = 8


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", WORLDS)
def test_whatever_the_service_does(name, seed):
    """The same rows in the end as from a calm service; no secret anywhere; nothing to another host; only the contract's errors."""
    assert run(WORLDS[name], seed).broken == []


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", lookups.REGISTERS)
def test_whatever_a_register_does(name, seed):
    """The same answers in the end as from a calm register, each once."""
    assert lookups.run(lookups.REGISTERS[name], seed).broken == []


def test_every_lookup_has_its_register():
    assert {name for name in OURS if isinstance(kind_of(name), LookupKind)} == lookups.REGISTERS.keys()


def test_every_connector_over_http_has_its_world():
    read = {name for name in OURS if isinstance(kind_of(name), Kind)}
    missing = sorted(read - WITHOUT_HTTP - WORLDS.keys())
    assert missing == [], f"write tests/connector/NAME/adapter.py with WORLD, an HttpWorld, for {missing}"
