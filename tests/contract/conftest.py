"""Quick places: the schema is made once and copied, the rules are read once."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from jobs.rules import Rules
from store import migrate
from store.database import Database
from tests.contract.harness import Place


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    file = tmp_path_factory.mktemp("template") / "placebridge.db"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database)
    database.close()
    return file


@pytest.fixture(scope="session", autouse=True)
def rules_read_once() -> Iterator[None]:
    """The rules that ship are the same for every case."""
    load = Rules.__dict__["load"]
    held = cache(load.__get__(None, Rules))

    def loaded(*files: Path | None, **named: Path | None) -> Rules:
        return load.__get__(None, Rules)(*files, **named) if any((*files, *named.values())) else held()

    Rules.load = loaded  # type: ignore[method-assign, assignment]
    yield
    Rules.load = load  # type: ignore[method-assign]


@pytest.fixture
def place(tmp_path: Path, template: Path) -> Place:
    """An empty place on SQLite."""
    return Place(tmp_path, template)
