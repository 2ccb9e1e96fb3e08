"""Every schema that was ever released is upgraded with rows in all of its tables, on both databases; and what an upgrade must not do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, text
from sqlmodel import SQLModel

from store import migrate
from store.database import Database, StoreError
from store.tables import everything
from tests.filled import fill, keys, reflected

TWO_TABLES = """
    op.create_table("parent", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String()))
    op.create_table(
        "child", sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("parent.id", ondelete="CASCADE", name="fk_child_parent")),
    )
"""
REBUILT = """
    with op.batch_alter_table("parent") as batch:
        batch.alter_column("name", existing_type=sa.String(), nullable=False)
        batch.add_column(sa.Column("more", sa.Integer()))
"""
LOSING = """
    op.execute("DELETE FROM parent WHERE id = 1")
"""


@pytest.mark.parametrize("revision", migrate.revisions())
def test_from_each_released_schema_no_row_is_lost(database_url: str, revision: str) -> None:
    store = Database(database_url)
    with store.rebuilding() as connection:
        command.upgrade(migrate.alembic_config(connection), revision)
    with store.connect() as connection:
        fill(connection)
        before = keys(connection)
    assert migrate.upgrade(store) == (revision != migrate.head())
    with store.connect() as connection:
        after = keys(connection)
        everything()  # fills the metadata
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
        _demand_foreign_keys_whole(store)
        fillable = set(reflected(connection))
    assert {name: after.get(name) for name in before} == before
    assert all(len(before[name]) == 3 for name in before)
    assert set(before) <= fillable
    store.close()


def _demand_foreign_keys_whole(store: Database) -> None:
    with store.reading() as connection:
        if store.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        else:
            assert connection.execute(text("SELECT conname FROM pg_constraint WHERE NOT convalidated")).all() == []


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """Another program's migrations in the place of ours: `releases(revision, before, what it does)` adds one."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((migrate.FOLDER / "env.py").read_text())
    (folder / "script.py.mako").write_text((migrate.FOLDER / "script.py.mako").read_text())
    monkeypatch.setattr(migrate, "FOLDER", folder)

    def add(revision: str, before: str, work: str) -> None:
        head = f"import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = {revision!r}, {before or None!r}\n"
        (folder / "versions" / f"{revision}_x.py").write_text(f"{head}branch_labels = depends_on = None\n\n\ndef upgrade():{work}")

    return add


def test_a_table_that_is_rebuilt_keeps_what_points_at_it(database_url: str, releases: Callable[[str, str, str], None]) -> None:
    releases("0001", "", TWO_TABLES)
    store = Database(database_url)
    migrate.upgrade(store)
    with store.connect() as connection:
        fill(connection)
        before = keys(connection)
    releases("0002", "0001", REBUILT)
    assert migrate.upgrade(store)
    with store.connect() as connection:
        assert keys(connection) == before
        assert "more" in {column["name"] for column in inspect(connection).get_columns("parent")}
    _demand_foreign_keys_whole(store)
    with pytest.raises(Exception, match=r"(?i)foreign key"), store.connect() as connection:
        connection.execute(insert(reflected(connection)["child"]).values(id=9, parent_id=999))
    store.close()


def test_an_upgrade_that_leaves_rows_pointing_at_nothing_is_undone(tmp_path: Path, releases: Callable[[str, str, str], None]) -> None:
    releases("0001", "", TWO_TABLES)
    store = Database(f"sqlite:///{tmp_path / 'x.db'}")
    migrate.upgrade(store)
    with store.connect() as connection:
        fill(connection)
        before = keys(connection)
    releases("0002", "0001", LOSING)
    with pytest.raises(StoreError, match=r"rows that point at nothing \(child\), so nothing was changed"):
        migrate.upgrade(store)
    with store.connect() as connection:
        assert keys(connection) == before
    assert migrate.held(store) == "0001"
    store.close()
