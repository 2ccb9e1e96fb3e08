"""What was read is put away, here and on a server alike; a run that is killed at any point loses nothing and reads nothing twice."""

import logging
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from connector.contract import Connector, Page, StopEntity
from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.http.servers import HurriedClock
from tests.connector.sftp.conftest import Opens, entity, rows
from tests.sftp_servers import Sshd

MOMENT = r"\d{8}T\d{6}\.\d{3}Z "


class Place:
    """A folder of exports, and connections that read it and put away."""

    def __init__(self, folder: Path, opens: Callable[[], Connector], write: Callable[..., Path]) -> None:
        self.folder, self.opens, self.write = folder, opens, write

    def names(self) -> list[str]:
        """Every file that is there, without the moments before the names."""
        files = [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()]
        return sorted(re.sub(rf"(^|/){MOMENT}", r"\1", name) for name in files)

    def run(self, *sources: str, stored: bool = True, closed: bool = True) -> list[list[Page]]:
        """A run as jobs make it: a fingerprint before and after, and what was not read before is read."""
        connector = self.opens()
        pages = []
        for source in sources:
            before = connector.fingerprint(entity(source))
            pages.append(list(connector.pull(entity(source), None)))
            assert connector.fingerprint(entity(source)) == before
        if closed:
            connector.close(stored)
        return pages


