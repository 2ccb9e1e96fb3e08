"""What the codes of areas are called: the files of names and codes that come with the ONS Postcode Directory."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

FILE = re.compile(r"names and codes.*\.csv$", re.IGNORECASE)
CODE = re.compile(r"(lad|wd|rgn|ctry)(\d\d)?cd", re.IGNORECASE)


def names_of(directory: Path) -> dict[str, str]:
    """Names of districts, wards, regions and countries by code, from the directory's ZIP, or from files beside it or in a folder
    Documents beside it or its folder. A file that cannot be read adds nothing."""
    found: dict[str, str] = {}
    for content in _in_zip(directory) if directory.suffix.lower() == ".zip" else _beside(directory):
        found.update(_names(content))
    return found


def _in_zip(directory: Path) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(directory) as archive:
            for member in sorted(archive.namelist()):
                if FILE.search(member):
                    yield archive.read(member)
    except (OSError, zipfile.BadZipFile):
        return


def _beside(directory: Path) -> Iterator[bytes]:
    for folder in (directory.parent, directory.parent / "Documents", directory.parent.parent / "Documents"):
        for file in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
            if FILE.search(file.name):
                yield file.read_bytes()


def _names(content: bytes) -> Iterator[tuple[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    rows = csv.reader(io.StringIO(text, newline=""))
    at, named = _where(next(rows, []))
    if at is None or named is None:
        return
    for row in rows:
        if len(row) > max(at, named) and row[at].strip() and row[named].strip():
            yield row[at].strip(), row[named].strip()


def _where(header: Sequence[str]) -> tuple[int | None, int | None]:
    """The columns of the code and of its name: LAD25CD and LAD25NM."""
    titles = [title.strip().lower() for title in header]
    at = next((index for index, title in enumerate(titles) if CODE.fullmatch(title)), None)
    name = titles[at][:-2] + "nm" if at is not None else None
    return at, titles.index(name) if name in titles else None
