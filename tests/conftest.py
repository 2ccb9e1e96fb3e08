"""Databases for the tests: SQLite always, PostgreSQL from a throwaway server."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store import migrate
from store.database import Database
from tests.databases import NoPostgres, new_database, postgres_server


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server. Skips where there is none, unless TESTS_NEED_POSTGRES demands it (as CI does)."""
    try:
        with postgres_server({"fsync": "off"}) as url:
            yield url
    except NoPostgres as fault:
        if os.environ.get("TESTS_NEED_POSTGRES"):
            pytest.fail(str(fault))
        pytest.skip(str(fault))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """A maker of databases that are empty, of each kind."""
    if request.param == "sqlite":
        numbers = iter(range(1_000_000))
        return lambda: f"sqlite:///{tmp_path / f'test-{next(numbers)}.db'}"
    server: str = request.getfixturevalue("server")
    return lambda: new_database(server)


@pytest.fixture
def database_url(new_database_url: Callable[[], str]) -> str:
    """A database that is empty, of each kind."""
    return new_database_url()


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    database = Database(database_url)
    migrate.upgrade(database)
    yield database
    database.close()
