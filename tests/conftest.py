"""Databases for the tests: SQLite always, PostgreSQL from a throwaway server."""

import logging
import os
from collections.abc import Callable, Generator, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.rules import Rules
from store.database import Database
from tests.databases import NoPostgres, new_database, new_migrated, new_migrated_file, postgres_server
from tests.secret_watch import SECRETS, Watch, watching

if TYPE_CHECKING:
    from mappings.own_text import OwnFile
    from tests.sftp_servers import Sshd

NO_CARE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "jit": "off"}
"""Settings of a server that holds nothing dear. Autovacuum would look at each of some hundred databases again and again."""
_NUMBERS = count()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server. Skips where there is none, unless TESTS_NEED_POSTGRES demands it (as CI does)."""
    try:
        with postgres_server(NO_CARE) as url:
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
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database."""
    return str(request.param)


Maker = Callable[[], str]


@pytest.fixture
def new_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Maker:
    """A maker of databases that are empty, of each kind."""
    if database_kind == "sqlite":
        return lambda: f"sqlite:///{tmp_path / f'test-{next(_NUMBERS)}.db'}"
    server: str = request.getfixturevalue("server")
    return lambda: new_database(server)


@pytest.fixture
def new_migrated_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Maker:
    """A maker of databases of today's schema, of each kind."""
    if database_kind == "sqlite":
        return lambda: new_migrated_file(tmp_path / f"test-{next(_NUMBERS)}.db")
    server: str = request.getfixturevalue("server")
    return lambda: new_migrated(server)


@pytest.fixture
def database_url(new_database_url: Maker) -> str:
    """A database that is empty, of each kind."""
    return new_database_url()


@pytest.fixture
def migrated_url(new_migrated_url: Maker) -> str:
    """A database of today's schema, of each kind."""
    return new_migrated_url()


@pytest.fixture
def store(migrated_url: str) -> Iterator[Database]:
    """A migrated database."""
    database = Database(migrated_url)
    yield database
    database.close()


@pytest.fixture(scope="session", autouse=True)
def rules_read_once() -> Iterator[None]:
    """The rules that ship are the same for every test, and take a fifth of a second to read."""
    load = Rules.__dict__["load"]
    held = cache(load.__get__(None, Rules))

    def loaded(*files: "OwnFile | None", **named: "OwnFile | None") -> Rules:
        return load.__get__(None, Rules)(*files, **named) if any((*files, *named.values())) else held()

    Rules.load = loaded  # type: ignore[method-assign, assignment]
    yield
    Rules.load = load  # type: ignore[method-assign]


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
