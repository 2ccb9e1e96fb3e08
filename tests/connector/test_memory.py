"""Memory stays flat, however large a file is: each measured in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import workbook_xml
import xlsxwriter

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")

MEGABYTES = 1024
READ = """
import json, re, sys
from pathlib import Path
from connector.contract import ConnectorError, Entity
from connector.files import FilesConnector
rows, told = 0, []
try:
    for page in FilesConnector(Path(sys.argv[1])).pull(Entity("business", sys.argv[2], ("Id", "Name")), None):
        rows += len(page.rows)
        told += [f"{skipped.where}: {skipped.reason}" for skipped in page.skipped] + page.notes
except ConnectorError as fault:
    told.append(str(fault))
print(json.dumps([rows, told, int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])]))
"""


def pull(folder, name):
    """Rows, what was told, and the peak of memory in KB."""
    done = subprocess.run([sys.executable, "-c", READ, str(folder), name], capture_output=True, text=True, timeout=300, check=True)
    return json.loads(done.stdout)


def write_text(path, count):
    with path.open("w") as stream:
        stream.write("Id,Name,Notes\n")
        stream.writelines(
            f'{number},Business {number} Ltd,"met ""them"" about the town deal\nand apprenticeships"\n' for number in range(count)
        )


def write_inline(path, count):
    """The texts in the cells, as programs write them that stream."""
    write_book(path, count, constant_memory=True)


def write_shared(path, count):
    """Texts of their own in every row, kept apart from the cells as Excel does it."""
    write_book(path, count, constant_memory=False)


def write_book(path, count, constant_memory):
    with xlsxwriter.Workbook(str(path), {"constant_memory": constant_memory}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Id", "Name", "Notes"])
        for number in range(1, count + 1):
            sheet.write_row(number, 0, [number, f"Business {number} Ltd", "met them about the town deal and apprenticeships"])


@pytest.mark.parametrize(
    ("name", "write", "growth"),
    [("a.csv", write_text, 4), ("a.xlsx", write_inline, 4), ("a.xlsx", write_shared, 40)],
)
def test_ten_times_the_rows_take_no_more_memory(tmp_path, name, write, growth):
    peaks = []
    for count in (20_000, 200_000):
        write(tmp_path / name, count)
        rows, _told, peak = pull(tmp_path, name)
        assert rows == count
        peaks.append(peak)
    assert peaks[1] - peaks[0] < growth * MEGABYTES


@pytest.fixture
def small(tmp_path):
    (tmp_path / "small.csv").write_text("Id,Name\n1,A\n")
    return pull(tmp_path, "small.csv")[2]


@pytest.mark.parametrize(
    ("giant", "rows", "says"),
    [
        (b'2,"' + b"x" * 100_000_000 + b'"\n', 2, "a.csv line 3: it holds a cell of more than a million characters"),
        (b"2," + b"x" * 100_000_000 + b"\n", 2, "a.csv line 3: it holds a cell of more than a million characters"),
        (b'2,"' + b"x,y\n" * 3_000_000 + b'"\n', 2, "a.csv line 3: it holds a cell of more than a million characters"),
        (b'2,"' + b"x" * 100_000_000 + b"\n", 0, "a.csv line 3: a quote opens in this row and is never closed"),
    ],
    ids=["in quotes", "bare", "in lines", "never closed"],
)
def test_a_giant_cell_costs_its_row_and_no_memory(tmp_path, small, giant, rows, says):
    (tmp_path / "a.csv").write_bytes(b"Id,Name\n1,A\n" + giant + b"3,C\n")
    read, told, peak = pull(tmp_path, "a.csv")
    assert read == rows
    assert any(said.startswith(says) for said in told)
    assert peak - small < 60 * MEGABYTES


TOO_LARGE = "a.xlsx holds a row or a sheet larger than any of Excel's; export it again or save it as CSV UTF-8"


@pytest.mark.parametrize(
    ("data", "texts", "says"),
    [
        ('<row r="2"><c r="A2" t="inlineStr"><is><t>' + "x" * 100_000_000 + "</t></is></c></row>", "", TOO_LARGE),
        ('<row r="2">' + '<c r="A2"><v>1</v></c>' * 4_000_000 + "</row>", "", TOO_LARGE),
        ("", "<si><t>bomb</t></si>" * 14_000_000, "a.xlsx holds more text than fits into memory; save it as CSV UTF-8"),
    ],
    ids=["a cell", "a row", "the texts"],
)
def test_a_bomb_ends_in_a_message(tmp_path, small, data, texts, says):
    workbook_xml.write(tmp_path / "a.xlsx", workbook_xml.sheet(workbook_xml.HEADER + data), texts=[texts])
    assert (tmp_path / "a.xlsx").stat().st_size < 2_000_000
    read, told, peak = pull(tmp_path, "a.xlsx")
    assert (read, told) == (0, [says])
    assert peak - small < 20 * MEGABYTES
