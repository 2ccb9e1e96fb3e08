"""Backup and restore through the command line, on both databases: safe while others write, whole or not at all, never over anything."""

import datetime as dt
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text

from jobs.runs import COUNTED
from store import bulk, migrate
from store.database import Database
from store.lease import whole
from store.tables import Business, Person, Run
from tests.filled import fill, rows
from tests.placebridge.commands import Commands
from tests.placebridge.next_version import NEXT, next_version
from tests.placebridge.two_crms import TwoCrms

PROGRAMS = ("pg_dump", "pg_restore", "psql")


def test_what_was_backed_up_comes_back(crms: TwoCrms, new_database_url: Callable[[], str]) -> None:
    crms.synced()
    before, flags = crms.tables(), crms.flags()
    done = crms("backup", "one.backup")
    assert done.code == 0, done
    assert f"(schema {migrate.head()}) is backed up in one.backup" in done.said
    assert (crms.folder / "one.backup").stat().st_mode & 0o777 == 0o600

    crms.url = new_database_url()
    crms.configure("council", "chamber")
    done = crms("restore", "one.backup")
    assert done.code == 0, done
    assert f"rows, schema {migrate.head()}." in done.said
    assert crms.tables() == before
    assert crms.flags() == flags
    assert "Nothing has changed since the last sync." in crms.sync().out


def test_every_table_comes_back_and_new_rows_go_beside_the_old(crms: TwoCrms) -> None:
    with closing(Database(crms.url)) as store:
        migrate.upgrade(store)
        run = bulk.table_of(Run)
        beginning = {
            "connection": "x",
            "started_at": dt.datetime.now(dt.UTC),
            "outcome": "done",
            "message": "",
            **dict.fromkeys(COUNTED, 0),
        }
        with store.connect() as connection:
            fill(connection)
            connection.execute(delete(run))
            last = connection.scalar(insert(run).values(beginning).returning(run.c.id))
            before = rows(connection)
        assert crms("backup", "one.backup").code == 0
        with store.connect() as connection:
            for table in before:
                connection.execute(text(f"DELETE FROM {table}"))
        assert crms("restore", "one.backup").code == 0
        with store.connect() as connection:
            assert rows(connection) == before
            assert connection.scalar(insert(run).values(beginning).returning(run.c.id)) > last


def test_a_backup_holds_one_moment_while_others_write(crms: TwoCrms) -> None:
    """Each transaction writes one business and one person, so a backup with more of one than of the other was torn."""
    crms.synced()
    store, stop = Database(crms.url), threading.Event()
    business, person = bulk.table_of(Business), bulk.table_of(Person)
    written: list[int] = []

    def write() -> None:
        while not stop.is_set() or len(written) < 3:
            number = len(written)
            with store.connect() as connection:
                connection.execute(insert(business).values(id=f"new{number}", name="x", closed=False, multi_site=False, gone=False))
                connection.execute(insert(person).values(id=f"new{number}", name="x", do_not_contact=False, gone=False))
            written.append(number)

    writer = threading.Thread(target=write)
    with whole(store):
        writer.start()
        codes = [crms("backup", f"{number}.backup").code for number in range(2)]
        stop.set()
        writer.join()
    assert codes == [0, 0]
    for number in range(2):
        assert crms("restore", f"{number}.backup", "--yes").code == 0
        with store.reading() as connection:
            count = "SELECT (SELECT count(*) FROM business WHERE id LIKE 'new%') - (SELECT count(*) FROM person WHERE id LIKE 'new%')"
            assert connection.scalar(text(count)) == 0
    store.close()


def test_nothing_is_overwritten_unless_it_is_said(crms: TwoCrms) -> None:
    crms.synced()
    (crms.folder / "one.backup").write_text("precious")
    done = crms("backup", "one.backup")
    assert (done.code, (crms.folder / "one.backup").read_text()) == (2, "precious")
    assert "one.backup exists already; write another name, or --overwrite to replace it" in done.said
    assert crms("backup", "one.backup", "--overwrite").code == 0
    crms.sync("--full")
    assert crms("restore", "one.backup", "--yes").code == 0
    assert [path.name for path in crms.folder.glob("*.unfinished")] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backup", "none/x.backup"), "there is no folder none; create it"),
        (("backup", "council"), "council is a folder; write the name of a file in it"),
        (("backup", "/dev/null"), "/dev/null is no ordinary file"),
        (("restore", "none.backup"), "there is no file none.backup"),
        (("restore", "config.env"), "config.env is no backup, or a damaged one"),
    ],
)
def test_a_wrong_name_is_told(crms: TwoCrms, words: tuple[str, ...], said: str) -> None:
    crms.synced()
    before = crms.tables()
    done = crms(*words)
    assert (done.code, crms.tables()) == (2, before)
    assert said in done.said


