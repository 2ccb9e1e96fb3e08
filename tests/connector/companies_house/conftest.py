"""A stand-in of Companies House that is served, and the connector opened on it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.contract import Lookup
from connector.http.budget import SlidingBudget
from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.companies_house.prism import NEEDED, NoPrism, description, serving
from tests.connector.companies_house.standin import CompaniesHouseSite
from tests.connector.http.servers import HurriedClock, Server
from tests.connector.sites import serve

Open = Callable[..., Lookup]


@pytest.fixture
def clock() -> HurriedClock:
    return HurriedClock()


@pytest.fixture
def site(clock: HurriedClock) -> CompaniesHouseSite:
    return CompaniesHouseSite(clock)


@pytest.fixture
def server(site: CompaniesHouseSite) -> Iterator[Server]:
    found = serve(site)
    yield found
    found.close()


def opened(url: str, clock: HurriedClock, **settings: Any) -> Lookup:
    """The connector by its kind, as the program opens it."""
    kind = kind_of("companies_house")
    given = {"api_key": "a-key", "url": url, **settings}
    return kind.open(kind.settings(**given), Context("register", Path(), {}, SlidingBudget, clock))


@pytest.fixture
def register(server: Server, clock: HurriedClock) -> Open:
    return lambda **settings: opened(server.url, clock, **settings)


@pytest.fixture(scope="session")
def openapi() -> dict[str, Any]:
    """The published description. Skips where it is not installed, unless TESTS_NEED_PRISM demands it."""
    return _here(description)


@pytest.fixture(scope="session")
def prism() -> Iterator[str]:
    """The address of Prism serving that description."""
    manager = serving()
    url = _here(manager.__enter__)
    yield url
    manager.__exit__(None, None, None)


def _here(what: Callable[[], Any]) -> Any:
    try:
        return what()
    except NoPrism as fault:
        if os.environ.get(NEEDED):
            pytest.fail(str(fault))
        pytest.skip(str(fault))
