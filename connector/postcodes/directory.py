"""The ONS Postcode Directory: a CSV of about 1.7 GB, or the ZIP that it comes in (https://geoportal.statistics.gov.uk).

It is streamed once for all the keys that are wanted and never held."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from connector.contract import Answered, Finding, StopConnection, StopEntity
from connector.postcodes.columns import columns_of
from connector.postcodes.names import names_of

NO_GRID_REFERENCE = 99.0
"""A latitude above it stands for none."""
PSEUDO = "99999999"
"""A code that ends so stands for no area."""


class Directory:
    """A downloaded directory. It knows the district of postcodes in use and of those that ended."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self) -> Iterator[Finding]:
        """Whether it can be read, of when it is, and whether the names of districts are beside it."""
        try:
            with self._rows() as rows:
                columns = columns_of(next(rows, []), self._path.name)
            day = datetime.fromtimestamp(self._path.stat().st_mtime, UTC).date()
        except (StopConnection, StopEntity) as fault:
            yield Finding("directory", False, str(fault))
            return
        yield Finding("directory", True, f"{self._path.name}, written on {day}; it holds {', '.join(columns)}")
        if not names_of(self._path):
            yield Finding("names", True, "there is no file of names and codes beside it, so districts are known by their codes alone")

    def lookup(self, keys: Sequence[str]) -> Iterator[Answered]:
        """The keys that it holds, as they stand in it. Raises StopConnection or StopEntity."""
        wanted = {key.replace(" ", ""): key for key in keys}
        if not wanted:
            return
        names = names_of(self._path)
        with self._rows() as rows:
            columns = columns_of(next(rows, []), self._path.name)
            at = columns["postcode"]
            for row in rows:
                key = wanted.pop(row[at].replace(" ", ""), None) if len(row) > at else None
                if key:
                    yield Answered(key, _facts(row, columns, names))
                    if not wanted:
                        return

    @contextmanager
    def _rows(self) -> Iterator[Iterator[list[str]]]:
        """The rows, the header first."""
        try:
            with self._text() as text:
                yield csv.reader(text)
        except FileNotFoundError:
            raise StopConnection(f"there is no file {self._path}; correct DIRECTORY in the connection's settings") from None
        except (OSError, zipfile.BadZipFile, UnicodeDecodeError, csv.Error, EOFError) as fault:
            raise StopConnection(f"{self._path.name} cannot be read ({type(fault).__name__}); download it again") from None

    @contextmanager
    def _text(self) -> Iterator[IO[str]]:
        if self._path.suffix.lower() != ".zip":
            with self._path.open(encoding="utf-8-sig", newline="") as text:
                yield text
            return
        with zipfile.ZipFile(self._path) as archive, archive.open(self._member(archive)) as raw:
            yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")

    def _member(self, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
        """The whole directory is the largest CSV; beside it are the same rows parted by area, and names."""
        tables = [member for member in archive.infolist() if member.filename.lower().endswith(".csv")]
        if not tables:
            raise StopConnection(f"{self._path.name} holds no CSV file; download the directory as CSV and write its path into DIRECTORY")
        return max(tables, key=lambda member: member.file_size)


def _facts(row: Sequence[str], columns: Mapping[str, int], names: Mapping[str, str]) -> dict[str, object]:
    cells = {ours: row[at].strip() for ours, at in columns.items() if at < len(row)}
    codes = {ours: code for ours, code in cells.items() if ours.endswith("_code") and code and not code.endswith(PSEUDO)}
    found: dict[str, object] = {ours: codes[ours] for ours in ("district_code", "ward_code", "lsoa_code") if ours in codes}
    for ours in ("district", "ward", "country", "region"):
        if (name := names.get(codes.get(f"{ours}_code", ""))) is not None:
            found[ours] = name
    if (ended := cells.get("terminated", "")) and len(ended) == 6:
        found["terminated"] = f"{ended[:4]}-{ended[4:]}"
    return found | _where(cells.get("latitude", ""), cells.get("longitude", ""))


def _where(latitude: str, longitude: str) -> dict[str, object]:
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        return {}
    return {"latitude": north, "longitude": east} if north < NO_GRID_REFERENCE else {}
