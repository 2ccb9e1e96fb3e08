"""Files on a server are read as the same files here are; what goes wrong on the way is told, and nothing stays on this machine."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from connector.contract import ConnectorError, Entity, StopConnection, StopEntity, TryLater
from connector.files import FilesConnector
from tests.connector.http.servers import HurriedClock
from tests.connector.sftp.conftest import Opens, entity, rows
from tests.sftp_servers import Cutter, Sshd

NAMES = [
    "a.csv", "2025/b.csv", "2026/c.csv", "2026/deep/d.csv", "[x].csv", "Müller & Söhne – März.csv", ".hidden.csv", "~$a.csv", "e.csv.part",
    "f.csv.filepart", ".git/g.csv", "archive/h.csv", "2026/Archive/i.csv", "2026/.hidden/j.csv", "it's 100%.csv", "日本.csv",
]  # fmt: skip
SOURCES = [
    "a.csv", "./2025//b.csv", "2025\\b.csv", "*.csv", "*/*.csv", "**/*.csv", "202[5-9]/*", "202?/**/*.csv", "[x].csv", ".hidden.csv", "**/d.csv",
    "Müller & Söhne – März.csv", "Mü*.csv", "日*.csv", "it's 100%.csv", "archive/*.csv", "archive/h.csv", "2026/archive/*", "*/archive/*",
    "nothing.csv", "no*.csv", "2026", "2026/deep", "a.csv/b.csv", "**", "a**.csv", "../a.csv", "/etc/passwd", "", "book.xlsx#Sheet", "*.CSV",
]  # fmt: skip


def outcome(connector: object, source: str) -> object:
    try:
        return rows(connector, source)  # type: ignore[arg-type]
    except ConnectorError as fault:
        return type(fault).__name__, str(fault).partition(";")[0]


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_means_there_what_it_means_here(server: Sshd, opens: Opens, source: str) -> None:
    for name in NAMES:
        server.write(name, f"Id,Name\n{name},A\n")
    assert outcome(opens(), source) == outcome(FilesConnector(server.folder), source)


def test_times_come_with_the_files_so_that_a_stopped_read_goes_on(server: Sshd, opens: Opens) -> None:
    server.write("a.csv", "Id,Name\n" + "".join(f"{n},A\n" for n in range(12_000)))
    first, *_ = opens().pull(entity("a.csv"), None)
    assert first.cursor is not None
    rest = list(opens().pull(entity("a.csv"), json.loads(json.dumps(first.cursor))))
    assert len(first.rows) + sum(len(page.rows) for page in rest) == 12_000
    assert [note for page in rest for note in page.notes] == []


@pytest.mark.parametrize(
    ("make", "source", "words"),
    [
        (lambda folder: (folder / "l.csv").symlink_to("a.csv"), "l.csv", "l.csv is a link; links on a server are not followed"),
        (lambda folder: (folder / "l.csv").symlink_to("/etc/passwd"), "*.csv", "l.csv is a link"),
        (lambda folder: (folder / "d").symlink_to("/etc"), "d/passwd", "no file matches d/passwd"),
        (lambda folder: (folder / "d").symlink_to("."), "d/**/*.csv", "no file matches"),
        (lambda folder: os.mkfifo(folder / "p.csv"), "p.csv", "p.csv is not an ordinary file"),
    ],
)
def test_links_and_pipes_are_not_followed(server: Sshd, opens: Opens, make: object, source: str, words: str) -> None:
    server.write("a.csv")
    make(server.folder)  # type: ignore[operator]
    with pytest.raises(StopEntity, match=words.replace("*", r"\*")):
        rows(opens(), source)


def test_a_loop_of_folders_is_no_loop(server: Sshd, opens: Opens) -> None:
    server.write("x/a.csv")
    (server.folder / "x/again").symlink_to("..")
    assert rows(opens(), "**/*.csv") == [("1", "Acme")]


def test_no_folder_and_no_permission(server: Sshd, opens: Opens) -> None:
    with pytest.raises(StopConnection, match=r"has no folder .*/none for .*; correct PATH, or have it made"):
        rows(opens(path=f"{server.path}/none"), "a.csv")
    server.write("a.csv").chmod(0)
    with pytest.raises(StopEntity, match=r"does not let .* at a.csv; ask for the permission"):
        rows(opens(), "a.csv")
    with pytest.raises(StopConnection, match=r"/a.csv on 127.* is a file, not a folder"):
        rows(opens(path=f"{server.path}/a.csv"), "a.csv")


def test_a_name_that_is_no_text_hides_only_itself_from_those_who_name_theirs(server: Sshd, opens: Opens) -> None:
    server.write("a.csv")
    (server.folder / os.fsdecode(b"M\xfcller.csv")).write_text("Id,Name\n")
    assert rows(opens(), "a.csv") == [("1", "Acme")]
    with pytest.raises(StopEntity, match=r"a file name in .* is not in UTF-8; have it renamed"):
        rows(opens(), "*.csv")


def test_thousands_of_files(server: Sshd, opens: Opens) -> None:
    for number in range(3000):
        (server.folder / f"{number:04}.csv").write_text("Id,Name\n1,A\n")
    begun = time.monotonic()
    assert opens().fingerprint(entity("*.csv"))
    assert len(rows(opens(), "00[0-9]?.csv")) == 100
    assert time.monotonic() - begun < 10


# What changes while it is fetched


class Busy(HurriedClock):
    """Somebody writes on while we wait."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        with self.path.open("a") as file:
            file.write("2,Bravo\n")


