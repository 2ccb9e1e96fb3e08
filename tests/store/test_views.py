"""The documented views: their columns are those of the page, on both databases, and no upgrade stumbles over them."""

import re
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from store import migrate
from store.database import Database
from store.views import VIEWS, create

PAGE = (Path(__file__).resolve().parents[2] / "docs/views.md").read_text()
PERSONAL = {"notes", "subject", "owner", "approach", "via", "reason", "email", "phone", "evidence", "person_id", "title", "fields"}


def documented(name: str) -> dict[str, str]:
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert section, f"write a section '## {name}' in docs/views.md"
    return {column: meaning for column, meaning in re.findall(r"^\| (\w+) \| (.+) \|$", section[1], re.M) if column != "column"}


@pytest.mark.parametrize("name", VIEWS)
def test_the_page_lists_every_column_with_what_it_holds(name: str) -> None:
    assert documented(name) == dict(VIEWS[name].columns)


def test_the_page_documents_no_view_that_there_is_not() -> None:
    assert re.findall(r"^## (pb_\w+)$", PAGE, re.M) == list(VIEWS)
    assert f"GRANT SELECT ON {', '.join(VIEWS)} TO" in PAGE


def test_the_database_has_just_these_views_with_just_these_columns(store: Database) -> None:
    with store.reading() as connection:
        found = inspect(connection)
        assert set(found.get_view_names()) == set(VIEWS)
        for name, view in VIEWS.items():
            assert [column["name"] for column in found.get_columns(name)] == list(view.columns)


@pytest.mark.parametrize("name", VIEWS)
def test_no_view_holds_a_person_or_a_note(name: str) -> None:
    assert set(VIEWS[name].columns) & PERSONAL == set()


def test_a_table_beneath_a_view_can_be_rebuilt_and_the_view_is_there_again(
    store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for path in (*migrate.FOLDER.glob("*.*"), *migrate.FOLDER.glob("versions/*.py")):
        (folder / path.relative_to(migrate.FOLDER)).write_text(path.read_text())
    (folder / "versions/9999_next.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '9999', '{migrate.head()}'\n"
        "branch_labels = depends_on = None\n\n\ndef upgrade():\n"
        "    with op.batch_alter_table('business') as batch:\n"
        "        batch.alter_column('name', existing_type=sa.String(), type_=sa.Text(), existing_nullable=False)\n"
        "        batch.add_column(sa.Column('more', sa.Integer()))\n"
    )
    with store.connect() as connection:
        connection.execute(text("INSERT INTO business (id, name, closed, multi_site, gone) VALUES ('b1', 'Firm', false, false, false)"))
    monkeypatch.setattr(migrate, "FOLDER", folder)
    assert migrate.upgrade(store)
    with store.reading() as connection:
        assert connection.execute(text("SELECT business_id, name, closed, flagged FROM pb_businesses")).one() == ("b1", "Firm", 0, 0)


def test_an_older_schema_gets_no_view(database_url: str) -> None:
    store = Database(database_url)
    with store.rebuilding() as connection:
        command.upgrade(migrate.alembic_config(connection), "0002")
        create(connection)
        assert inspect(connection).get_view_names() == []
    store.close()
