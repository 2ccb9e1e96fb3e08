"""What a source's text means, and which names count: the same for a folder here and one on a server."""

import difflib
import re
from collections.abc import Callable, Iterable

from connector.contract import StopEntity

ARCHIVE = "archive"
"""The folder into which files are put away. No wildcard means it or what is in it."""
IGNORED_SUFFIXES = (".tmp", ".part", ".filepart", ".crdownload")
NAMED_SHEET = re.compile(r"(.+\.xls[xm])#(.+)", re.IGNORECASE | re.DOTALL)
WILD = re.compile(r"[*?\[]")
LISTED = 10


class NothingThere(StopEntity):
    """No file is there that the source means."""


def relative(source: str) -> str:
    """The source with forward slashes, proven to stay inside the folder. Raises StopEntity."""
    pattern = source.strip().replace("\\", "/")
    parts = pattern.split("/")
    if not pattern or "\0" in pattern:
        raise StopEntity("the field map names no file: write a file name or a glob after 'from'")
    if pattern.startswith("/") or re.match(r"[A-Za-z]:", pattern) or ".." in parts:
        raise StopEntity(f"{source} lies outside the connection's folder; name a file inside it, relative to it")
    return "/".join(part for part in parts if part not in ("", "."))


def split_sheet(pattern: str, exists: Callable[[str], bool]) -> tuple[str, str | None]:
    """The file's pattern and the sheet that is named behind a #."""
    named = NAMED_SHEET.fullmatch(pattern)
    if named is None or exists(pattern):
        return pattern, None
    return named[1], named[2]


def counts(name: str, pattern: str = "") -> bool:
    """Whether a wildcard of `pattern` may mean the file `name`: not hidden, no lock file of Excel, not half uploaded, not put away."""
    *folders, last = name.split("/")
    hidden = any(part.startswith(".") for part in (*folders, last))
    away = any(part.casefold() == ARCHIVE for part in folders) and not in_archive(pattern)
    return not hidden and not away and not last.startswith("~$") and not last.lower().endswith(IGNORED_SUFFIXES)


def in_archive(pattern: str) -> bool:
    """The pattern names the archive folder itself, without a wildcard."""
    return any(part.casefold() == ARCHIVE for part in pattern.split("/")[:-1])


def is_a_folder(pattern: str) -> StopEntity:
    """The fault of a source that names a folder."""
    return StopEntity(f"{pattern} is a folder, not a file; write {pattern}/*.csv to read the files in it")


def no_glob(pattern: str) -> StopEntity:
    """The fault of a source whose wildcards mean nothing."""
    return StopEntity(f"{pattern} is no glob that can be read; write one like 2026/*.csv")


def nothing_there(there: Iterable[str], pattern: str) -> NothingThere:
    """The fault of a source that matches nothing: it names what is there, the likeliest first."""
    names = sorted(name for name in there if counts(name))
    names.sort(key=lambda name: -difflib.SequenceMatcher(None, name.lower(), pattern.lower()).ratio())
    if not names:
        return NothingThere(f"no file matches {pattern}: the folder holds no files yet; put the export there")
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return NothingThere(
        f"no file matches {pattern}; the folder holds {', '.join(names[:LISTED])}{more}; correct 'from' in the field map or add the file"
    )
