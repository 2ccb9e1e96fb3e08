"""`placebridge database move`: from SQLite to PostgreSQL and back, everything, and nothing is changed where it does not work out."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from jobs.runs import begin
from store import bulk, contents, lease, migrate, transfer
from store.database import Database
from store.tables import Record, Run
from tests.databases import new_database
from tests.filled import fill
from tests.placebridge.commands import Commands
from tests.placebridge.next_version import next_version
from tests.placebridge.two_crms import TwoCrms

pytestmark = pytest.mark.postgres


@pytest.fixture
def other_url(crms: TwoCrms, server: str) -> str:
    """An empty database of the other kind."""
    return new_database(server) if crms.url.startswith("sqlite") else "sqlite:///other.db"


def whole(crms: TwoCrms, url: str) -> str:
    """A URL as a test may use it: SQLite's file is relative to the settings."""
    return url.replace("sqlite:///", f"sqlite:///{crms.folder}/") if url == "sqlite:///other.db" else url


def test_after_it_a_sync_has_nothing_to_do_and_the_flags_are_the_same(crms: TwoCrms, other_url: str) -> None:
    crms.synced()
    before, flags, settings = crms.tables(), crms.flags(), (crms.folder / "config.env").read_text()
    done = crms("database", "move", other_url)
    assert done.code == 0, done
    assert f"PLACEBRIDGE_DATABASE_URL={other_url}" in done.out.splitlines()
    counted = {
        row[0]: int(row[1].replace(",", ""))
        for row in (line.split() for line in done.out.splitlines())
        if len(row) == 2 and row[1].isdigit()
    }
    assert counted == {name: len(rows) for name, rows in before.items()}
    assert (crms.tables(), (crms.folder / "config.env").read_text()) == (before, settings)

    crms.configure("council", "chamber", url=other_url)
    crms.url = whole(crms, other_url)
    assert crms.tables() == before
    assert crms.flags() == flags
    assert "Nothing has changed since the last sync." in crms.sync().out
    assert crms("connection", "remove", "chamber", "--yes").code == 0


def test_every_row_of_every_table_goes_over_and_new_ones_go_beside_them(crms: TwoCrms, other_url: str) -> None:
    with closing(Database(crms.url)) as store, closing(Database(whole(crms, other_url))) as other:
        migrate.upgrade(store)
        with store.connect() as connection:
            fill(connection, "Zoë 'x' \\ \n\t\u2028 \\N %s :x")
            connection.execute(insert(bulk.table_of(Run)).values(_run(77)))
        assert crms("database", "move", other_url).code == 0
        assert _plainly(other) == _plainly(store)
        assert begin(other, "new") == 78


def _run(number: int) -> dict[str, object]:
    return {"id": number, "connection": "x", "started_at": func.current_timestamp(), "outcome": "done", "read": 0, "added": 0, "changed": 0,
            "removed": 0, "rejected": 0, "message": ""}  # fmt: skip


def _plainly(store: Database) -> dict[str, list[str]]:
    with store.reading() as connection:
        return {table.name: sorted(repr([bytes(value) if isinstance(value, memoryview) else value for value in row]) for row in connection.execute(select(table)))
                for table in contents.ours()}  # fmt: skip


def test_json_goes_over_as_it_stands(crms: TwoCrms, other_url: str) -> None:
    """A text in JSON stays one, though it looks like JSON itself."""
    values = [{"a": "1"}, {"b": "null"}, {"c": '{"d": 1}'}]
    record = bulk.table_of(Record)
    with closing(Database(crms.url)) as store, closing(Database(whole(crms, other_url))) as other:
        migrate.upgrade(store)
        with store.connect() as connection:
            for number, value in enumerate([*values, "text", '"quoted"']):
                row = {
                    "connection_id": 1,
                    "entity": "business",
                    "source_id": str(number),
                    "block": "x",
                    "row_hash": b"\x00\xff" * 8,
                    "fields": value,
                }
                connection.execute(insert(record).values(row))
        assert crms("database", "move", other_url).code == 0
        with other.reading() as connection:
            assert list(connection.scalars(select(record.c.fields).order_by(record.c.id))) == [*values, "text", '"quoted"']


def test_the_password_is_not_printed(crms: TwoCrms, server: str) -> None:
    crms.synced()
    url = new_database(server).replace("test@", "test:s3cret@")
    done = crms("database", "move", url)
    assert done.code == 0
    assert f"PLACEBRIDGE_DATABASE_URL={url.replace('s3cret', '***')}" in done.out
    assert "with the password in the place of ***" in done.out


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://x/y", "the URL is no database; write sqlite:///"),
        ("nonsense", "the URL is no database"),
        ("sqlite://", "names no file"),
        ("sqlite:///none/x.db", "there is no folder"),
        ("postgresql://nobody@127.0.0.1:1/none", "the database cannot be opened"),
    ],
)
def test_a_url_that_cannot_be_used_is_told(crms: TwoCrms, url: str, said: str) -> None:
    crms.synced()
    done = crms("database", "move", url)
    assert done.code in {1, 2}
    assert said in done.said


