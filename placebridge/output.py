"""What commands print: tables for people, JSON and CSV for programs, and lists that open well in Excel."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A cell of a CSV that begins with one of these is a formula to Excel."""


def plain(value: Any) -> Any:
    """A value as JSON and CSV hold it: instants in UTC to the second, days as ISO."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str, empty: str, out: TextIO | None = None) -> None:
    """Prints rows in the form asked for; `empty` is what a person reads where there is none."""
    target = out or sys.stdout
    if form == "json":
        json.dump([{name: plain(row[name]) for name in columns} for row in rows], target, ensure_ascii=False, indent=2)
        target.write("\n")
    elif form == "csv":
        write_csv(target, rows, columns)
    elif not rows:
        target.write(f"{empty}\n")
    else:
        _show_table(rows, columns)


def _show_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        numeric = all(isinstance(row[name], int) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(plain(row[name]))) for name in columns))
    console().print(table)


def console(stderr: bool = False) -> Any:
    """A Rich console that never marks up what a CRM said."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, soft_wrap=False)


def write_csv(out: TextIO, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """For programs: UTF-8 without BOM, values as they are."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([plain(row[name]) for name in columns] for row in rows)


def export_csv(path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """`write_csv` into a file."""
    with path.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, rows, columns)


def save_list(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str) -> None:
    """A list for people, by the file's ending: .csv (with BOM, formulas made text), .xlsx or .json. Raises ValueError for another ending."""
    kind = path.suffix.lower()
    if kind == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            write_csv(out, ({name: safe(row[name]) for name in columns} for row in rows), columns)
    elif kind == ".xlsx":
        _save_workbook(path, rows, columns, title)
    elif kind == ".json":
        with path.open("w", encoding="utf-8") as out:
            show(rows, columns, "json", "", out)
    else:
        raise ValueError(f"{path.name} ends in '{kind}'; write a name that ends in .csv, .xlsx or .json")


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    text = plain(value)
    return f"'{text}" if isinstance(text, str) and text.startswith(RISKY) else text


WIDTHS = {"name": 32, "reason": 70, "approach": 34, "via": 34, "themes": 26, "state": 19, "reach": 13, "place": 18, "connections": 18}


def _save_workbook(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True})
    book.set_properties({"title": title})
    sheet = book.add_worksheet(title[:31])
    head, cell = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    for index, name in enumerate(columns):
        sheet.set_column(index, index, WIDTHS.get(name, 12), cell)
        sheet.write_string(0, index, name.replace("_", " "), head)
    for line, row in enumerate(rows, 1):
        for index, name in enumerate(columns):
            sheet.write(line, index, plain(row[name]), cell)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    book.close()
