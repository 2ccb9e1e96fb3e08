"""`placebridge report`: on the terminal, as a page that needs nothing beside it, as a list; and fit to be shared."""

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from placebridge.demo.town import AS_OF
from placebridge.demo.writing import write
from placebridge.syncing import Wanted, sync
from tests.placebridge.commands import Commands

DAY = AS_OF.isoformat()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's town, synced once."""
    folder = tmp_path_factory.mktemp("town")
    write(folder)
    assert sync(folder / "config.env", Wanted(as_of=AS_OF)) == 0
    return folder


@pytest.fixture
def placebridge(town: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(town, monkeypatch, capsys)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def names(town: Path) -> set[str]:
    """Names of businesses and people of the town."""
    found: set[str] = set()
    for path in (town / "council").glob("*.csv"):
        with path.open(encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                found |= {value for key, value in row.items() if key and re.search(r"(?i)name", key) and value and len(value) > 5}
    return found


class Page(HTMLParser):
    """The tags of a page, and where they point."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.points: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.points += [value or "" for key, value in attrs if key in ("href", "src", "action", "data", "poster", "srcset")]
        self.ids += [value or "" for key, value in attrs if key == "id"]


def test_the_numbers_are_those_of_the_flagged_list(placebridge: Commands) -> None:
    every = json.loads(placebridge("flags", "--all", "--as-of", DAY, "--format", "json").out)
    rows = json.loads(placebridge("report", "--as-of", DAY, "--format", "json").out)
    assert [list(row) for row in rows[:1]] == [["table", "row", "column", "value"]]
    value = {(row["table"], row["row"], row["column"]): row["value"] for row in rows}
    assert value["engaged", "All places", "All businesses"] == sum(row["state"] == "engaged" for row in every)
    assert value["flagged", "All places", "All businesses"] == sum(row["state"] != "engaged" for row in every)
    thornley = [row for row in every if row["place"] == "Thornley" and "transport" in row["themes"].split("|")]
    assert value["flagged", "Thornley", "Transport"] == sum(row["state"] != "engaged" for row in thornley)


def test_the_page_needs_nothing_beside_it(placebridge: Commands, tmp_path: Path) -> None:
    for more in ((), ("--share",)):
        done = placebridge("report", *more, "--as-of", DAY, "--out", str(tmp_path / "report.html"))
        assert done.code == 0, done
        text = (tmp_path / "report.html").read_text(encoding="utf-8")
        page = Page(text)
        assert all(point.startswith("#") and point[1:] in page.ids for point in page.points)
        assert not {"script", "link", "iframe", "img", "object", "form"} & set(page.tags)
        assert "url(" not in text
        assert "@import" not in text
        assert len(page.ids) == len(set(page.ids))
        assert page.tags.count("svg") >= 4
        assert page.tags.count("caption") == page.tags.count("table")


def test_what_is_shared_holds_no_name_and_no_small_number(placebridge: Commands, town: Path, tmp_path: Path) -> None:
    shared = placebridge("report", "--share", "--as-of", DAY, "--format", "csv").out
    placebridge("report", "--share", "--as-of", DAY, "--out", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    known = names(town)
    assert len(known) > 300
    assert [name for name in known if name in shared or name in page] == []
    numbers = [
        row
        for row in rows_of(shared)
        if row["table"] not in ("needs", "months", "time_to_meeting") and not row["column"].startswith("Share")
    ]
    assert [row for row in numbers if row["value"] != "[c]" and 0 < float(row["value"]) < 5] == []
    assert "[c]" in shared
    assert "A count from 1 to 4 is hidden and shown as [c]" in page


def test_the_threshold_can_be_higher(placebridge: Commands) -> None:
    few, many = (
        placebridge("report", "--share", *more, "--as-of", DAY, "--format", "csv").out.count("[c]") for more in ((), ("--threshold", "10"))
    )
    assert 0 < few < many


def test_the_list_opens_in_excel(placebridge: Commands, tmp_path: Path) -> None:
    placebridge("report", "--as-of", DAY, "--out", str(tmp_path / "report.csv"))
    text = (tmp_path / "report.csv").read_text(encoding="utf-8-sig")
    assert list(rows_of(text)[0]) == ["table", "row", "column", "value"]
    assert {row["table"] for row in rows_of(text)} >= {"engaged", "flagged", "sectors_by_place", "resources", "by_size", "months"}


def test_the_terminal_shows_each_table(placebridge: Commands) -> None:
    said = placebridge("report", "--share", "--as-of", DAY).out
    assert "Businesses with a leader engaged" in said
    assert "What changed, month by month" in said
    assert "A count from 1 to 4 is hidden" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--out", "report.docx"), "report.docx is neither a page nor a list; write a name that ends in .html or .csv"),
        (("--threshold", "5"), "--threshold says which numbers --share hides; write both, or neither"),
        (("--share", "--threshold", "1"), "a threshold of 1 hides too little; write 3 or more"),
        (
            ("--share", "--threshold", "1000"),
            "there are too few businesses for a report that may leave the building; make it without --share",
        ),
    ],
)
def test_what_cannot_be_made_says_what_to_do(placebridge: Commands, words: tuple[str, ...], message: str) -> None:
    done = placebridge("report", *words)
    assert done.code == 2
    assert message in " ".join(done.said.split())
    assert "Traceback" not in done.said