def test_an_empty_database_is_no_backup(new_crms: TwoCrms) -> None:
    done = new_crms("backup", "one.backup")
    assert done.code == 2
    assert "run `placebridge sync` first" in done.said
    assert list(new_crms.folder.glob("*.backup")) == []


def test_a_database_that_holds_anything_is_kept_unless_it_is_said(crms: TwoCrms) -> None:
    crms.synced()
    crms("backup", "one.backup")
    crms("connection", "remove", "chamber", "--yes")
    held = crms.tables()
    done = crms("restore", "one.backup")
    assert (done.code, crms.tables()) == (2, held)
    assert "then add --yes" in done.said
    done = crms("restore", "one.backup", "--yes")
    assert done.code == 0
    assert crms.tables() != held
    if crms.url.startswith("sqlite"):
        kept = next(crms.folder.glob("*.before-restore"))
        assert f"is kept in {kept}" in done.out.replace("\n  ", " ")
        assert kept.stat().st_mode & 0o777 == 0o600
        assert crms("restore", kept.name, "--yes").code == 0
        assert crms.tables() == held


def test_while_a_sync_runs_nothing_is_restored(crms: TwoCrms) -> None:
    crms.synced()
    crms("backup", "one.backup")
    before, store = crms.tables(), Database(crms.url)
    with whole(store):
        done = crms("restore", "one.backup", "--yes")
    store.close()
    assert (done.code, crms.tables()) == (75, before)
    assert "another command is changing this database" in done.said


@pytest.mark.parametrize("harm", ["cut", "changed"])
def test_a_damaged_backup_changes_nothing(crms: TwoCrms, harm: str) -> None:
    crms.synced()
    crms("backup", "one.backup")
    before, file = crms.tables(), crms.folder / "one.backup"
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(whole[:middle] if harm == "cut" else whole[:middle] + b"\xff" * 5000 + whole[middle + 5000 :])
    done = crms("restore", "one.backup", "--yes")
    assert done.code == 1, done
    assert "one.backup is damaged" in done.said
    assert crms.tables() == before
    assert list(crms.folder.glob("*.before-restore*")) == []


def test_an_older_backup_is_upgraded_and_a_newer_one_refused(crms: TwoCrms, tmp_path: Path) -> None:
    crms.synced()
    old, before = migrate.head(), crms.tables()
    crms("backup", "old.backup")
    with next_version(tmp_path / "next"):
        crms("upgrade")
        crms("backup", "new.backup")
        done = crms("restore", "old.backup", "--yes")
        assert done.code == 0, done
        assert f"schema {old}, upgraded to {NEXT}." in done.said
        assert crms("restore", "new.backup", "--yes").code == 0
    done = crms("restore", "new.backup", "--yes")
    assert done.code == 1
    assert f"new.backup was written by a newer version of Placebridge (its schema is {NEXT}" in done.said
    assert crms("flags").code == 1
    done = crms("restore", "old.backup", "--yes")
    assert done.code == 0, done
    if crms.url.startswith("sqlite"):
        assert crms.tables() == before


class TestSQLite:
    """What only a file can suffer."""

    @pytest.fixture
    def synced(self, placebridge: Commands) -> Commands:
        assert placebridge("sync").code == 0
        assert placebridge("backup", "one.backup").code == 0
        return placebridge

    def test_the_backup_is_one_file_that_sqlite_opens(self, synced: Commands) -> None:
        alone = synced.folder / "alone"
        alone.mkdir()
        shutil.copy(synced.folder / "one.backup", alone / "x")
        with closing(sqlite3.connect(alone / "x")) as connection:
            assert connection.execute("SELECT count(*) FROM business").fetchone() == (12,)
        assert [path.name for path in alone.iterdir()] == ["x"]

    def test_a_database_that_somebody_reads_is_restored_under_them(self, synced: Commands) -> None:
        with closing(sqlite3.connect(synced.folder / "placebridge.db")) as reader:
            assert reader.execute("SELECT count(*) FROM business").fetchone() == (12,)
            reader.execute("DELETE FROM business")
            reader.commit()
            assert synced("restore", "one.backup", "--yes").code == 0
            assert reader.execute("SELECT count(*) FROM business").fetchone() == (12,)

    @pytest.mark.parametrize("size", [4096, 65536])
    def test_a_database_of_other_pages_is_restored_too(self, synced: Commands, size: int) -> None:
        flags = synced("flags", "--format", "json").out
        with closing(sqlite3.connect(synced.folder / "placebridge.db", isolation_level=None)) as other:
            other.executescript(f"PRAGMA journal_mode=DELETE; PRAGMA page_size={size}; VACUUM; PRAGMA journal_mode=WAL; DELETE FROM flag")
            assert synced("restore", "one.backup", "--yes").code == 0
            assert other.execute("PRAGMA page_size").fetchone() == (size,)
        assert synced("flags", "--format", "json").out == flags

    def test_a_damaged_database_is_put_aside(self, synced: Commands) -> None:
        database = synced.folder / "placebridge.db"
        flags = synced("flags", "--format", "json").out
        database.write_bytes(b"not a database any more" * 1000)
        assert synced("restore", "one.backup").code == 2
        done = synced("restore", "one.backup", "--yes")
        assert done.code == 0, done
        assert "The database was damaged; what is left of it is now" in done.said
        assert (synced.folder / "placebridge.db.before-restore").read_bytes().startswith(b"not a database")
        assert synced("flags", "--format", "json").out == flags

    def test_a_lost_database_needs_no_yes(self, synced: Commands) -> None:
        flags = synced("flags", "--format", "json").out
        for file in synced.folder.glob("placebridge.db*"):
            file.unlink()
        assert synced("restore", "one.backup").code == 0
        assert synced("flags", "--format", "json").out == flags

    def test_the_database_is_no_backup_of_itself(self, synced: Commands) -> None:
        done = synced("restore", "placebridge.db", "--yes")
        assert done.code == 2
        assert "placebridge.db is the database itself" in done.said

    def test_another_program_s_database_is_no_backup(self, synced: Commands) -> None:
        with closing(sqlite3.connect(synced.folder / "other.backup")) as connection:
            connection.execute("CREATE TABLE x (y)")
        done = synced("restore", "other.backup", "--yes")
        assert done.code == 2
        assert "other.backup holds no database of Placebridge" in done.said


