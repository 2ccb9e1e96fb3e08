"""Quick places: the schema is made once and copied."""

from pathlib import Path

import pytest

from tests.contract.harness import Place
from tests.databases import new_migrated_file


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    file = tmp_path_factory.mktemp("template") / "placebridge.db"
    new_migrated_file(file)
    return file


@pytest.fixture
def place(tmp_path: Path, template: Path) -> Place:
    """An empty place on SQLite."""
    return Place(tmp_path, template)