def test_a_file_that_is_being_written_is_left_for_the_next_run(server: Sshd, opens: Opens) -> None:
    path = server.write("a.csv", age=1)
    with pytest.raises(TryLater, match=r"a.csv changed while it was fetched; it is left for the next run"):
        rows(opens(clock=Busy(path)), "a.csv")
    server.date(path, 3600)
    assert rows(opens(), "a.csv")[0] == ("1", "Acme")


def test_a_fingerprint_follows_names_sizes_and_times_and_fetches_nothing(server: Sshd, opens: Opens, temporary: Path) -> None:
    path = server.write("a.csv", b"x" * 3_000_000)
    with_limit = Cutter(server.port, [60_000])
    connector = opens(path=server.path.replace(str(server.port), str(with_limit.port)))
    first = connector.fingerprint(entity("*.csv"))
    assert connector.fingerprint(entity("*.csv")) == first
    server.date(path, 100)
    second = connector.fingerprint(entity("*.csv"))
    server.write("b.csv")
    third = connector.fingerprint(entity("*.csv"))
    path.unlink()
    assert len({first, second, third, connector.fingerprint(entity("*.csv"))}) == 4
    assert (with_limit.cut, list(temporary.iterdir())) == (0, [])
    with_limit.close()


# A connection that breaks


def test_a_connection_that_breaks_is_made_again_and_goes_on(server: Sshd, opens: Opens) -> None:
    server.write("a.csv", "Id,Name\n" + "".join(f"{n},{'x' * 90}\n" for n in range(20_000)))
    cutter = Cutter(server.port, [800_000, 700_000, 1 << 40])
    found = rows(opens(path=server.path.replace(str(server.port), str(cutter.port))), "a.csv")
    assert [row[0] for row in found] == [str(n) for n in range(20_000)]
    assert cutter.cut == 2
    cutter.close()


@pytest.mark.parametrize("after", [[300_000], [300_000, 0]], ids=["each time", "and then the server is gone"])
def test_one_that_keeps_breaking_leaves_the_file_for_the_next_run(server: Sshd, opens: Opens, temporary: Path, after: list[int]) -> None:
    server.write("a.csv", os.urandom(3_000_000))
    cutter = Cutter(server.port, after)
    connector = opens(path=server.path.replace(str(server.port), str(cutter.port)))
    with pytest.raises(TryLater, match=r"the connection to 127.0.0.1:.* broke while a.csv was asked for; it is left for the next run"):
        rows(connector, "a.csv")
    connector.close(False)
    assert list(temporary.iterdir()) == []
    cutter.close()


