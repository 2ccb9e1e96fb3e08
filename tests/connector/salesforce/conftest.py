"""An organisation on loopback, a connector to it, and a clock that waits for nothing."""

from pathlib import Path

import pytest

from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.salesforce.holding import Held, Moment
from tests.connector.salesforce.standin import Organisation
from tests.connector.sites import serve


@pytest.fixture
def clock():
    return Moment()


@pytest.fixture
def org(clock):
    """An organisation; `org.server.asked` holds what came."""
    organisation = Organisation(clock)
    organisation.server = serve(organisation)
    yield organisation
    organisation.server.close()


@pytest.fixture
def opened(org, clock, tmp_path):
    """Opens connectors to the organisation; settings by name."""

    def start(folder: Path = tmp_path, **settings):
        kind = kind_of("salesforce")
        given = {"url": org.server.url, "client_id": "app", "client_secret": "s3cret"} | settings
        return kind.open(kind.settings(**{name: value for name, value in given.items() if value is not None}), Context("council", folder, clock=clock))

    return start


@pytest.fixture
def pull(opened):
    """Reads an entity from what is held on, and gives what is held then."""

    def read(wanted, held=None, connector=None, at=0, **settings):
        held = held or Held()
        last = None
        for last in (connector or opened(**settings)).pull(wanted, held.cursor):
            held.take(last, at)
        assert last is not None
        assert last.last
        return held

    return read
