"""Files for this user alone that are there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from placebridge.faults import UserError


@contextmanager
def private(path: Path, overwrite: bool = False) -> Iterator[Path]:
    """An empty file beside `path` to write, readable by this user alone, which takes its place once it is whole and on the disk.

    Raises UserError where `path` cannot be written, or exists and is not to be overwritten."""
    _demand_free(path, overwrite)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".unfinished", dir=path.parent)
    except PermissionError:
        raise UserError(f"the folder {path.parent} cannot be written by this user; correct its permissions or name another") from None
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        _onto_disk(unfinished)
        _demand_free(path, overwrite)  # another may have written it meanwhile
        unfinished.replace(path)
        _onto_disk(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def unused(path: Path) -> Path:
    """The path, or where it is taken the first that is not of path-2, path-3 and so on."""
    taken, number = path, 1
    while taken.exists():
        number += 1
        taken = path.with_name(f"{path.name}-{number}")
    return taken


def size(path: Path) -> str:
    """A file's size as people read it, as in 12.3 MB."""
    return f"{path.stat().st_size / 1e6:,.1f} MB"


def _demand_free(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise UserError(f"{path} is a folder; write the name of a file in it")
    if not path.parent.is_dir():
        raise UserError(f"there is no folder {path.parent}; create it or correct the name")
    if path.exists() and not path.is_file():
        raise UserError(f"{path} is no ordinary file; write another name")
    if path.exists() and not overwrite:
        raise UserError(f"{path} exists already; write another name, or --overwrite to replace it")


def _onto_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