# What lies on this machine


def test_fetched_files_are_private_and_go_with_the_run(server: Sshd, opens: Opens, temporary: Path) -> None:
    server.write("a.csv", "Id,Name\n" + "".join(f"{n},A\n" for n in range(12_000)))
    server.write("other.csv")
    connector = opens()
    pages = connector.pull(entity("a.csv"), None)
    next(pages)
    (folder,) = temporary.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(list(folder.glob("*.fetched"))) == 1
    assert rows(connector, "a.csv")
    assert len(list(folder.glob("*.fetched"))) == 1
    connector.close(True)
    assert list(temporary.iterdir()) == []


KILLED = """
import sys
from pathlib import Path
from connector.contract import Entity
from connector.kind import Context
from connector.kinds import kind_of
kind = kind_of("files")
connector = kind.open(kind.settings(path=sys.argv[1], host_key=sys.argv[2], private_key=sys.argv[3]), Context("council", Path()))
next(connector.pull(Entity("business", "a.csv", ("Id", "Name")), None))
print("fetched", flush=True)
sys.stdin.read()
"""


def test_what_a_killed_run_left_goes_at_the_next_start(server: Sshd, opens: Opens, temporary: Path) -> None:
    server.write("a.csv", "Id,Name\n" + "".join(f"{n},A\n" for n in range(12_000)))
    words = [sys.executable, "-c", KILLED, server.path, server.host_key, str(server.keys / "user")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"fetched\n"
        (left,) = temporary.iterdir()
        opens()
        assert left.exists()  # the run lives
        run.send_signal(signal.SIGKILL)
    assert left.exists()
    opens()
    assert list(temporary.iterdir()) == []


def test_a_full_disk_is_told_before_it_is_full(server: Sshd, opens: Opens) -> None:
    path = server.write("a.csv")
    os.truncate(path, 1 << 43)
    server.date(path, 3600)
    with pytest.raises(StopConnection, match=r"no room for the files to fetch: 8,388,608 MB wanted in .* set TMPDIR"):
        rows(opens(), "a.csv")


BIG = """
import re, sys
from pathlib import Path
from connector.contract import Entity
from connector.kind import Context
from connector.kinds import kind_of
kind = kind_of("files")
connector = kind.open(kind.settings(path=sys.argv[1], host_key=sys.argv[2], private_key=sys.argv[3]), Context("council", Path()))
list(connector.pull(Entity("business", "small.csv", ("Id", "Name")), None))
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
before = peak()
rows = sum(len(page.rows) for page in connector.pull(Entity("business", "big.csv", ("Id", "Name")), None))
connector.close(True)
print(rows, peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_a_big_file_is_fetched_in_flat_memory(server: Sshd, temporary: Path) -> None:
    server.write("small.csv")
    server.write("big.csv", "Id,Name,Notes\n" + "".join(f"{n},A,{'x' * 400}\n" for n in range(50_000)))
    assert (server.folder / "big.csv").stat().st_size > 20_000_000
    words = [sys.executable, "-c", BIG, server.path, server.host_key, str(server.keys / "user")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    found, more = map(int, done.stdout.split())
    assert found == 50_000
    assert more < 10_000, "KB"


def test_each_entity_reads_its_own_sheet_of_one_copy(server: Sshd, opens: Opens, temporary: Path, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        for name in ("Accounts", "Contacts"):
            book.add_worksheet(name).write_row(0, 0, ["Id", "Name"])
            book.get_worksheet_by_name(name).write_row(1, 0, ["1", name])
    server.write("b.xlsx", (tmp_path / "b.xlsx").read_bytes())
    connector = opens()
    found = [next(iter(connector.pull(Entity("business", f"b.xlsx#{name}", ("Name",)), None))).rows for name in ("Accounts", "Contacts")]
    assert found == [[("Accounts",)], [("Contacts",)]]
    (folder,) = temporary.iterdir()
    assert len(list(folder.glob("*.fetched"))) == 1
