"""XLSX files: their sheets, formats and shared strings, read from the ZIP without unpacking it."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from xml.etree import ElementTree

from connector.contract import StopEntity
from connector.files.cells import Cells, format_kind
from connector.files.folder import os_faults
from connector.files.header import HEADER_WITHIN, Header, complaint, look
from connector.files.pieces import Damaged, Pieces, local_name
from connector.files.sheet import Sheet, heads
from connector.files.strings import Strings

PART_LIMIT = 64 << 20
"""Bytes of a part that is read whole (the list of sheets, the formats)."""
SHEET_TYPE = "/worksheet"


@dataclass(frozen=True)
class Layout:
    """Where in a workbook the wanted columns are."""

    sheet: str
    header: Header
    name: str
    """The file, and its sheet where a source names one, for messages."""


@dataclass(frozen=True)
class _Listed:
    name: str
    part: str
    hidden: bool


@contextmanager
def workbook_faults(name: str) -> Iterator[None]:
    """Turns whatever a damaged workbook makes of its reading into one clear fault."""
    try:
        with os_faults(name):
            yield
    except MemoryError as fault:
        raise StopEntity(f"{name} holds more text than fits into memory; save it as CSV UTF-8") from fault
    except (
        Damaged,
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        LookupError,
        EOFError,
        ValueError,
        NotImplementedError,
    ) as fault:
        raise StopEntity(f"{name} is a damaged workbook; open it in Excel and save it again as .xlsx") from fault


class Workbook:
    """An open workbook. Use it as a context manager, inside `workbook_faults`."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._archive = zipfile.ZipFile(path)
        self._members: list[IO[bytes]] = []
        self._parts = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in self._archive.infolist()}
        if any(info.flag_bits & 1 for info in self._parts.values()):
            self.close()
            raise StopEntity(f"{name} is protected with a password; save it without one")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        # An open member keeps the archive's file open.
        for member in self._members:
            member.close()
        self._archive.close()

    @cached_property
    def sheets(self) -> list[str]:
        """The names of the worksheets, visible ones first."""
        return [sheet.name for sheet in sorted(self._listed, key=lambda sheet: sheet.hidden)]

    def heads(self, sheet: str, count: int) -> list[list[str]]:
        """The first rows that hold anything, as text."""
        pieces, stream, _size = self._pieces(sheet)
        with stream:
            return heads(pieces, self.cells(), count)

    def open_sheet(self, layout: Layout, wanted: Sequence[str]) -> Sheet:
        """The rows of a sheet; the workbook must stay open as long as it is read."""
        pieces, stream, size = self._pieces(layout.sheet)
        return Sheet(layout.name, pieces, stream, size, self.cells(), layout.header, wanted)

    def cells(self) -> Cells:
        """A converter of its own for each reader, as it counts errors."""
        return Cells(self._kinds, self._from_1904, self._strings)

    @cached_property
    def _root(self) -> str:
        """Where the list of sheets is: xl/workbook.xml nearly always."""
        targets = self._targets("")
        return next((target for kind, target in targets.values() if kind.endswith("/officeDocument")), "xl/workbook.xml")

    @cached_property
    def _book(self) -> ElementTree.Element:
        return self._xml(self._root)

    @cached_property
    def _from_1904(self) -> bool:
        return any(part.get("date1904") in ("1", "true") for part in self._book if local_name(part) == "workbookPr")

    @cached_property
    def _listed(self) -> list[_Listed]:
        targets = self._targets(self._root)
        listed = []
        for sheet in (sheet for part in self._book if local_name(part) == "sheets" for sheet in part):
            number = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            kind, part = targets.get(number, ("", ""))
            if kind.endswith(SHEET_TYPE) and part.lower() in self._parts:
                listed.append(_Listed(sheet.get("name", ""), part, sheet.get("state", "visible") != "visible"))
        if not listed:
            raise Damaged("no sheet in it")
        return listed

    @cached_property
    def _kinds(self) -> list[str]:
        """What each cell style shows."""
        part = self._related("/styles")
        if part is None:
            return []
        styles = {local_name(section): section for section in self._xml(part)}
        codes = {int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in styles.get("numFmts", ())}
        numbers = [int(one.get("numFmtId", "0")) for one in styles.get("cellXfs", ())]
        return [format_kind(number, codes.get(number)) for number in numbers]

    @cached_property
    def _strings(self) -> Strings:
        part = self._related("/sharedStrings")
        if part is None:
            return Strings(None)
        return Strings(Pieces(self._open(part), "sst", "si", empties=True))

    def _related(self, kind: str) -> str | None:
        found = (target for what, target in self._targets(self._root).values() if what.endswith(kind))
        return next((target for target in found if target.lower() in self._parts), None)

    def _targets(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part points to: id -> (type, part)."""
        folder, _, name = part.rpartition("/")
        rels = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        if rels.lower() not in self._parts:
            return {}
        return {
            one.get("Id", ""): (one.get("Type", ""), _joined(folder, one.get("Target", "")))
            for one in self._xml(rels)
            if one.get("TargetMode") != "External"
        }

    def _pieces(self, sheet: str) -> tuple[Pieces, IO[bytes], int]:
        part = next(listed.part for listed in self._listed if listed.name == sheet)
        stream = self._open(part)
        return Pieces(stream, "sheetData", "row", empties=False), stream, self._parts[part.lower()].file_size

    def _open(self, part: str) -> IO[bytes]:
        member = self._archive.open(self._parts[part.lower()])
        self._members.append(member)
        return member

    def _xml(self, part: str) -> ElementTree.Element:
        with self._open(part) as stream:
            content = stream.read(PART_LIMIT)
        if re.search(rb"<!DOCTYPE|<!ENTITY", content):
            raise Damaged("entities, which no workbook holds")
        return ElementTree.fromstring(content)  # noqa: S314 entities are refused above


def layout(path: Path, name: str, sheet: str | None, wanted: Sequence[str]) -> Layout:
    """The first sheet that holds the wanted columns, or the one named; raises StopEntity where there is none."""
    with workbook_faults(name), Workbook(path, name) as book:
        candidates = book.sheets if sheet is None else [_named(book, sheet)]
        best: Layout | None = None
        for candidate in candidates:
            called = name if sheet is None and len(book.sheets) == 1 else f"{name}#{candidate}"
            header = look(book.heads(candidate, HEADER_WITHIN), wanted)
            if header.cells and len(header.found) == len(wanted):
                return Layout(candidate, header, called)
            if best is None or len(header.found) > len(best.header.found):
                best = Layout(candidate, header, called)
        if best is None or not best.header.cells:
            raise StopEntity(f"{name} is empty, not even a header; export it again")
        raise StopEntity(complaint(best.name, best.header, wanted))


def _named(book: Workbook, sheet: str) -> str:
    alike = [name for name in book.sheets if name == sheet] or [name for name in book.sheets if name.casefold() == sheet.strip().casefold()]
    if not alike:
        there = ", ".join(f"'{name}'" for name in book.sheets)
        raise StopEntity(f"{book.name} has no sheet '{sheet}'; its sheets are: {there}")
    return alike[0]


def _joined(folder: str, target: str) -> str:
    """A part's full name from a target that may be relative."""
    if target.startswith("/"):
        return target.lstrip("/")
    parts: list[str] = folder.split("/") if folder else []
    for step in target.replace("\\", "/").split("/"):
        if step == "..":
            parts = parts[:-1]
        elif step not in ("", "."):
            parts.append(step)
    return "/".join(parts)
