"""The small town, its CRMs read once."""

from pathlib import Path

import pytest

from store.database import Database
from tests.databases import fill_like
from tests.jobs.decisions.small import Town, read


@pytest.fixture
def town(store: Database, tmp_path: Path) -> Town:
    """A town whose CRMs were read."""
    found = Town(store, tmp_path / "crms")
    fill_like(store, found.folder, read)
    return found
