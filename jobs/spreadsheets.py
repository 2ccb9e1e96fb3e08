"""Rows as CSV and as workbooks: for programs as they are, for people so that they open well in Excel and no cell is a formula."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, TextIO

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell of a CSV that begins with one of these is a formula to Excel."""
WIDTHS = {"name": 32, "reason": 70, "approach": 34, "via": 34, "themes": 26, "state": 19, "reach": 13, "place": 18, "connections": 18}
"""Of a workbook's columns, in characters."""

Row = Mapping[str, Any]


def plain(value: Any) -> Any:
    """A value as JSON and CSV hold it: instants in UTC to the second, days as ISO."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    text = plain(value)
    return f"'{text}" if isinstance(text, str) and text.startswith(RISKY) else text


class _Lines:
    """Ends lines with a line feed alone. Before Python 3.13 a writer that is told to do so leaves a carriage return in a cell unquoted,
    and readers break the row there."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, line: str) -> None:
        """Writes one row."""
        self._out.write(line.removesuffix("\r\n") + "\n")


def write_csv(out: TextIO, rows: Iterable[Row], columns: Sequence[str]) -> None:
    """For programs: UTF-8 without BOM, values as they are."""
    writer = csv.writer(_Lines(out), lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([plain(row[name]) for name in columns] for row in rows)


def write_safe_csv(out: TextIO, rows: Iterable[Row], columns: Sequence[str]) -> None:
    """For people: formulas made text. The file is to begin with a BOM, by which Excel knows UTF-8."""
    write_csv(out, ({name: safe(row[name]) for name in columns} for row in rows), columns)


def write_workbook(out: str | IO[bytes], rows: Iterable[Row], columns: Sequence[str], title: str) -> None:
    """For people: an XLSX, all text as text. `out`: a file's name, or a file. Raises xlsxwriter's FileCreateError."""
    from xlsxwriter import Workbook

    book = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True})
    book.set_properties({"title": title})
    sheet = book.add_worksheet(title[:31])
    head, cell = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    for index, name in enumerate(columns):
        sheet.set_column(index, index, WIDTHS.get(name, 12), cell)
        sheet.write_string(0, index, name.replace("_", " "), head)
    line = 0
    for line, row in enumerate(rows, 1):
        for index, name in enumerate(columns):
            sheet.write(line, index, plain(row[name]), cell)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)
    book.close()