def test_into_itself_nothing_is_moved(crms: TwoCrms) -> None:
    crms.synced()
    done = crms("database", "move", crms.url)
    assert done.code == 2
    assert "that is the database that PLACEBRIDGE_DATABASE_URL names now" in done.said


def test_only_an_empty_database_is_written(crms: TwoCrms, new_database_url: Callable[[], str]) -> None:
    crms.synced()
    used, foreign = new_database_url(), new_database_url()
    with closing(Database(used)) as store:
        migrate.upgrade(store)
        with store.connect() as connection:
            fill(connection)
        before = _plainly(store)
        done = crms("database", "move", used)
        assert (done.code, _plainly(store)) == (2, before)
        assert "the other database holds rows already; name an empty one" in done.said
    with closing(Database(foreign)) as store:
        with store.connect() as connection:
            connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
        done = crms("database", "move", foreign)
        assert done.code == 2
        assert "the other database holds tables already; name an empty one" in done.said
        with store.reading() as connection:
            assert contents.tables(connection) == ["theirs"]


def test_while_a_sync_runs_on_either_nothing_is_moved(crms: TwoCrms, new_database_url: Callable[[], str]) -> None:
    crms.synced()
    url = new_database_url()
    for of in (crms.url, url):
        with closing(Database(of)) as store:
            migrate.upgrade(store)
        with closing(Database(of)) as store, lease.whole(store):
            assert crms("database", "move", of if of != crms.url else url).code == 75
    with closing(Database(url)) as store:
        assert contents.is_empty(store)


def test_an_older_database_is_upgraded_first(crms: TwoCrms, other_url: str) -> None:
    crms.synced()
    with next_version(crms.folder / "next"):
        done = crms("database", "move", other_url)
    assert done.code == 2
    assert "run `placebridge upgrade`, then move it" in done.said


def test_what_is_not_ours_stays_and_is_named(crms: TwoCrms, other_url: str) -> None:
    crms.synced()
    with closing(Database(crms.url)) as store, store.connect() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    assert "Not copied, as they are not Placebridge's: theirs." in crms("database", "move", other_url).said


def test_a_row_that_the_other_refuses_undoes_all_and_is_not_quoted(placebridge: Commands, tmp_path: Path, server: str) -> None:
    """PostgreSQL holds no character number 0, and SQLite does."""
    crms, url = TwoCrms(tmp_path, f"sqlite:///{tmp_path / 'x.db'}", placebridge, 12), new_database(server)
    crms.sync()
    with closing(Database(crms.url)) as store, store.connect() as connection:
        connection.execute(text("UPDATE person SET name = 'Zebedee' || char(0)"))
    done = crms("database", "move", url)
    assert done.code == 1
    assert "person cannot be copied" in done.said
    assert "nothing was changed" in done.said
    assert "Zebedee" not in done.said
    with closing(Database(url)) as store:
        assert contents.is_empty(store)


def test_rows_that_came_over_otherwise_are_noticed(crms: TwoCrms, server: str) -> None:
    """A trigger of the other database changes what is written into it."""
    crms.synced()
    url = new_database(server)
    with closing(Database(url)) as store:
        migrate.upgrade(store)
        with store.connect() as connection:
            connection.execute(
                text("CREATE FUNCTION f() RETURNS trigger AS 'BEGIN NEW.town = ''Elsewhere''; RETURN NEW; END' LANGUAGE plpgsql")
            )
            connection.execute(text("CREATE TRIGGER t BEFORE INSERT ON business FOR EACH ROW EXECUTE FUNCTION f()"))
        done = crms("database", "move", url)
        assert done.code == 1
        assert "business came over otherwise than it is" in done.said
        assert contents.is_empty(store)


def test_rows_stream(crms: TwoCrms, new_database_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than a part of a table is ever held."""
    crms.synced()
    before = crms.tables()
    monkeypatch.setattr(transfer, "ROWS", 7)
    parts: list[int] = []
    append = bulk.append_to
    monkeypatch.setattr(
        bulk, "append_to", lambda to, table, columns: (parts.append(len(next(iter(columns.values())))), append(to, table, columns))
    )
    assert crms("database", "move", new_database_url()).code == 0
    assert max(parts) == 7
    assert sum(parts) == sum(len(rows) for rows in before.values())