@pytest.mark.postgres
class TestPostgreSQL:
    """What only its programs do."""

    @pytest.fixture
    def synced(self, request: pytest.FixtureRequest, tmp_path: Path, placebridge: Commands) -> TwoCrms:
        from tests.databases import new_database

        crms = TwoCrms(
            tmp_path, new_database(request.getfixturevalue("server")).replace("test@", "test:pass%20word-4711@"), placebridge, 12
        )
        assert crms.sync().code == 0
        return crms

    def test_the_password_stands_in_no_list_of_processes(self, synced: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> None:
        seen = synced.folder / "seen"
        for name in PROGRAMS:
            told = f'#!/bin/sh\ntr "\\0" " " < /proc/$$/cmdline >> {seen}\necho >> {seen}\necho "password: $PGPASSWORD" >> {seen}\nexec {shutil.which(name)} "$@"\n'
            (synced.folder / "bin" / name).parent.mkdir(exist_ok=True)
            (synced.folder / "bin" / name).write_text(told)
            (synced.folder / "bin" / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{synced.folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
        assert synced("backup", "one.backup").code == 0
        assert synced("restore", "one.backup", "--yes").code == 0
        lines = seen.read_text().splitlines()
        assert all(any(f"bin/{name} " in line for line in lines) for name in PROGRAMS)
        assert all(("pass word-4711" in line) == line.startswith("password: ") for line in lines)

    @pytest.mark.parametrize("words", [("backup", "two.backup"), ("restore", "one.backup", "--yes")])
    def test_where_its_programs_are_not_installed_it_says_which(
        self, synced: TwoCrms, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
    ) -> None:
        synced("backup", "one.backup")
        monkeypatch.setenv("PATH", str(synced.folder))
        done = synced(*words)
        assert done.code == 1
        assert "is not installed here; install PostgreSQL's client programs" in done.said
        assert not (synced.folder / "two.backup").exists()

    def test_a_restore_that_the_database_refuses_changes_nothing(self, synced: TwoCrms) -> None:
        synced("backup", "one.backup")
        store = Database(synced.url)
        with store.connect() as connection:
            connection.execute(text("CREATE VIEW of_the_council AS SELECT state FROM flag"))
            connection.execute(
                insert(bulk.table_of(Run)).values(
                    connection="x", started_at=text("now()"), outcome="done", read=0, added=0, changed=0, removed=0, rejected=0, message=""
                )
            )
        before = synced.tables()
        done = synced("restore", "one.backup", "--yes")
        assert done.code == 1
        assert "nothing was changed: cannot drop desired object(s) because other objects depend on them; drop the views" in done.said
        assert synced.tables() == before
        store.close()

    def test_a_backup_of_the_other_database_is_told(self, synced: TwoCrms) -> None:
        synced("backup", "one.backup")
        synced.configure("council", "chamber", url="sqlite:///other.db")
        done = synced("restore", "one.backup")
        assert done.code == 2
        assert "one.backup is a backup of PostgreSQL and PLACEBRIDGE_DATABASE_URL names SQLite" in done.said
        assert "`placebridge database move`" in done.said
