"""Places: what decides where a business is, and the faults of a places file."""

import re
from pathlib import Path

import pytest

from mappings.places import Area, Places

FILE = """
Thornley Vale: {postcodes: [ZX1, ZX2 3], towns: [Thornley]}
Northside: {districts: [E05099002, Quill Haven, E07000998]}
Quill Haven: {towns: [Quillhaven]}
"""
VALE = Area("Thornley Vale", "E07000999", "E05099001")
NORTH_WARD = Area("Thornley Vale", "E07000999", "E05099002")
CASES = [
    ("Thornley", "", "", VALE, "Thornley Vale"),
    ("Elsewhere", "Thornley", "ZX1 1AB", NORTH_WARD, "Elsewhere"),
    ("", "", "ZX1 1AB", NORTH_WARD, "Thornley Vale"),
    ("", "Thornley", "ZX9 1AB", NORTH_WARD, "Thornley Vale"),
    ("", "Someplace", "ZX9 1AB", NORTH_WARD, "Northside"),
    ("", "Someplace", "ZX9 1AB", VALE, "Thornley Vale"),
    ("", "", "ZX9 1AB", Area("THORNLEY VALE"), "Thornley Vale"),
    ("", "", "ZX9 1AB", Area("quill haven"), "Northside"),
    ("", "", "ZX9 1AB", Area("", "e07000998"), "Northside"),
    ("", "Someplace", "ZX9 1AB", Area("Far Off", "E07000111"), "Someplace"),
    ("", "", "ZX9 1AB", Area("Far Off", "E07000111"), "Far Off"),
    ("", "", "ZX9 1AB", Area("", "E07000111"), "ZX9"),
    ("", "", "", VALE, "Thornley Vale"),
]


@pytest.mark.parametrize(("place", "town", "postcode", "area", "expected"), CASES)
def test_what_decides_the_place(tmp_path: Path, place: str, town: str, postcode: str, area: Area, expected: str) -> None:
    (tmp_path / "places.yaml").write_text(FILE)
    assert Places.load(tmp_path / "places.yaml").of(place, town, postcode, area) == expected


@pytest.mark.parametrize(("text", "message"), [
    ("A: {districts: [Quill]}\nB: {districts: [quill]}\n", "'quill' belongs to A already; leave it with one place"),
    ("A: {district: [Quill]}\n", "'district' cannot be said of a place; did you mean 'districts'?"),
])  # fmt: skip
def test_faults_of_a_places_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "places.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"^places\.yaml, line ") as raised:
        Places.load(tmp_path / "places.yaml")
    assert message in str(raised.value)


def test_the_example_in_the_documents(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs/postcodes.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "places.yaml").write_text(example, encoding="utf-8")
    assert Places.load(tmp_path / "places.yaml").of(area=Area("Quillhaven")) == "Northside"


def test_the_version_changes_with_districts(tmp_path: Path) -> None:
    versions = set()
    for text in ("A: {districts: [Quill]}", "A: {districts: [Haven]}", "A: {towns: [Haven]}", "B: {districts: [Quill]}"):
        (tmp_path / "places.yaml").write_text(text + "\n")
        versions.add(Places.load(tmp_path / "places.yaml").version)
    assert len(versions) == 4
