"""The small town, its CRMs read once."""

from pathlib import Path

import pytest

from store.database import Database
from tests.jobs.decisions.small import Town


@pytest.fixture
def town(store: Database, tmp_path: Path) -> Town:
    """A town whose CRMs were read."""
    found = Town(store, tmp_path / "crms")
    found.sync()
    return found
