"""The file that SQLite writes."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete

from store import bulk
from store.database import Database
from store.tables import Merged
from tests.databases import new_migrated_file

MARK = "Example Mills of Nowhere"


@pytest.mark.parametrize("gone", [False, True])
def test_nothing_is_left_in_the_file_of_what_is_deleted(tmp_path: Path, gone: bool) -> None:
    file = tmp_path / "placebridge.db"
    with closing(Database(new_migrated_file(file))) as store:
        with store.connect() as connection:
            bulk.insert(connection, Merged, ["connection_id", "entity", "loser", "survivor"], [[1, "business", MARK, "B2"]])
        if gone:
            with store.connect() as connection:
                connection.execute(delete(bulk.table_of(Merged)))
    assert (MARK.encode() in file.read_bytes()) == (not gone)
