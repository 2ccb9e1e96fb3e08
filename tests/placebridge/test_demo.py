"""The demo: the fictional town, what a first run shows, and that a second one changes nothing."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from connector.files import FilesConnector
from placebridge.demo.__main__ import demo
from placebridge.demo.town import Town
from placebridge.demo.writing import write


def test_the_town_has_the_size_that_is_told() -> None:
    town = Town.of()
    assert (len(town.firms), len(town.people)) == (400, 900)
    assert len({firm.name for firm in town.firms}) == 400


def test_the_same_seed_writes_the_same_files_and_another_does_not(tmp_path: Path) -> None:
    for folder, seed in (("a", 7), ("b", 7), ("c", 8)):
        write(tmp_path / folder, seed)
    names = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.csv"))
    assert len(names) == 6
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)
    assert any((tmp_path / "a" / name).read_bytes() != (tmp_path / "c" / name).read_bytes() for name in names)


def test_it_shows_the_result_and_a_second_run_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    assert demo(folder) == 0
    first = capsys.readouterr().out
    for words in ("made up", "402 businesses", "The 10 businesses to see first", "Why:", "Records:", "What to do next", "flags.xlsx"):
        assert words in first
    assert demo(folder) == 0
    second = capsys.readouterr().out
    assert second.count("nothing new to read") == 2
    assert "Nothing has changed since the last sync." in second


def test_the_mess_in_it_comes_out_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from placebridge.exporting import links
    from placebridge.looking import rejects

    folder = tmp_path / "demo"
    demo(folder)
    capsys.readouterr()
    links(folder / "config.env", tmp_path / "links.csv", None)
    businesses: dict[str, set[str]] = {}
    with (tmp_path / "links.csv").open() as lines:
        for row in csv.DictReader(lines):
            firm = int("".join(letter for letter in row["source_id"] if letter.isdigit())) % 5000
            businesses.setdefault(row["business_id"], set()).add(str(firm))
    sizes = Counter(len(firms) for firms in businesses.values())
    assert sizes == {1: sum(sizes.values())}, "two businesses of the town were joined into one"
    assert 400 <= len(businesses) <= 408, "more than a few businesses of the town stand twice"
    capsys.readouterr()
    rejects(folder / "config.env", "csv")
    reasons = [row["reason"] for row in csv.DictReader(capsys.readouterr().out.splitlines())]
    assert len(reasons) == 2
    assert any("31/02/2026" in reason for reason in reasons)
    assert any(reason.startswith("it has no id") for reason in reasons)


def test_the_workbook_for_people_opens_with_every_business(tmp_path: Path) -> None:
    from connector.contract import Entity

    folder = tmp_path / "demo"
    demo(folder)
    columns = ("business id", "name", "state", "reason")
    pages = FilesConnector(folder).pull(Entity("business", "flags.xlsx", columns), None)
    rows = [row for page in pages for row in page.rows]
    assert len(rows) == 402
    assert all(all(row) for row in rows)
