"""Whether a workbook is whole and fits into memory, found out before any of it is read."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from connector.contract import StopEntity
from connector.files.folder import os_faults

BLOCK = 1 << 20
ROOT = re.compile(rb"<(?:\w+:)?(worksheet|sst|styleSheet|workbook|Relationships|Types)[\s>]")
ROWS_END = re.compile(rb"</(?:\w+:)?sheetData>")
WHOLE_LIMIT = 256 << 20
"""Bytes of a part that is held whole, such as the texts that cells share; about twice as much is needed for it."""
ROW_LIMIT = 32 << 20
"""Bytes of one row."""
SHEET_LIMIT = 8 << 30
"""Bytes of a sheet; Excel's own limits allow less."""


class Damaged(Exception):
    """The workbook is not as a workbook must be."""


def prove(path: Path, name: str) -> None:
    """Unpacks what a reader would unpack, holding none of it, so that a damaged workbook is not half stored when its damage shows.
    Raises StopEntity for one with a password or too large, Damaged or a fault of zipfile for one that is broken."""
    with os_faults(name), zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise StopEntity(f"{name} is protected with a password; save it without one")
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                _prove_part(archive, part, name)


def damage(fault: BaseException) -> bool:
    """The fault says that a ZIP archive is broken."""
    return isinstance(fault, Damaged | zipfile.BadZipFile | zlib.error | EOFError | NotImplementedError)


def _prove_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    with archive.open(part) as stream:
        blocks = iter(lambda: stream.read(BLOCK), b"")
        first = next(blocks, b"")
        root = ROOT.search(first)
        if root is None:
            return
        if root[1] != b"worksheet":
            if part.file_size > WHOLE_LIMIT:
                raise StopEntity(f"{name} holds more text than fits into memory; save it as CSV UTF-8")
        elif part.file_size > SHEET_LIMIT or _has_giant_row(first, blocks):
            raise StopEntity(f"{name} holds a row or a sheet larger than any of Excel's; export it again or save it as CSV UTF-8")
        for _block in blocks:
            pass


def _has_giant_row(block: bytes, blocks: Iterator[bytes]) -> bool:
    """Reads on to the end of the rows."""
    since, tail = 0, b""
    while block:
        seen = tail + block
        if ROWS_END.search(seen):
            return False
        mark = seen.rfind(b"row")
        since = len(seen) - mark if mark >= 0 else since + len(block)
        if since > ROW_LIMIT:
            return True
        tail, block = block[-64:], next(blocks, b"")
    return False
