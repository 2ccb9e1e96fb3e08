"""Which files on a server a source means. Links are not followed, and a name that would lead out of the folder is no name."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

import paramiko

from connector.contract import StopEntity
from connector.files.folder import Stamp
from connector.files.naming import ARCHIVE, WILD, counts, is_a_folder, no_glob

DEPTH = 30
"""Folders within folders that `**` goes into."""


@dataclass(frozen=True)
class Entry:
    """One line of a listing, and a file that is to be fetched."""

    name: str
    """Relative to the connection's folder."""
    stamp: Stamp
    mode: int
    sheet: str | None = None

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    @property
    def is_file(self) -> bool:
        """An ordinary file; a server that says nothing of it has no other."""
        return stat.S_ISREG(self.mode) or self.mode == 0


class Tree(Protocol):
    """A folder on a server, asked by names relative to it."""

    def lists(self, folder: str) -> list[Entry]:
        """The entries of a folder; an empty name is the whole."""

    def one(self, name: str) -> Entry | None:
        """What is there under a name; a link is told as a link."""


def entry_of(name: str, attributes: paramiko.SFTPAttributes) -> Entry:
    """What a server says of a file. SFTP tells times in whole seconds."""
    stamp = Stamp(attributes.st_size or 0, (attributes.st_mtime or 0) * 1_000_000_000, 0)
    return Entry(name, stamp, attributes.st_mode or 0)


def is_name(text: str) -> bool:
    """Whether a server's word can be the name of a file in the folder that was listed."""
    return bool(text) and text not in (".", "..") and "/" not in text and "\0" not in text


def matches(tree: Tree, pattern: str) -> list[Entry]:
    """The files that a pattern means, sorted. Raises StopEntity for what cannot be read."""
    exact = _exact(tree, pattern)
    if exact is not None:
        if exact.is_folder:
            raise is_a_folder(pattern)
        return [_proven(exact)]
    if not WILD.search(pattern):
        return []
    parts = pattern.split("/")
    if any("**" in part and part != "**" for part in parts):
        raise no_glob(pattern)
    found = {entry.name: entry for entry in _walk(tree, "", parts, 0)}
    names = sorted((name for name in found if counts(name, pattern)), key=lambda name: name.split("/"))
    return [_proven(found[name]) for name in names]


def _exact(tree: Tree, pattern: str) -> Entry | None:
    """The entry of just that name, reached through folders that are no links."""
    parts = pattern.split("/")
    entry = None
    for count in range(1, len(parts) + 1):
        if entry is not None and not entry.is_folder:
            return None
        entry = tree.one("/".join(parts[:count]))
        if entry is None:
            return None
    return entry


def _walk(tree: Tree, folder: str, parts: list[str], depth: int) -> Iterator[Entry]:
    """What a glob means: `**` is any number of folders, other wildcards are within one name. Hidden folders are not gone into."""
    first, rest = parts[0], parts[1:]
    entries = tree.lists(folder)
    folders = [entry for entry in entries if entry.is_folder and not entry.name.rpartition("/")[2].startswith(".")]
    if first == "**":
        if rest:
            yield from _walk(tree, folder, rest, depth)
            for entry in folders if depth < DEPTH else []:
                if entry.name.rpartition("/")[2].casefold() == ARCHIVE:
                    continue
                yield from _walk(tree, entry.name, parts, depth + 1)
        return
    if rest:
        for entry in folders:
            if fnmatchcase(entry.name.rpartition("/")[2], first):
                yield from _walk(tree, entry.name, rest, depth + 1)
        return
    for entry in entries:
        if fnmatchcase(entry.name.rpartition("/")[2], first) and not entry.is_folder:
            yield entry


def _proven(entry: Entry) -> Entry:
    if stat.S_ISLNK(entry.mode):
        raise StopEntity(f"{entry.name} is a link; links on a server are not followed, so put the file itself in its place")
    if not entry.is_file:
        raise StopEntity(f"{entry.name} is not an ordinary file; put a CSV or XLSX file in its place")
    return entry
