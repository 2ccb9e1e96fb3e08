"""Pages and cursors: laws that hold for any table, any page size and any place to stop."""

import json
import os
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.contract import Entity, TryLater
from connector.files import FilesConnector

COLUMNS = ("Id", "Name", "Note")

cells = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8),
    st.sampled_from(["", " ", "Total", "Id", "7", 'a "quoted" word', "two\nlines", "a,b;c\td|e", "é£€’", "\ufeff"]),
)
rows = st.lists(st.tuples(cells, cells, cells), max_size=12)
noise = st.sampled_from(["", ",,\n", "\n", "Id,Name,Note\n", "Total,,\n", "x,y\n", "1,2,3,4\n", '"broken\n'])
parts = st.lists(st.tuples(rows, noise), min_size=1, max_size=3)


def texts(folder, tables):
    for index, (table, after) in enumerate(tables):
        lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [COLUMNS, *table]]
        (folder / f"part-{index}.csv").write_bytes(("\n".join(lines) + "\n" + after).encode())


def workbooks(folder, tables):
    for index, (table, after) in enumerate(tables):
        with xlsxwriter.Workbook(str(folder / f"part-{index}.xlsx"), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([COLUMNS, *table, tuple(after.strip().split(","))]):
                for position, cell in enumerate(row):
                    sheet.write_string(number, position, cell)


def pull(folder, page_rows, cursor=None):
    connector, entity = FilesConnector(folder, page_rows), Entity("business", "part*", COLUMNS)
    return list(connector.pull(entity, cursor))


def told(pages):
    return (
        [row for page in pages for row in page.rows],
        [(skipped.where, skipped.reason) for page in pages for skipped in page.skipped],
        [note for page in pages for note in page.notes],
    )


def plus(first, second):
    return tuple(one + other for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize(("write", "examples"), [(texts, 60), (workbooks, 25)])
def test_pages_of_any_size_tell_the_same_and_any_cursor_goes_on(write, examples):
    @settings(max_examples=examples, deadline=None)
    @given(tables=parts, page_rows=st.integers(1, 7), later=st.integers(1, 7))
    def holds(tables, page_rows, later):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, tables)
            pages = pull(folder, page_rows)
            assert told(pages) == told(pull(folder, 1000))
            assert all(len(page.rows) + len(page.skipped) <= page_rows for page in pages)
            assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]
            for index, page in enumerate(pages[:-1], start=1):
                cursor = json.loads(json.dumps(page.cursor))
                assert plus(told(pages[:index]), told(pull(folder, later, cursor))) == told(pages)

    holds()


@settings(max_examples=50, deadline=None)
@given(table=st.lists(st.tuples(st.integers(1, 9).map(str), cells, cells), max_size=12))
def test_what_was_written_is_what_is_read(table):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbooks(folder, [(table, "")])
        assert told(pull(folder, 5))[0] == table
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts(folder, [(table, "")])
        assert told(pull(folder, 5))[0] == table


def write_book(folder, count):
    with xlsxwriter.Workbook(str(folder / "part.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        for number in range(1, count + 1):
            sheet.write_row(number, 0, [number, "A", "x"])


def write_text(folder, count):
    (folder / "part.csv").write_text("Id,Name,Note\n" + "".join(f"{number},A,x\n" for number in range(count)))


@pytest.mark.parametrize("write", [write_book, write_text])
def test_progress_grows_to_the_whole(folder, write):
    write(folder.path, 20_000)
    pages = pull(folder.path, 1000)
    done = [page.done for page in pages]
    assert done == sorted(done)
    assert 0 < done[3] < done[15] <= done[-1] == pages[-1].total == sum(path.stat().st_size for path in folder.path.iterdir())
    assert all(later - earlier < pages[0].total / 4 for earlier, later in pairwise(done))


@pytest.mark.parametrize("write", [write_book, write_text])
@pytest.mark.parametrize("change", ["time", "size", "gone"])
def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(folder, write, change):
    write(folder.path, 20)
    (path,) = folder.path.iterdir()
    connector, entity = FilesConnector(folder.path, page_rows=5), Entity("business", "part*", COLUMNS)
    pages = connector.pull(entity, None)
    first = next(pages)
    if change == "time":
        os.utime(path, ns=(1, 1))
    elif change == "size":
        with path.open("ab") as stream:
            stream.write(b"\n")
    else:
        path.unlink()
    with pytest.raises(TryLater, match=rf"{path.name} (changed|disappeared) while it was read; it is left for the next run"):
        list(pages)
    if change != "gone":
        again = next(connector.pull(entity, first.cursor))
        assert again.rows == first.rows
        assert "part*: the files are others than before, so they are read from the start" in again.notes


@pytest.mark.parametrize("cursor", [{}, {"files": {}, "file": 0, "row": 0}, {"file": -1}, {"file": "0", "row": None}, {"anything": [1]}])
def test_a_cursor_of_something_else_is_none(folder, cursor):
    write_text(folder.path, 20)
    whole, again = pull(folder.path, 1000), pull(folder.path, 1000, cursor)
    assert told(again)[:2] == told(whole)[:2]
    assert "part*: the files are others than before, so they are read from the start" in again[0].notes


def test_a_check_estimates_without_reading_on(folder):
    write_text(folder.path, 20_000)
    (finding,) = FilesConnector(folder.path).check([Entity("business", "part.csv", COLUMNS)])
    assert finding.ok
    assert finding.check == "business from part.csv"
    assert finding.detail.startswith("part.csv: about ")
    assert finding.detail.endswith("rows, all 3 columns found, UTF-8, commas")
    assert 15_000 < int(finding.detail.split()[2].replace(",", "")) < 25_000


def test_a_check_of_little_counts_it(folder):
    write_book(folder.path, 1)
    assert [finding.detail for finding in FilesConnector(folder.path).check([Entity("business", "part.xlsx", ("Id",))])] == [
        "part.xlsx: 1 row, 1 column found, Excel workbook, sheet 'Sheet1'"
    ]
