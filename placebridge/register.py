"""`placebridge register load`: the free Companies House company data file as the register that linking uses."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import yaml
from sqlalchemy import Connection, delete, func, select

from mappings.company_numbers import company_number
from mappings.places import Places
from mappings.sic import sic_codes
from placebridge.faults import UserError
from placebridge.opening import opened, rules_of
from placebridge.output import counted, say
from store import bulk
from store.lease import whole
from store.tables import RegisterCompany, Stage

COLUMNS = ("number", "name", "postcode", "town", "status", "sic", "accounts", "previous_names")
WRITTEN = (*COLUMNS, "place")
PUBLISHED: dict[str, list[str]] = {
    "number": ["CompanyNumber"],
    "name": ["CompanyName"],
    "postcode": ["RegAddress.PostCode"],
    "town": ["RegAddress.PostTown"],
    "status": ["CompanyStatus"],
    "sic": [f"SICCode.SicText_{index}" for index in range(1, 5)],
    "accounts": ["Accounts.AccountCategory"],
    "previous_names": [f"PreviousName_{index}.CompanyName" for index in range(1, 11)],
}
"""The published file's columns (its headers carry stray spaces): the "Free Company Data Product" of Companies House."""

BATCH = 5000
ZIP = b"PK\x03\x04"


def load(config: Path | None, file: Path, mapping: Path | None) -> None:
    """Replaces the register by a file's companies, in one transaction. Raises UserError where the file is not one."""
    _demand_file(file)
    columns = _mapping(mapping)
    with opened(config, write=True) as at, whole(at.store), at.store.connect() as connection, _text(file) as lines:
        places = rules_of(at.config, at.store).places
        count = _replace(connection, _batches(lines, columns, file.name), places)
        if not count:
            raise UserError(f"{file.name} holds no company, so the register stays as it was; get the file again")
        worked_from = {"file": file.name, "companies": count, "places": places.version, "loaded_at": datetime.now(UTC).isoformat()}
        bulk.replace(connection, Stage, [{"name": "register", "worked_from": worked_from}], {"name": "register"})
    say(f"{counted(count, 'company', 'companies')} loaded; the next `placebridge sync` links with them.")


def _demand_file(file: Path) -> None:
    if file.is_dir():
        raise UserError(f"{file} is a folder; name the file in it")
    if not file.is_file():
        raise UserError(f"there is no file {file}; correct its name")


def _replace(connection: Connection, batches: Iterator[list[tuple[Any, ...]]], places: Places) -> int:
    """Makes the register be these companies; returns how many they are, as a number that stands twice is one."""
    table = bulk.table_of(RegisterCompany)
    connection.execute(delete(table))
    for batch in batches:
        placed = [(*row, places.of("", row[3].title(), row[2])) for row in batch]
        bulk.insert(connection, RegisterCompany, WRITTEN, placed)
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _mapping(file: Path | None) -> dict[str, list[str]]:
    if file is None:
        return PUBLISHED
    _demand_file(file)
    try:
        said = yaml.load(file.read_bytes(), Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        raise UserError(f"{file.name} is no YAML; write lines as in `name: CompanyName`") from None
    if not isinstance(said, dict) or not {"number", "name"} <= said.keys() or not said.keys() <= set(COLUMNS):
        raise UserError(
            f"{file.name} needs `number` and `name`, and may have {', '.join(COLUMNS[2:])}: ours on the left, the file's on the right"
        )
    listed = {name: columns if isinstance(columns, list) else [columns] for name, columns in said.items()}
    if not all(isinstance(column, str) and column for columns in listed.values() for column in columns):
        raise UserError(f"{file.name} may only name columns, or lists of them; write lines as in `name: CompanyName`")
    return listed


@contextmanager
def _text(file: Path) -> Iterator[IO[str]]:
    """The file's text; of a ZIP, that of the CSV in it. Raises UserError where the file breaks off or is none."""
    try:
        with _raw(file) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="") as lines:
            yield lines
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise UserError(f"{file.name} is a ZIP that is damaged or not whole; the register stays as it was. Get the file again") from None
    except csv.Error as fault:
        raise UserError(f"{file.name} is no CSV ({fault}); the register stays as it was. Get the file again") from None


@contextmanager
def _raw(file: Path) -> Iterator[IO[bytes]]:
    with file.open("rb") as plain:
        if plain.read(4) != ZIP:
            plain.seek(0)
            yield plain
            return
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        if len(names) != 1:
            raise UserError(f"{file.name} holds {len(names)} CSV files; it should hold one, as the published file does")
        with archive.open(names[0]) as raw:
            yield raw


def _batches(lines: IO[str], columns: dict[str, list[str]], name: str) -> Iterator[list[tuple[Any, ...]]]:
    reader = csv.reader(line.replace("\x00", "") for line in lines)
    header = [cell.strip() for cell in next(reader, [])]
    if not header:
        raise UserError(f"{name} is empty, so the register stays as it was; get the file again")
    needed = [column for key in ("number", "name") for column in columns[key] if column not in header]
    if needed:
        raise UserError(
            f"{name} has no column {', '.join(needed)}; it is not the company data file. Say which columns hold what with --mapping"
        )
    at = {key: [header.index(column) for column in listed if column in header] for key, listed in columns.items()}
    batch: list[tuple[Any, ...]] = []
    for row in reader:
        company = _company(row, at)
        if company[0] and company[1]:
            batch.append(company)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _company(row: list[str], at: dict[str, list[int]]) -> tuple[Any, ...]:
    def cells(key: str) -> list[str]:
        return [row[index].strip() for index in at.get(key, []) if index < len(row) and row[index].strip()]

    number, name, postcode, town, status, accounts = (" ".join(cells(key)) for key in COLUMNS if key not in {"sic", "previous_names"})
    codes = " ".join(code for cell in cells("sic") for code in sic_codes(cell))
    # A file that has been through a spreadsheet has lost the zeros in front.
    return (company_number(number) or number, name, postcode, town, status, codes, accounts, cells("previous_names"))
