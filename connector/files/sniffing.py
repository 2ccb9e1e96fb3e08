"""What a file is, whatever its name says: a workbook or text, and text in which encoding."""

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from connector.contract import StopEntity
from connector.files.folder import os_faults

BLOCK = 1 << 20
HEAD = 1 << 16
SAVE_AS = "open it in Excel and save it as CSV UTF-8 or as an Excel workbook (.xlsx)"
RESAVE = "save it as CSV UTF-8"
WORKBOOK_NAMES = (".xlsx", ".xlsm")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

UNDEFINED_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# The shapes that accents, pounds and typographic quotes take in UTF-8; as Windows-1252 they would be the likes of 'Ã©' and 'â€™'.
UTF8_LOOKS = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2(?:\x80[\x80-\xbf]|\x82\xac)")
ABOVE_ASCII = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class Encoding:
    """How to read a text file, proven on all of its bytes."""

    codec: str
    skip: int
    """Bytes of the byte order mark."""
    words: str
    nuls: bool = False
    """It holds NUL characters, to be removed."""
    notes: tuple[str, ...] = ()


def is_workbook(path: Path, name: str) -> bool:
    """True for a workbook, False for text; anything else is a StopEntity that says what to do."""
    with os_faults(name), path.open("rb") as stream:
        head = stream.read(HEAD)
        if not head:
            raise StopEntity(f"{name} is empty, not even a header; export it again")
        if head.startswith(b"PK\x03\x04"):
            return _zip_is_workbook(stream, name)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            raise StopEntity(_old_or_locked(stream, name))
    if name.lower().endswith(WORKBOOK_NAMES):
        raise StopEntity(f"{name} is not a workbook, whatever its name says, or it is damaged; {SAVE_AS}")
    _refuse_other(head, name)
    return False


def encoding(path: Path, name: str) -> Encoding:
    """One pass over all bytes: an invalid one at the end of a large file must not turn up when half of it is stored."""
    with os_faults(name), path.open("rb") as stream:
        head = stream.read(4)
        stream.seek(0)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            little = head.startswith(codecs.BOM_UTF16_LE)
            return _utf16(stream, name, "utf-16-le" if little else "utf-16-be")
        marked = head.startswith(codecs.BOM_UTF8)
        valid, nuls = _decodes(stream, "utf-8")
        if valid:
            return Encoding("utf-8", 3 if marked else 0, "UTF-8", nuls)
        stream.seek(0)
        if marked:
            raise StopEntity(
                f"{name} line {_line_of_broken_utf8(stream)} holds bytes that are not UTF-8, though the file is marked so; {RESAVE}"
            )
        return _windows(stream, name, nuls)


def _zip_is_workbook(stream: BinaryIO, name: str) -> bool:
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = {part.replace("\\", "/").lower() for part in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError) as fault:
        raise StopEntity(f"{name} is a damaged or half-written workbook; {SAVE_AS}") from fault
    if "xl/workbook.xml" in parts or ("_rels/.rels" in parts and "[content_types].xml" in parts and "xl/workbook.bin" not in parts):
        return True
    if "xl/workbook.bin" in parts or "content.xml" in parts:
        raise StopEntity(f"{name} is a workbook of another kind (binary or OpenDocument); {SAVE_AS}")
    raise StopEntity(f"{name} is a ZIP archive; unpack it and put the CSV or XLSX file inside it into the folder")


def _old_or_locked(stream: BinaryIO, name: str) -> str:
    """Old .xls files and password-protected .xlsx files share one container."""
    stream.seek(0)
    tail = b""
    while block := stream.read(BLOCK):
        if ENCRYPTED in tail + block:
            return f"{name} is protected with a password; save it without one"
        tail = block[-len(ENCRYPTED) :]
    return f"{name} is an old Excel file (.xls); {SAVE_AS}"


def _refuse_other(head: bytes, name: str) -> None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if start.startswith(b"%pdf-"):
        raise StopEntity(f"{name} is a PDF; export the table itself and {RESAVE}")
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise StopEntity(f"{name} is a web page or XML, not a table; {SAVE_AS}")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not head.startswith(codecs.BOM_UTF32_LE):
        return
    if head.startswith(b"\x1f\x8b") or head.count(0) * 100 > len(head):
        raise StopEntity(f"{name} is not text (it may be another kind of file, or UTF-16 without its mark); {RESAVE}")


def _decodes(stream: BinaryIO, codec: str) -> tuple[bool, bool]:
    """Whether all bytes are valid, and whether there are NULs among those read."""
    decoder = codecs.getincrementaldecoder(codec)()
    nuls = False
    try:
        while block := stream.read(BLOCK):
            text = decoder.decode(block)
            nuls = nuls or "\0" in text
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False, nuls
    return True, nuls


def _utf16(stream: BinaryIO, name: str, codec: str) -> Encoding:
    valid, nuls = _decodes(stream, codec)
    if not valid:
        raise StopEntity(f"{name} is marked as UTF-16 but is damaged; {RESAVE}")
    return Encoding(codec, 2, "UTF-16", nuls)


def _windows(stream: BinaryIO, name: str, nuls: bool) -> Encoding:
    """Windows-1252, unless a majority of UTF-8 or bytes that 1252 does not define speak against it."""
    line, looks, others = 1, 0, 0
    first_look: int | None = None
    first_undefined: int | None = None
    while block := stream.read(BLOCK):
        block += stream.readline(BLOCK)  # on to the line's end, so that no character is cut in two
        nuls = nuls or b"\0" in block
        first_undefined = first_undefined or _line_of(UNDEFINED_1252, block, line)
        first_look = first_look or _line_of(UTF8_LOOKS, block, line)
        found = UTF8_LOOKS.findall(block)
        looks += len(found)
        others += len(ABOVE_ASCII.findall(block)) - sum(map(len, found))
        line += _lines_in(block)
    if looks and looks >= others:
        stream.seek(0)
        raise StopEntity(f"{name} line {_line_of_broken_utf8(stream)} holds bytes that are not UTF-8, though the rest is; {RESAVE}")
    if first_undefined:
        raise StopEntity(f"{name} line {first_undefined} holds bytes that are neither UTF-8 nor Windows-1252; {RESAVE}")
    if not first_look:
        return Encoding("cp1252", 0, "Windows-1252", nuls)
    places = "1 place looks" if looks == 1 else f"{looks} places look"
    note = f"{name} is read as Windows-1252, but {places} like UTF-8 (line {first_look}); if names there are garbled, {RESAVE}"
    return Encoding("cp1252", 0, "Windows-1252", nuls, (note,))


def _line_of(pattern: re.Pattern[bytes], block: bytes, line: int) -> int | None:
    match = pattern.search(block)
    return line + _lines_in(block[: match.start()]) if match else None


def _line_of_broken_utf8(stream: BinaryIO) -> int:
    line = 1
    while block := stream.read(BLOCK):
        block += stream.readline(BLOCK)
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as fault:
            return line + _lines_in(block[: fault.start])
        line += _lines_in(block)
    return line


def _lines_in(block: bytes) -> int:
    """Line ends in a block; a lone CR ends a line only where there is no LF at all."""
    return block.count(b"\n") or block.count(b"\r")
