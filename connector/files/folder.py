"""Which files a source means, and whether they changed: nothing is opened here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from connector.contract import StopConnection, StopEntity, TryLater
from connector.files.naming import WILD, counts, is_a_folder, no_glob, nothing_there, relative, split_sheet


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
    """The files that `source` means, in sorted order; raises StopConnection or StopEntity when there is none (NothingThere)
    or one is out of bounds."""
    _require_folder(folder)
    pattern, sheet = split_sheet(relative(source), lambda name: os.path.lexists(folder / name))
    with os_faults(source):
        paths = _matches(folder, pattern)
        if not paths:
            raise nothing_there(_some_names(folder), pattern)
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


def _matches(folder: Path, pattern: str) -> list[Path]:
    exact = folder / pattern
    if os.path.lexists(exact):
        if exact.is_dir():
            raise is_a_folder(pattern)
        return [exact]
    if not WILD.search(pattern):
        return []
    try:
        return sorted(path for path in folder.glob(pattern) if counts(path.relative_to(folder).as_posix(), pattern) and not path.is_dir())
    except (ValueError, NotImplementedError) as fault:
        raise no_glob(pattern) from fault


def _some_names(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in islice(folder.rglob("*"), 1000) if path.is_file())


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
