"""Databases for the tests: SQLite always, PostgreSQL from a throwaway server."""

import logging
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store import migrate
from store.database import Database
from tests.databases import NoPostgres, new_database, postgres_server
from tests.secret_watch import SECRETS, Watch, watching

if TYPE_CHECKING:
    from tests.sftp_servers import Sshd


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


@pytest.fixture(scope="session")
def one_sshd() -> Iterator["Sshd"]:
    """Skips where the machine has no server, unless TESTS_NEED_SSHD demands it (as CI does)."""
    from tests.sftp_servers import NoSshd, sshd  # its library is slow to load, and few tests need it

    try:
        with sshd() as server:
            yield server
    except NoSshd as fault:
        if os.environ.get("TESTS_NEED_SSHD"):
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


@pytest.fixture(scope="session")
def secret_watch() -> Iterator[Watch]:
    """Sees every log record and every connector's error of the suite."""
    with watching() as watch:
        yield watch


@pytest.fixture(autouse=True)
def no_secret_is_seen(secret_watch: Watch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that let a secret into a log line, an error, a database or what was printed."""
    secret_watch.seen.clear()
    logging.getLogger().setLevel(logging.DEBUG)
    folder: Path | None = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    if folder is not None:
        secret_watch.databases(folder)
    if request.node.get_closest_marker("leaks_on_purpose") is None:
        assert secret_watch.seen == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Looks through what a test printed; its failure's own text may quote what it compared."""
    report = yield
    printed = "".join(text for name, text in report.sections if name.startswith("Captured std"))
    found = [secret for secret in SECRETS if secret in printed]
    if report.passed and found:
        report.outcome, report.longrepr = "failed", f"{item.nodeid} printed a secret: {found}"
    return report
