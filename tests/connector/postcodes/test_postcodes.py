"""Postcodes: the directory in each of its editions, the service, and both together."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from connector.contract import Answered, ConnectorError, Lookup, StopConnection, StopEntity
from tests.connector.http.servers import Server
from tests.connector.postcodes.conftest import HEADERS, ROWS, Open, directory_text, put_directory
from tests.connector.postcodes.standin import PostcodesSite

IN_USE = {
    "district": "Thornley Vale", "district_code": "E07000999", "ward": "St Quill, North", "ward_code": "E05099001", "lsoa_code": "E01099001",
    "latitude": 52.5, "longitude": -1.5, "country": "England", "region": "North Nowhere",
}  # fmt: skip
THEIRS = {
    "admin_district": "Thornley Vale", "admin_ward": "St Quill, North", "region": "North Nowhere", "latitude": 52.5, "longitude": -1.5,
    "codes": {"admin_district": "E07000999", "admin_ward": "E05099001", "lsoa": "E01099001", "admin_county": "E99999999"},
}  # fmt: skip


def answers(lookup: Lookup, *keys: str) -> dict[str, Any]:
    return {answered.key: answered.facts for answered in lookup.lookup(list(keys))}


@pytest.mark.parametrize("zipped", [False, True], ids=["csv", "zip"])
@pytest.mark.parametrize("edition", HEADERS)
def test_each_edition_of_the_directory(tmp_path: Path, opened: Open, edition: str, zipped: bool) -> None:
    path = put_directory(tmp_path, edition, zipped)
    found = answers(opened(directory=path.relative_to(tmp_path)), "ZX1 1AB", "ZX12 3CD", "ZX9 9ZZ", "ZX1 1AX")
    assert found["ZX1 1AB"] == IN_USE
    assert found["ZX12 3CD"] == {
        "district": "Quillhaven", "district_code": "E07000998", "ward_code": "E05099002", "lsoa_code": "E01099002", "latitude": 52.6,
        "longitude": -1.6, "country": "England", "region": "North Nowhere", "terminated": "1996-06",
    }  # fmt: skip
    assert found["ZX9 9ZZ"] == {}
    assert found["ZX1 1AX"] is None


def test_without_names_the_codes_are_known(tmp_path: Path, opened: Open) -> None:
    lookup = opened(directory=put_directory(tmp_path, "2026", names=False))
    found = answers(lookup, "ZX1 1AB")["ZX1 1AB"]
    assert found["district_code"] == "E07000999"
    assert "district" not in found
    assert any("codes alone" in finding.detail for finding in lookup.check())


def test_check_says_what_the_directory_holds(tmp_path: Path, opened: Open) -> None:
    (finding,) = opened(directory=put_directory(tmp_path, "2026")).check()
    assert finding.ok
    assert finding.detail.startswith("ONSPD_2026_UK.csv, written on 20")
    assert "district_code, ward_code, lsoa_code" in finding.detail


def _zip_of(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)


@pytest.mark.parametrize(("write", "kind", "said"), [
    (lambda path: None, StopConnection, "there is no file"),
    (lambda path: path.write_text("Name,Town\nA,B\n"), StopEntity, "has no column for the postcode and the district"),
    (lambda path: path.write_text("pcds,lat\nZX1 1AB,1\n"), StopEntity, "has no column for the district"),
    (lambda path: path.write_bytes(b""), StopEntity, "has no column for the postcode and the district"),
    (lambda path: path.write_bytes(b"pcds,oslaua\nZX\xff,1\n"), StopConnection, "cannot be read (UnicodeDecodeError); download it again"),
], ids=["absent", "another", "no district", "empty", "not text"])  # fmt: skip
def test_a_directory_that_is_none(tmp_path: Path, opened: Open, write: Any, kind: type[ConnectorError], said: str) -> None:
    write(tmp_path / "onspd.csv")
    lookup = opened(directory="onspd.csv")
    with pytest.raises(kind) as raised:
        answers(lookup, "ZX1 1AB")
    assert said in str(raised.value)


@pytest.mark.parametrize(("write", "said"), [
    (lambda path: path.write_bytes(b"no zip"), "cannot be read (BadZipFile); download it again"),
    (lambda path: _zip_of(path, "Data/readme.txt", b"x"), "holds no CSV file"),
], ids=["damaged", "empty"])  # fmt: skip
def test_a_zip_that_is_none(tmp_path: Path, opened: Open, write: Any, said: str) -> None:
    write(tmp_path / "onspd.zip")
    lookup = opened(directory="onspd.zip")
    with pytest.raises(StopConnection) as raised:
        answers(lookup, "ZX1 1AB")
    assert said in str(raised.value)
    assert said in lookup.check()[0].detail


def test_the_directory_is_read_once_and_no_further_than_needed(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "onspd.csv"
    path.write_text(directory_text("2026", [*ROWS, ROWS[0] | {"pcds": "ZX2 2AB"}]) + "\0" * 10)
    assert answers(opened(directory=path), "ZX2 2AB", "ZX1 1AB").keys() == {"ZX1 1AB", "ZX2 2AB"}


def test_the_service_in_batches_of_a_hundred(opened: Open, site: PostcodesSite, server: Server) -> None:
    keys = [f"ZX{number // 10} {number % 10}AB" for number in range(10, 260)]
    for key in keys:
        site.put("postcodes", key, THEIRS)
    found = answers(opened(url=server.url), *keys)
    assert found == dict.fromkeys(keys, IN_USE)
    assert [(asked.method, asked.path) for asked in server.asked] == [("POST", "/postcodes")] * 3


def test_the_service_on_postcodes_that_ended_or_never_were(opened: Open, site: PostcodesSite, server: Server) -> None:
    site.put("terminated", "ZX12 3CD", {"latitude": 52.6, "longitude": -1.6, "year_terminated": 2015, "month_terminated": 2})
    site.put("terminated", "ZX12 3CE", {})
    assert answers(opened(url=server.url), "ZX12 3CD", "ZX12 3CE", "ZX1 1AX") == {
        "ZX12 3CD": {"latitude": 52.6, "longitude": -1.6, "terminated": "2015-02"},
        "ZX12 3CE": {"terminated": "1996-06"},
        "ZX1 1AX": None,
    }


def test_where_the_service_knows_little(opened: Open, site: PostcodesSite, server: Server) -> None:
    site.put("postcodes", "ZX9 9ZZ", {"country": "Isle of Nowhere"})
    assert answers(opened(url=server.url), "ZX9 9ZZ") == {"ZX9 9ZZ": {"country": "Isle of Nowhere"}}


def test_the_directory_comes_first_and_the_service_is_asked_for_the_rest(tmp_path: Path, opened: Open, site: PostcodesSite, server: Server) -> None:
    site.put("postcodes", "ZX1 1AB", THEIRS | {"admin_district": "Elsewhere"})
    site.put("postcodes", "ZX7 7AB", THEIRS)
    lookup = opened(directory=put_directory(tmp_path, "2024"), url=server.url)
    found = answers(lookup, "ZX7 7AB", "ZX1 1AB")
    assert found == {"ZX1 1AB": IN_USE, "ZX7 7AB": IN_USE}
    assert b"ZX7 7AB" in server.asked[0].body
    assert b"ZX1 1AB" not in server.asked[0].body


def test_with_a_directory_alone_nobody_is_asked(tmp_path: Path, opened: Open) -> None:
    lookup = opened(directory=put_directory(tmp_path, "2024"), proxy="http://127.0.0.1:9")
    assert list(lookup.lookup(["ZX7 7AB"])) == [Answered("ZX7 7AB", None)]


def test_check_of_the_service(opened: Open, site: PostcodesSite, server: Server) -> None:
    lookup = opened(url=server.url)
    assert [(finding.check, finding.ok) for finding in lookup.check()] == [("service", False), ("clock", True)]
    site.put("postcodes", "SW1A 0AA", THEIRS)
    assert [(finding.check, finding.ok) for finding in lookup.check()] == [("service", True), ("clock", True)]


def test_check_of_a_service_that_is_not_there(opened: Open, server: Server) -> None:
    server.close()
    (finding,) = opened(url=server.url).check()
    assert not finding.ok
