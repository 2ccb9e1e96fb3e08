"""Uploads: tried first, kept only then, and nothing outside of the connection's folder."""

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.files.naming import counts, relative
from jobs import uploading
from jobs.refused import Refused
from mappings import field_map
from review.site import Site
from store.database import Database
from store.lease import hold
from tests.review.admin.conftest import ACCOUNTS, FIELD_MAP, VISITS, Browser

UPLOAD = "/connections/council/upload"
MORE = ACCOUNTS + "A3,Cedar Ltd,Oldport\n"
KEEP = re.compile(r'action="([^"]+/keep)"')


def waits(folder: Path) -> list[str]:
    return [path.name for path in (folder / "exports").iterdir() if path.name.startswith(uploading.WAITING)]


def test_it_asks_which_file_it_is(admin: Browser) -> None:
    admin.get(UPLOAD)
    assert "accounts.csv business; the file gets this name" in admin.words
    assert "visits-*.csv engagement; the file keeps its own name, which has to fit" in admin.words
    assert "up to 50 MB" in admin.words


def test_what_it_would_change_is_shown_and_nothing_is_kept(admin: Browser, read: Callable[[], None], folder: Path) -> None:
    read()
    admin.get(UPLOAD).upload(UPLOAD, "export (3).csv", MORE.encode(), which="accounts.csv")
    assert "accounts.csv for council" in admin.words
    assert "It would take the place of the file that is there now. Nothing is kept yet." in admin.words
    assert "Records added 1" in admin.words
    assert "A row without an id: it has no id" in admin.words
    assert (folder / "exports/accounts.csv").read_text() == ACCOUNTS
    admin.get("/connections/council")
    assert "business 2 0 1" in admin.words


def test_what_is_kept_takes_its_place_beside_the_old_one_and_is_read(admin: Browser, read: Callable[[], None], folder: Path) -> None:
    read()
    admin.get(UPLOAD).upload(UPLOAD, "export.csv", MORE.encode(), which="accounts.csv")
    found = KEEP.search(admin.text)
    assert found
    admin.send(found[1])
    assert "The file is in its place, and council is due now. The file that was there is kept beside it as accounts.csv.1." in admin.words
    assert (folder / "exports/accounts.csv").read_text() == MORE
    assert (folder / "exports/accounts.csv.1").read_text() == ACCOUNTS
    assert waits(folder) == []
    read()
    assert "business 3 0 1" in admin.get("/connections/council").words


def test_what_is_thrown_away_leaves_nothing(admin: Browser, folder: Path) -> None:
    admin.get(UPLOAD).upload(UPLOAD, "export.csv", MORE.encode(), which="accounts.csv")
    found = KEEP.search(admin.text)
    assert found
    admin.send(found[1].replace("/keep", "/throw-away"))
    assert "The file was thrown away. Nothing was changed." in admin.words
    assert (waits(folder), (folder / "exports/accounts.csv").read_text()) == ([], ACCOUNTS)
    admin.send(found[1])
    assert "This upload is not there any more" in admin.words


def test_an_export_that_lost_too_much_says_so_before_it_is_kept(admin: Browser, read: Callable[[], None], folder: Path) -> None:
    many = "Account,Account Name\n" + "".join(f"A{number},Firm {number}\n" for number in range(40))
    (folder / "exports/accounts.csv").write_text(many)
    read()
    admin.get(UPLOAD).upload(UPLOAD, "export.csv", b"Account,Account Name\nA1,Firm 1\n", which="accounts.csv")
    assert "looks like a broken or partial export" in admin.words


def test_a_file_for_a_wildcard_keeps_its_name(admin: Browser, folder: Path) -> None:
    admin.get(UPLOAD).upload(UPLOAD, "visits-2.csv", VISITS.replace("V1", "V9").encode(), which="visits-*.csv")
    assert "No file of this name is there yet." in admin.words
    found = KEEP.search(admin.text)
    assert found
    admin.send(found[1])
    assert sorted(path.name for path in (folder / "exports").glob("visits-*")) == ["visits-1.csv", "visits-2.csv"]


