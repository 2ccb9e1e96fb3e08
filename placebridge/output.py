"""What commands print: tables for people, JSON and CSV for programs, and lists that open well in Excel."""

import json
import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from jobs.spreadsheets import plain, write_csv, write_safe_csv, write_workbook
from placebridge.faults import UserError


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


def say(text: str, stderr: bool = False) -> None:
    """Prints a message for people, wrapped to the width of the terminal; what goes on begins further in."""
    width = console(stderr).width
    for line in text.splitlines() or [""]:
        own = line[: len(line) - len(line.lstrip())]
        wrapped = textwrap.wrap(line, width, subsequent_indent=own + "  ", break_long_words=False, break_on_hyphens=False)
        print("\n".join(wrapped), file=sys.stderr if stderr else sys.stdout)


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things, as in 1 row and 1,200 rows."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write beside `path`, which takes its place once it is whole. Raises UserError where nothing can be written there."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder; write the name of a file in it, as in {path / 'list.csv'}")
        if not path.parent.is_dir():
            raise UserError(f"there is no folder {path.parent}; create it or correct the name")
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError
        if path.exists() and not path.is_file():
            yield path  # /dev/stdout, a pipe
            return
        yield unfinished
        unfinished.replace(path)
    except PermissionError:
        raise UserError(
            f"{path} cannot be written; close it where it is open (in Excel, say), correct its permissions or give another name"
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)


def export_csv(path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """`write_csv` into a file."""
    with replacing(path) as target, target.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, rows, columns)


LISTS = (".csv", ".xlsx", ".json")


def save_list(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str) -> None:
    """A list for people, by the file's ending: .csv (with BOM, formulas made text), .xlsx or .json. Raises UserError for another ending."""
    kind = path.suffix.lower()
    if kind not in LISTS and not path.is_dir():
        ends = f"ends in '{kind}'" if kind else "has no ending"
        raise UserError(f"{path.name} {ends}; write a name that ends in .csv, .xlsx or .json")
    with replacing(path) as target:
        if kind == ".xlsx":
            _save_workbook(target, rows, columns, title)
            return
        with target.open("w", encoding="utf-8-sig" if kind == ".csv" else "utf-8", newline="") as out:
            if kind == ".json":
                show(rows, columns, "json", "", out)
            else:
                write_safe_csv(out, rows, columns)


def _save_workbook(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str) -> None:
    from xlsxwriter.exceptions import FileCreateError

    try:
        write_workbook(str(path), rows, columns, title)
    except FileCreateError as fault:
        raise PermissionError from fault
