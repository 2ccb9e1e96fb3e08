"""Whatever the pattern and whatever lies there, a source means on a server what it means here."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.contract import ConnectorError
from connector.files.folder import Stamp, find
from connector.files.sftp.listing import Entry, matches

NAMES = st.sampled_from(["a.csv", "b.csv", "ab.txt", "[a].csv", ".c.csv", "~$a.csv", "d.csv.part", "a b.csv", "Ä.csv"])
FOLDERS = st.sampled_from(["x", "y.csv", "archive", "Archive", ".h", "[x]"])
PARTS = st.sampled_from(["*", "**", "?", "x", "archive", "a.csv", "*.csv", "[ab]*", "[!a]*", "[a].csv", "*.csv*", "y*", ".h", "*a*"])


class Here:
    """A folder here, listed as a server lists it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lists(self, folder: str) -> list[Entry]:
        return [entry for name in os.listdir(self._folder / folder) if (entry := self.one(f"{folder}/{name}" if folder else name))]

    def one(self, name: str) -> Entry | None:
        path = self._folder / name
        return Entry(name, Stamp(0, 0, 0), path.lstat().st_mode) if os.path.lexists(path) else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "served"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(st.tuples(st.lists(FOLDERS, max_size=3), NAMES).map(lambda path: "/".join([*path[0], path[1]])), max_size=8),
    st.lists(PARTS, min_size=1, max_size=4).map("/".join),
)
def test_a_pattern_means_the_same_here_and_there(folder: Path, names: set[str], pattern: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    try:
        here: object = [found.name for found in find(folder, pattern)]
    except ConnectorError as fault:
        here = [] if "no file matches" in str(fault) else type(fault)
    try:
        there: object = [entry.name for entry in matches(Here(folder), pattern)]
    except ConnectorError as fault:
        there = type(fault)
    assert there == here