@pytest.mark.parametrize(
    ("name", "which", "content", "said"),
    [
        ("", "accounts.csv", b"", "Choose a file to upload"),
        ("x.csv", "", MORE.encode(), "Choose which file it is"),
        ("x.csv", "../config.env", MORE.encode(), "Choose which file it is"),
        ("x.exe", "accounts.csv", MORE.encode(), "is no CSV and no XLSX"),
        ("x.xlsx", "accounts.csv", b"PK\x03\x04", "is another kind of file"),
        ("x.csv", "visits-*.csv", VISITS.encode(), "its name has to fit visits-*.csv"),
        (".visits-1.csv", "visits-*.csv", VISITS.encode(), "cannot have here"),
        ("x.csv", "accounts.csv", b"Account,Other\nA1,x\n", "cannot be read as the field map says"),
        ("x.csv", "accounts.csv", b"%PDF-1.7 and so on", "is a PDF"),
        ("x.csv", "accounts.csv", b"", "is empty"),
    ],
)
def test_what_cannot_be_taken_is_told_and_nothing_waits(
    admin: Browser, folder: Path, name: str, which: str, content: bytes, said: str
) -> None:
    admin.get(UPLOAD).upload(UPLOAD, name, content, which=which)
    assert admin.status == 422
    assert said in admin.words
    assert waits(folder) == []


@pytest.mark.parametrize("sent", ["../../visits-7.csv", "..\\visits-7.csv", "/etc/visits-7.csv", "C:\\visits-7.csv"])
def test_a_path_in_the_name_means_its_last_part(sent: str) -> None:
    assert uploading.name_for(field_map.read(FIELD_MAP, "council.yaml"), sent, "visits-*.csv") == "visits-7.csv"


def test_a_link_out_of_the_folder_is_not_written_through(admin: Browser, folder: Path) -> None:
    outside = folder / "outside.csv"
    outside.write_text(ACCOUNTS)
    (folder / "exports/accounts.csv").unlink()
    (folder / "exports/accounts.csv").symlink_to(outside)
    admin.get(UPLOAD).upload(UPLOAD, "x.csv", MORE.encode(), which="accounts.csv")
    assert "is a link or a folder on this machine" in admin.words
    assert outside.read_text() == ACCOUNTS


@pytest.mark.parametrize("token", ["0" * 32, "x" * 32, "a%2f..%2f..", "%2e%2e%2f%2e%2e"])
def test_a_token_that_is_none_finds_nothing(admin: Browser, token: str) -> None:
    admin.get("/connections")
    assert admin.get(f"/connections/council/uploads/{token}").status in {404, 409}


def test_one_on_a_server_cannot_be_uploaded_to(admin: Browser) -> None:
    admin.get("/connections/bureau/upload")
    assert "Its exports lie on an SFTP server, where this page cannot put a file." in admin.words
    assert 'type="file"' not in admin.text
    assert "It is a register, which is asked." in admin.get("/connections/postcodes/upload").words


def test_one_that_is_too_large_is_told(admin: Browser, site: Site) -> None:
    admin.get(UPLOAD)
    answer = admin.client.post(
        UPLOAD, content=b"x", headers={"content-length": str(10**9), "content-type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 413
    assert "At most 52 MB can be sent at a time" in answer.text


def test_while_it_is_being_read_the_preview_waits(admin: Browser, site: Site, read: Callable[[], None]) -> None:
    read()
    with closing(Database(site.store.url.render_as_string(hide_password=False))) as other, hold(other, ["council"]):
        admin.get(UPLOAD).upload(UPLOAD, "x.csv", MORE.encode(), which="accounts.csv")
        assert "is being read at this moment; wait until that run has ended" in admin.words
    admin.get(str(admin.page.url.path) if admin.page else "")
    assert "Records added 1" in admin.words


@given(sent=st.text(max_size=40) | st.from_regex(r"[./\\]{0,6}visits-[a-z./\\*?]{0,8}\.csv", fullmatch=True))
def test_whatever_a_file_is_called_it_stays_in_the_folder(sent: str) -> None:
    try:
        name = uploading.name_for(field_map.read(FIELD_MAP, "council.yaml"), sent, "visits-*.csv")
    except Refused:
        return
    assert name == relative(name)
    assert (Path("/folder") / name).parent == Path("/folder")
    assert counts(name)
