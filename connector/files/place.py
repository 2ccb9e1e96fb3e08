"""A place where exports lie: a folder here, or one on a server."""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from connector.contract import StopEntity
from connector.files.folder import Found, Stamp, find, stamp_of
from connector.files.naming import ARCHIVE

NOTE = ".placebridge-moving"
"""In the archive: what is being put away, or could not be."""
TRIAL = ".placebridge-try-"
State = tuple[int, int]
"""A file's size and time (nanoseconds), by which one state of it is told from another."""


class Seen(Protocol):
    """A file that a source means, as a listing shows it."""

    @property
    def name(self) -> str:
        """Relative to the place, with forward slashes."""

    @property
    def stamp(self) -> Stamp: ...

    @property
    def sheet(self) -> str | None: ...


class Place(Protocol):
    """Where exports lie. Everything but `close` raises ConnectorError."""

    def look(self, source: str) -> Sequence[Seen]:
        """The files that a source means, in sorted order; none is opened. Raises NothingThere for none."""

    def fetch(self, files: Sequence[Seen]) -> list[Found]:
        """The same files, ready to be read here."""

    def state(self, name: str) -> State | None:
        """A file's state as it is now; None for one that is not there."""

    def put_away(self, name: str, new_name: str) -> None:
        """Moves a file into the archive beside it, under a new name."""

    def try_archive(self, folder: str) -> None:
        """Finds out whether the files of a folder can be put away, by making an empty folder and removing it."""

    def note(self) -> str:
        """What `keep_note` kept, empty where nothing is."""

    def keep_note(self, text: str) -> None:
        """Keeps a text in the archive for the next run; an empty one removes it."""

    def close(self) -> None:
        """Ends what is open, and removes what was fetched."""


def state_of(seen: Seen) -> State:
    """The state of a file as it was seen."""
    return seen.stamp.size, seen.stamp.mtime_ns


class LocalFolder:
    """A folder of this machine, or one that it has mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look(self, source: str) -> list[Found]:
        """As `find`."""
        return find(self._folder, source)

    def fetch(self, files: Sequence[Seen]) -> list[Found]:
        """They are here already."""
        return [seen for seen in files if isinstance(seen, Found)]

    def state(self, name: str) -> State | None:
        """Its size and time."""
        with _faults(name, "looked at"), suppress(FileNotFoundError):
            stamp = stamp_of(self._folder / name)
            return stamp.size, stamp.mtime_ns
        return None

    def put_away(self, name: str, new_name: str) -> None:
        """Renames it, which is at once or not at all."""
        path = self._folder / name
        if path.is_symlink():
            raise StopEntity(f"{name} is a link, so it stays where it is; put the file itself in its place")
        with _faults(name, f"moved into {ARCHIVE}"):
            target = self._archive(path.parent) / new_name
            if os.path.lexists(target):
                raise StopEntity(f"{name} stays where it is: {new_name} is in {ARCHIVE} already")
            path.rename(target)

    def try_archive(self, folder: str) -> None:
        """Makes and removes a folder in both."""
        here = self._folder / folder
        with _faults(folder or str(self._folder), "cleared of what was read"):
            for place in (here, here / ARCHIVE):
                if place == here or os.path.lexists(place):
                    _require_folder(place)
                    trial = place / f"{TRIAL}{secrets.token_hex(4)}"
                    trial.mkdir()
                    trial.rmdir()

    def note(self) -> str:
        """The text of a hidden file."""
        archive = self._folder / ARCHIVE
        if archive.is_symlink():
            return ""
        with _faults(NOTE, "read"), suppress(FileNotFoundError, NotADirectoryError):
            return (archive / NOTE).read_text(encoding="utf-8", errors="replace")
        return ""

    def keep_note(self, text: str) -> None:
        """Writes it whole or not at all."""
        with _faults(ARCHIVE, "written in"):
            note = self._folder / ARCHIVE / NOTE
            if not text:
                return note.unlink(missing_ok=True)
            new = self._archive(self._folder) / f"{NOTE}.tmp"
            new.write_text(text, encoding="utf-8")
            return os.replace(new, note)

    def close(self) -> None:
        """Nothing is open."""

    @staticmethod
    def _archive(folder: Path) -> Path:
        archive = folder / ARCHIVE
        if not os.path.lexists(archive):
            archive.mkdir()
        _require_folder(archive)
        return archive


def _require_folder(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        raise StopEntity(f"{path} is a link or a file; make it a folder, or take it away")


@contextmanager
def _faults(name: str, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise StopEntity(
            f"{name} cannot be {what} ({fault.strerror or 'the system gave no reason'});"
            f" let this program's user write in its folder and in {ARCHIVE}, and close whatever holds the file"
        ) from fault
