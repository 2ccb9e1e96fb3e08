"""Where fetched files lie while they are read: a private folder that goes with the run, and at the next start if the run was killed."""

import os
import shutil
import stat
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from connector.contract import StopConnection

PREFIX = "placebridge-fetched-"
LOCK = "lock"
YOUNG_SECONDS = 600
"""A folder without a lock may be one that is just being made."""
SPARE = 64 << 20
"""Bytes of the disk that are left free."""


class Keeping:
    """A folder that only this program's user may enter; its lock says that the run lives."""

    def __init__(self) -> None:
        """Raises StopConnection where there can be none."""
        try:
            self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))  # with the rights 0700
            self._lock = FileLock(self.folder / LOCK, timeout=0)
            self._lock.acquire()
        except OSError as fault:
            raise _no_room(fault) from fault
        self._numbers = iter(range(1, 1 << 31))
        self._remove = weakref.finalize(self, _removed, self.folder, self._lock)

    def new_file(self) -> Path:
        """A name for another file; a server's own names stay on the server."""
        return self.folder / f"{next(self._numbers)}.fetched"

    def demand_room(self, size: int) -> None:
        """Raises StopConnection where so many bytes would fill the disk."""
        free = shutil.disk_usage(self.folder).free
        if size + SPARE > free:
            raise StopConnection(
                f"this machine's disk has no room for the files to fetch: {size >> 20:,} MB wanted in {self.folder.parent}, {free >> 20:,} MB"
                " free; make room, or set TMPDIR to a folder with more"
            )

    def write(self, out: "Writable", block: bytes) -> None:
        """Writes on; raises StopConnection for a full disk."""
        try:
            out.write(block)
        except OSError as fault:
            raise _no_room(fault) from fault

    def close(self) -> None:
        """Removes the folder and all in it."""
        self._remove()


class Writable:
    """A file that is fetched, unbuffered, so that a full disk shows at once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self.size = 0

    def write(self, block: bytes) -> None:
        rest = memoryview(block)
        while rest:
            rest = rest[self._file.write(rest) :]
        self.size += len(block)

    def close(self) -> None:
        self._file.close()


def remove_left_behind() -> None:
    """Removes what killed runs left, of this user alone."""
    for folder in _ours():
        lock = folder / LOCK
        try:
            if not lock.exists() and time.time() - folder.stat().st_mtime < YOUNG_SECONDS:
                continue
            held = FileLock(lock, timeout=0)
            held.acquire()
        except (Timeout, OSError):
            continue
        _removed(folder, held)


def _ours() -> Iterator[Path]:
    try:
        found = [Path(entry.path) for entry in os.scandir(tempfile.gettempdir()) if entry.name.startswith(PREFIX)]
    except OSError:
        return
    for path in found:
        try:
            status = path.lstat()
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode) and (not hasattr(os, "getuid") or status.st_uid == os.getuid()):
            yield path


def _removed(folder: Path, lock: FileLock) -> None:
    """The lock goes last but one, so that nobody else takes the folder up meanwhile."""
    with suppress(OSError):
        for path in folder.glob("*.fetched"):
            path.unlink(missing_ok=True)
        lock.release()
    shutil.rmtree(folder, ignore_errors=True)


def _no_room(fault: OSError) -> StopConnection:
    return StopConnection(
        f"fetched files cannot be kept in {tempfile.gettempdir()} ({fault.strerror}); make room, or set TMPDIR to a folder with more"
    )
