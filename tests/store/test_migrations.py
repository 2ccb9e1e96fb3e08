"""The schema: migrations make what the models say, on both databases, and a newer database is refused."""

from multiprocessing import get_context

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text
from sqlmodel import SQLModel

from store import bulk, migrate
from store.database import Database, StoreError
from store.migrate import NewerDatabase
from store.tables import Connection, everything


def test_migrations_make_what_the_models_say(store: Database) -> None:
    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        everything()  # fills the metadata
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_last_file_is_alembics_head() -> None:
    script = ScriptDirectory(str(migrate.FOLDER))
    assert migrate.head() == script.get_current_head()
    assert migrate.revisions() == [revision.revision for revision in script.walk_revisions()][::-1]


def test_down_and_up_again_leaves_the_same_tables(store: Database) -> None:
    from alembic import command

    with store.connect() as connection:
        command.downgrade(migrate.alembic_config(connection), "base")
    assert migrate.upgrade(store)
    test_migrations_make_what_the_models_say(store)


def test_an_up_to_date_database_is_left_alone(store: Database) -> None:
    with store.connect() as connection:
        connection.execute(insert(bulk.table_of(Connection)).values(name="crm", kind="files", side="council", version=0))
    assert not migrate.upgrade(store)


def test_a_database_of_a_newer_version_is_refused(store: Database) -> None:
    with store.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase) as error:
        migrate.upgrade(store)
    assert "written by a newer version of Placebridge (its schema is 9999" in str(error.value)
    assert "restore a backup" in str(error.value)


def _upgrade(url: str) -> str:
    store = Database(url)
    try:
        migrate.upgrade(store)
    except Exception as fault:
        return type(fault).__name__
    finally:
        store.close()
    return "done"


def test_several_that_upgrade_at_once_do_no_harm(database_url: str) -> None:
    with get_context("spawn").Pool(3) as pool:
        said = pool.map(_upgrade, [database_url] * 3)
    assert set(said) <= {"done", "Locked"}
    assert "done" in said
    store = Database(database_url)
    test_migrations_make_what_the_models_say(store)
    store.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://x/y", "write sqlite:///placebridge.db or postgresql://"),
        ("nonsense", "write sqlite:///placebridge.db or postgresql://"),
        ("postgresql://nobody:secret@127.0.0.1:1/none", "the database cannot be opened"),
        ("sqlite:////proc/none/x.db", "the database cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_used_says_what_to_do_and_no_password(url: str, message: str) -> None:
    with pytest.raises(StoreError) as error:
        migrate.upgrade(Database(url))
    assert message in str(error.value)
    assert "secret" not in str(error.value)
