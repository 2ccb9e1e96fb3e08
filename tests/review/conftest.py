"""Sites that are filled once for each worker of the test run, and copied or read from then on."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from review.site import Site
from store.database import Database
from tests.databases import new_migrated, new_migrated_file
from tests.review import town
from tests.review.browser import chromium_or_skip
from tests.review.harness import site_on
from tests.review.oidc.peer import NEEDED, NoProvider, Peer, serving

Fill = Callable[[Database, Path], None]


def _filled(url: str, fill: Fill, folder: Path) -> Database:
    store = Database(url)
    fill(store, folder / "exports")
    return store


def _made_once(fill: Fill) -> Any:
    @pytest.fixture(scope="session")
    def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("town")
        _filled(new_migrated_file(folder / "town.db"), fill, folder).close()
        return folder / "town.db"

    return file


full_file = _made_once(town.fill)
hostile_file = _made_once(town.fill_with_attacks)


@pytest.fixture(scope="session")
def full_on_postgres(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    store = _filled(new_migrated(server), town.fill, tmp_path_factory.mktemp("town"))
    yield store
    store.close()


@pytest.fixture
def full_store(full_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A town of one's own, on SQLite, to be changed at will."""
    yield from _copied(full_file, tmp_path)


@pytest.fixture
def hostile_store(hostile_file: Path, tmp_path: Path) -> Iterator[Database]:
    """The town of attacks."""
    yield from _copied(hostile_file, tmp_path)


def _copied(file: Path, folder: Path) -> Iterator[Database]:
    store = Database(f"sqlite:///{shutil.copy(file, folder / 'site.db')}")
    yield store
    store.close()


@pytest.fixture
def full(full_store: Database) -> Site:
    """A site on the plain town."""
    return site_on(full_store)


@pytest.fixture
def hostile(hostile_store: Database) -> Site:
    """A site on the town of attacks."""
    return site_on(hostile_store)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    """A site with nothing in it."""
    store = Database(new_migrated_file(tmp_path / "empty.db"))
    yield site_on(store)
    store.close()


@pytest.fixture(scope="session")
def openid() -> Iterator[Peer]:
    """A certified OpenID provider. Skips where it is not installed, unless TESTS_NEED_OIDC demands it (as CI does)."""
    try:
        with serving() as found:
            yield found
    except NoProvider as fault:
        if os.environ.get(NEEDED):
            pytest.fail(str(fault))
        pytest.skip(str(fault))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    with chromium_or_skip() as found:
        yield found
