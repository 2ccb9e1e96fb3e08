"""Which files a source means, and whether they changed: nothing is opened here."""

import difflib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from connector.contract import StopConnection, StopEntity, TryLater

IGNORED_SUFFIXES = (".tmp", ".part", ".crdownload")
NAMED_SHEET = re.compile(r"(.+\.xls[xm])#(.+)", re.IGNORECASE | re.DOTALL)
LISTED = 10


@dataclass(frozen=True)
class Stamp:
    """What tells one state of a file from another without reading it."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True)
class Found:
    """One file that a source means."""

    path: Path
    name: str
    """Relative to the folder, with forward slashes."""
    stamp: Stamp
    sheet: str | None = None


def find(folder: Path, source: str) -> list[Found]:
    """The files that `source` means, in sorted order; raises StopConnection or StopEntity when there is none or one is out of bounds."""
    _require_folder(folder)
    pattern, sheet = _split_sheet(folder, _relative(source))
    with os_faults(source):
        paths = _matches(folder, pattern)
        if not paths:
            raise StopEntity(_nothing_there(folder, pattern))
        root = folder.resolve()
        return [_found(root, folder, path, sheet) for path in paths]


def stamp_of(path: Path) -> Stamp:
    """The file's size, time and inode as they are now."""
    status = path.stat()
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


@contextmanager
def os_faults(name: str) -> Iterator[None]:
    """Turns every OSError into a fault that says what to do."""
    try:
        yield
    except FileNotFoundError as fault:
        raise TryLater(f"{name} disappeared while it was read; it is left for the next run") from fault
    except PermissionError as fault:
        raise StopEntity(
            f"{name} may not be read: give this program's user permission to read it, or close the program that holds it"
        ) from fault
    except OSError as fault:
        raise StopEntity(
            f"{name} cannot be read ({fault.strerror or 'the system gave no reason'}); look at its disk or network share"
        ) from fault


def _require_folder(folder: Path) -> None:
    try:
        if folder.is_dir():
            os.scandir(folder).close()
            return
        there = folder.exists()
    except OSError as fault:
        raise StopConnection(
            f"the folder {folder} cannot be read ({fault.strerror}); correct its permissions or the connection's PATH"
        ) from fault
    if there:
        raise StopConnection(f"{folder} is a file, not a folder; correct the connection's PATH")
    raise StopConnection(f"the folder {folder} does not exist; create it or correct the connection's PATH")


def _relative(source: str) -> str:
    """The source with forward slashes, proven to stay inside the folder."""
    pattern = source.strip().replace("\\", "/")
    parts = pattern.split("/")
    if not pattern or "\0" in pattern:
        raise StopEntity("the field map names no file: write a file name or a glob after 'from'")
    if pattern.startswith("/") or re.match(r"[A-Za-z]:", pattern) or ".." in parts:
        raise StopEntity(f"{source} lies outside the connection's folder; name a file inside it, relative to it")
    return "/".join(part for part in parts if part not in ("", "."))


def _split_sheet(folder: Path, pattern: str) -> tuple[str, str | None]:
    named = NAMED_SHEET.fullmatch(pattern)
    if named is None or os.path.lexists(folder / pattern):
        return pattern, None
    return named[1], named[2]


def _matches(folder: Path, pattern: str) -> list[Path]:
    exact = folder / pattern
    if os.path.lexists(exact):
        if exact.is_dir():
            raise StopEntity(f"{pattern} is a folder, not a file; write {pattern}/*.csv to read the files in it")
        return [exact]
    if not re.search(r"[*?\[]", pattern):
        return []
    try:
        return sorted(path for path in folder.glob(pattern) if _counts(path.relative_to(folder)) and not path.is_dir())
    except (ValueError, NotImplementedError) as fault:
        raise StopEntity(f"{pattern} is no glob that can be read; write one like 2026/*.csv") from fault


def _counts(relative: Path) -> bool:
    """Not hidden, not a lock file of Excel, not half downloaded."""
    name = relative.name.lower()
    hidden = any(part.startswith(".") for part in relative.parts)
    return not hidden and not name.startswith("~$") and not name.endswith(IGNORED_SUFFIXES)


def _found(root: Path, folder: Path, path: Path, sheet: str | None) -> Found:
    name = path.relative_to(folder).as_posix()
    try:
        real = path.resolve(strict=True)
    except FileNotFoundError as fault:
        raise StopEntity(f"{name} is a link to a file that does not exist; copy the file into the folder") from fault
    except RuntimeError as fault:
        raise StopEntity(f"{name} is a link that leads back to itself; copy the file into the folder") from fault
    if not real.is_relative_to(root):
        raise StopEntity(f"{name} is a link that leaves the connection's folder; copy the file into the folder")
    if not real.is_file():
        raise StopEntity(f"{name} is not an ordinary file; put a CSV or XLSX file in its place")
    return Found(path, name, stamp_of(path), sheet)


def _nothing_there(folder: Path, pattern: str) -> str:
    """The message for a source that matches nothing: it names what is there, the likeliest first."""
    there = [path.relative_to(folder) for path in islice(folder.rglob("*"), 1000) if path.is_file()]
    names = sorted(path.as_posix() for path in there if _counts(path))
    names.sort(key=lambda name: -difflib.SequenceMatcher(None, name.lower(), pattern.lower()).ratio())
    if not names:
        return f"no file matches {pattern}: the folder holds no files yet; put the export there"
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"no file matches {pattern}; the folder holds {', '.join(names[:LISTED])}{more}; correct 'from' in the field map or add the file"
