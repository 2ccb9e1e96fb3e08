"""The files connector through its contract: formats, encodings, faults."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from connector.contract import Entity, Row, StopConnection, StopEntity
from connector.files import FilesConnector

COLUMNS = ("Id", "Name")


def rows(folder: Path, source: str, columns: tuple[str, ...] = COLUMNS, page_rows: int = 2) -> list[Row]:
    return [
        row for page in FilesConnector(folder, page_rows=page_rows).pull(Entity("business", source, columns), None) for row in page.rows
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_texts(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    lines = [("Id", "Name"), ("1", "Zoë's Café"), ("2", f'"Line one\nand{delimiter} two"')]
    (tmp_path / "a.csv").write_bytes(end.join(delimiter.join(line) for line in lines).encode(encoding))
    assert rows(tmp_path, "a.csv") == [("1", "Zoë's Café"), ("2", f"Line one\nand{delimiter} two")]


def test_a_workbook_keeps_dates_and_whole_numbers(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Id", "Name", "When"])
        sheet.write_row(1, 0, [12345678, "Acme"])
        sheet.write_datetime(1, 2, datetime(2026, 10, 2, 10, 30), book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))  # noqa: DTZ001
    assert rows(tmp_path, "a.xlsx", ("Id", "Name", "When")) == [(12345678, "Acme", datetime(2026, 10, 2, 10, 30))]  # noqa: DTZ001


def test_a_totals_line_and_repeated_headers_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Id,Name\n1,Total Fitness Ltd\nId,Name\n2,B\nTotal,2\n")
    assert rows(tmp_path, "a.csv") == [("1", "Total Fitness Ltd"), ("2", "B")]


def test_pages_do_not_matter_and_any_cursor_goes_on(tmp_path: Path) -> None:
    for part in (1, 2):
        (tmp_path / f"a-{part}.csv").write_text("Id,Name\n" + "".join(f"{part}{n},N\n" for n in range(7)))
    entity, connector = Entity("business", "a-*.csv", COLUMNS), FilesConnector(tmp_path, page_rows=3)
    pages = list(connector.pull(entity, None))
    whole = [row for page in pages for row in page.rows]
    assert whole == rows(tmp_path, "a-*.csv", page_rows=100)
    for index, page in enumerate(pages[:-1]):
        rest = [row for later in connector.pull(entity, page.cursor) for row in later.rows]
        assert [row for earlier in pages[: index + 1] for row in earlier.rows] + rest == whole


@pytest.mark.parametrize(
    ("make", "source", "message"),
    [
        (lambda folder: (folder / "a.csv").write_text("Id,Nmae\n1,x\n"), "a.csv", "no column 'Name'"),
        (lambda folder: (folder / "a.csv").write_bytes(b""), "a.csv", "empty"),
        (lambda folder: (folder / "a.csv").write_bytes(b"%PDF-1.7\x00\x01\x02"), "a.csv", "a.csv"),
        (lambda folder: (folder / "a.csv").mkdir(), "a.csv", "folder"),
        (lambda folder: None, "missing.csv", "missing.csv"),
        (lambda folder: None, "../other.csv", "folder"),
    ],
)
def test_faults_say_what_to_do(tmp_path: Path, make: Callable[[Path], object], source: str, message: str) -> None:
    make(tmp_path)
    with pytest.raises(StopEntity) as error:
        rows(tmp_path, source)
    assert message in str(error.value)


def test_a_missing_folder_stops_the_connection(tmp_path: Path) -> None:
    with pytest.raises(StopConnection) as error:
        rows(tmp_path / "nowhere", "a.csv")
    assert "does not exist" in str(error.value)
