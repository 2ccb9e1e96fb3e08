"""Which files a source means."""

import os

import pytest

from connector.files import FilesConnector


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a.csv", ["a.csv"]),
        ("./2025//b.csv", ["2025/b.csv"]),
        ("2025\\b.csv", ["2025/b.csv"]),
        ("*.csv", ["[x].csv", "a.csv"]),
        ("*/*.csv", ["2025/b.csv", "2026/c.csv"]),
        ("**/*.csv", ["2025/b.csv", "2026/c.csv", "2026/deep/d.csv", "[x].csv", "a.csv"]),
        ("202[5-9]/*", ["2025/b.csv", "2026/c.csv"]),
        ("[x].csv", ["[x].csv"]),
        (".hidden.csv", [".hidden.csv"]),
    ],
)
def test_a_source_is_a_name_or_a_glob(folder, source, names):
    for name in ["a.csv", "2025/b.csv", "2026/c.csv", "2026/deep/d.csv", "[x].csv"]:
        folder.write(name, f"Id,Name\n{name},A\n")
    for name in [".hidden.csv", "~$a.csv", "b.csv.tmp", "c.csv.part", "d.csv.crdownload", ".git/e.csv", "2025/.~lock.b.csv#"]:
        folder.write(name, f"Id,Name\n{name},A\n")
    assert [row[0] for row in folder.read(source).rows] == names


def test_no_file_of_that_name_lists_what_is_there(folder):
    folder.write("accounts.csv")
    folder.write("people.csv")
    folder.write("~$accounts.xlsx")
    assert folder.fault("acounts.csv") == (
        "StopEntity",
        "no file matches acounts.csv; the folder holds accounts.csv, people.csv; correct 'from' in the field map or add the file",
    )


def test_an_empty_folder_says_so(folder):
    assert folder.fault("a.csv") == ("StopEntity", "no file matches a.csv: the folder holds no files yet; put the export there")


@pytest.mark.parametrize("source", ["../a.csv", "/etc/passwd", "C:\\a.csv", "x/../../a.csv", "\\\\server\\a.csv"])
def test_a_source_stays_in_the_folder(folder, source):
    folder.write("../a.csv")
    kind, message = folder.fault(source)
    assert kind == "StopEntity"
    assert "outside the connection's folder" in message


@pytest.mark.parametrize("source", ["", "  ", "."])
def test_a_source_names_a_file(folder, source):
    assert folder.fault(source)[0] == "StopEntity"


def test_a_folder_is_no_file(folder):
    folder.write("a.csv/b.csv")
    assert folder.fault("a.csv") == ("StopEntity", "a.csv is a folder, not a file; write a.csv/*.csv to read the files in it")


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("../outside.csv", "a.csv is a link that leaves the connection's folder; copy the file into the folder"),
        ("nowhere.csv", "a.csv is a link to a file that does not exist; copy the file into the folder"),
        ("a.csv", "a.csv is a link that leads back to itself; copy the file into the folder"),
    ],
)
def test_a_link_out_of_the_folder_is_refused(folder, target, says):
    folder.write("../outside.csv")
    (folder.path / "a.csv").symlink_to(target)
    assert folder.fault("a.csv") == ("StopEntity", says)
    assert folder.fault("*.csv") == ("StopEntity", says)


def test_a_link_inside_the_folder_is_read(folder):
    folder.write("2026/a.csv")
    (folder.path / "latest.csv").symlink_to("2026/a.csv")
    assert folder.read("latest.csv").rows == [("1", "Acme")]


def test_a_pipe_is_refused(folder):
    os.mkfifo(folder.path / "a.csv")
    assert folder.fault("a.csv") == ("StopEntity", "a.csv is not an ordinary file; put a CSV or XLSX file in its place")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "does not exist; create it or correct the connection's PATH"),
        (lambda path: path.write_text("x"), "is a file, not a folder; correct the connection's PATH"),
    ],
)
def test_a_folder_that_is_none_stops_the_connection(folder, make, says):
    folder.path /= "missing"
    make(folder.path)
    kind, message = folder.fault("a.csv")
    assert kind == "StopConnection"
    assert message.endswith(says)


def test_a_fingerprint_follows_names_sizes_and_times(folder):
    path = folder.write("a.csv")
    connector, entity = FilesConnector(folder.path), folder.entity("*.csv")
    first = connector.fingerprint(entity)
    assert connector.fingerprint(entity) == first
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    second = connector.fingerprint(entity)
    folder.write("b.csv")
    third = connector.fingerprint(entity)
    path.unlink()
    assert len({first, second, third, connector.fingerprint(entity)}) == 4