@pytest.fixture(params=["here", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path, clock: HurriedClock) -> Place:
    if request.param == "sftp":
        server: Sshd = request.getfixturevalue("server")
        opens: Opens = request.getfixturevalue("opens")
        return Place(server.folder, lambda: opens(after="archive"), server.write)
    folder = tmp_path / "exports"
    folder.mkdir()
    kind = kind_of("files")

    def write(name: str, content: str = "Id,Name\n1,Acme\n", age: float = 3600) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        Sshd.date(path, age)
        return path

    return Place(
        folder, lambda: kind.open(kind.settings(path=str(folder), after="archive"), Context("council", tmp_path, clock=clock)), write
    )


def read(pages: list[list[Page]]) -> list[str]:
    return [str(row[0]) for entity_pages in pages for page in entity_pages for row in page.rows]


def test_what_was_read_is_moved_with_the_moment_before_its_name(place: Place) -> None:
    for name in ("a b ü.csv", "2026/c.csv", "unread.csv"):
        place.write(name)
    place.run("a b ü.csv", "2026/*.csv")
    assert place.names() == ["2026/archive/c.csv", "archive/a b ü.csv", "unread.csv"]
    (moved,) = (place.folder / "archive").iterdir()
    assert re.fullmatch(rf"{MOMENT}a b ü\.csv", moved.name)
    assert moved.read_text() == "Id,Name\n1,Acme\n"


def test_a_source_without_a_file_has_nothing_new(place: Place) -> None:
    place.write("a.csv")
    place.run("a.csv", "*/*.csv")
    connector = place.opens()
    assert connector.fingerprint(entity("a.csv")) == ""
    (page,) = connector.pull(entity("a.csv"), None)
    assert (page.rows, page.last, page.snapshot, page.cursor, page.deleted) == ([], True, False, None, [])
    source, archive = connector.check([entity("a.csv")])
    assert (source.ok, archive.ok) == (True, True)
    assert "nothing new has come, so what is held stands (no file matches a.csv" in source.detail
    assert "what was read is moved into archive" in archive.detail
    connector.close(True)
    assert place.names() == ["archive/a.csv"]


@pytest.mark.parametrize("source", ["**/*.csv", "*/*.csv", "*.csv", "**/a.csv", "[a]*/*.csv"])
def test_no_wildcard_means_the_archive(place: Place, source: str) -> None:
    place.write("a.csv")
    place.run("a.csv")
    assert place.opens().fingerprint(entity(source)) == ""


def test_the_archive_itself_is_not_read(place: Place) -> None:
    place.write("archive/a.csv")
    with pytest.raises(StopEntity, match="what is put away is not read again"):
        place.opens().fingerprint(entity("archive/*.csv"))


@pytest.mark.parametrize("stored", [True, False])
def test_only_what_is_stored_is_moved(place: Place, stored: bool) -> None:
    place.write("a.csv")
    place.run("a.csv", stored=stored)
    assert place.names() == (["archive/a.csv"] if stored else ["a.csv"])


def test_a_file_that_changed_or_came_since_it_was_read_stays(place: Place) -> None:
    for name in ("a.csv", "b.csv"):
        place.write(name)
    connector = place.opens()
    rows(connector, "*.csv")
    place.write("a.csv", "Id,Name\n2,Bravo\n")
    place.write("c.csv", "Id,Name\n3,Charlie\n")
    connector.close(True)
    assert place.names() == ["a.csv", "archive/b.csv", "c.csv"]
    assert read(place.run("*.csv")) == ["2", "3"]


def test_a_file_that_came_between_two_entities_stays_for_both(place: Place) -> None:
    place.write("a.csv")
    connector = place.opens()
    rows(connector, "*.csv")
    place.write("b.csv", "Id,Name\n2,Bravo\n")
    assert rows(connector, "[ab].csv") == [("1", "Acme"), ("2", "Bravo")]
    connector.close(True)
    assert place.names() == ["archive/a.csv", "b.csv"]


def test_what_changed_a_moment_ago_is_moved_by_the_next_run(place: Place, clock: HurriedClock) -> None:
    """Whoever writes it may go on writing."""
    place.write("a.csv", age=1)
    place.write("b.csv")
    place.run("*.csv")
    assert place.names() == ["a.csv", "b.csv"]
    clock.sleep(100)
    place.run("*.csv")
    assert place.names() == ["archive/a.csv", "archive/b.csv"]


def test_killed_between_storing_and_moving(place: Place) -> None:
    place.write("a.csv")
    before = place.opens().fingerprint(entity("a.csv"))
    place.run("a.csv", closed=False)
    again = place.opens()
    assert again.fingerprint(entity("a.csv")) == before  # so that nothing is read
    again.close(True)
    assert place.names() == ["archive/a.csv"]


def test_the_same_name_comes_again(place: Place, clock: HurriedClock) -> None:
    for number in range(3):
        place.write("a.csv", f"Id,Name\n{number},A\n", age=3600 - number)
        assert read(place.run("a.csv")) == [str(number)]
        clock.sleep(1)
    assert place.names() == ["archive/a.csv"] * 3


# What cannot be moved


def test_an_archive_that_cannot_be_made_fails_nothing_and_is_told(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.write("a.csv")
    place.write("archive", "no folder")
    with caplog.at_level(logging.WARNING, "connector.files"):
        place.run("a.csv")
    assert "archive is a link or a file; make it a folder, or take it away" in caplog.text
    *_, archive = place.opens().check([entity("a.csv")])
    assert (archive.check, archive.ok) == ("archive", False)
    assert "archive is a link or a file" in archive.detail
    (place.folder / "archive").unlink()
    place.run("a.csv")
    assert place.names() == ["archive/a.csv"]


def test_a_link_to_an_archive_elsewhere_is_not_used(place: Place, tmp_path: Path) -> None:
    place.write("a.csv")
    (place.folder / "archive").symlink_to(tmp_path)
    place.run("a.csv")
    assert (place.folder / "a.csv").exists()


def test_a_file_that_resists_counts_as_read_and_not_as_all_there_is(
    tmp_path: Path, server: Sshd, opens: Opens, caplog: pytest.LogCaptureFixture
) -> None:
    """Were it read as the whole of its source, what the moved files hold would be taken for gone."""
    if os.geteuid() != 0:
        pytest.skip("only root can make a file that the server's user may read and not move")
    place = Place(server.folder, lambda: opens(after="archive"), server.write)
    for name in ("a.csv", "b.csv", "c.csv"):
        place.write(name)
    os.chown(place.folder / "b.csv", 0, 0)
    os.chown(place.folder, 0, 0)
    place.folder.chmod(0o1777)
    with caplog.at_level(logging.WARNING, "connector.files"):
        place.run("*.csv")
    assert "b.csv cannot be moved" in caplog.text
    assert place.names() == ["archive/.placebridge-moving", "archive/a.csv", "archive/c.csv", "b.csv"]
    connector = place.opens()
    assert connector.fingerprint(entity("*.csv")) == ""
    source, archive = connector.check([entity("*.csv")])
    assert "what lies there was read before" in source.detail
    assert (archive.ok, "b.csv: read, but it could not be moved" in archive.detail) == (False, True)
    server.own(place.folder / "b.csv")
    place.run("*.csv")
    assert place.names() == ["archive/a.csv", "archive/b.csv", "archive/c.csv"]


def test_killed_between_two_moves(place: Place) -> None:
    """The note says what the killed run had read; a file that changed since is new all the same."""
    for name in ("a.csv", "b.csv", "c.csv"):
        place.write(name)
    states = {name: [(status := (place.folder / name).stat()).st_size, status.st_mtime_ns] for name in ("a.csv", "b.csv", "c.csv")}
    place.write("archive/.placebridge-moving", str(states).replace("'", '"'))
    shutil.move(place.folder / "a.csv", place.folder / "archive/20260101T000000.000Z a.csv")
    place.write("c.csv", "Id,Name\n3,Charlie\n")
    assert read(place.run("*.csv")) == ["3"]
    assert place.names() == ["archive/a.csv", "archive/b.csv", "archive/c.csv"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a.csv": 1}', '{"a.csv": [1, "x"]}', "null"])
def test_a_damaged_note_says_nothing(place: Place, text: str) -> None:
    place.write("a.csv")
    place.write("archive/.placebridge-moving", text)
    assert read(place.run("a.csv")) == ["1"]
    assert "a.csv" not in place.names()


def test_to_leave_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Id,Name\n1,Acme\n")
    kind = kind_of("files")
    connector = kind.open(kind.settings(path=str(tmp_path)), Context("council", tmp_path))  # type: ignore[arg-type]
    assert rows(connector, "a.csv") == [("1", "Acme")]  # type: ignore[arg-type]
    connector.close(True)  # type: ignore[union-attr]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv"]
