"""What is in a file, for a first guess at a field map."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from connector.contract import Row
from connector.files.folder import Found, os_faults, stamp_of
from connector.files.proving import prove
from connector.files.sniffing import is_workbook
from connector.files.tables import Plan, opened, plan
from connector.files.workbook import Workbook, workbook_faults


@dataclass(frozen=True)
class Table:
    """A table found in a file, with a sample of its rows."""

    name: str
    """The source as a field map would write it, relative to the file's folder: `accounts.csv`, `book.xlsx#Contacts`."""
    columns: tuple[str, ...]
    """The names by which a field map reaches the columns; columns without a header are left out."""
    rows: list[Row]

    @property
    def count(self) -> int:
        """Rows in the sample."""
        return len(self.rows)


def peek(path: Path, rows: int = 200) -> list[Table]:
    """The tables of a file: one of a text, one for each sheet of a workbook that holds any. Raises StopEntity or TryLater as a pull does."""
    with os_faults(path.name):
        found = Found(path, path.name, stamp_of(path))
    if not is_workbook(path, path.name):
        return [_sample(plan(found, ()), found.name, rows)]
    return list(_sheets(found, rows))


def _sheets(found: Found, rows: int) -> Iterator[Table]:
    with workbook_faults(found.name):
        prove(found.path, found.name)
        with Workbook(found.path, found.name) as book:
            sheets = [sheet for sheet in book.sheets if book.heads(sheet, 1)]
            alone = len(book.sheets) == 1
    for sheet in sheets:
        yield _sample(plan(replace(found, sheet=sheet), ()), found.name if alone else f"{found.name}#{sheet}", rows)


def _sample(planned: Plan, name: str, rows: int) -> Table:
    header = planned.header.whole()
    columns = tuple(header.found)
    with opened(replace(planned, told=replace(planned.told, header=header)), columns) as reader:
        return Table(name, columns, reader.read(rows))
