"""Exports in a folder, as the connector contract wants them."""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from connector.contract import ConnectorError, Cursor, Entity, Finding, Page, ReadOnly, Row, Skipped, StopEntity
from connector.files.archive import Archive
from connector.files.folder import Found
from connector.files.naming import NothingThere
from connector.files.place import LocalFolder, Place, Seen
from connector.files.tables import Plan, Reader, opened, plan_all
from connector.http.clock import Clock, SystemClock

LOG = logging.getLogger("connector.files")
SAMPLE_ROWS = 2000


class FilesConnector(ReadOnly):
    """Reads CSV, TSV and XLSX files from a folder. An entity's source is a file name or a glob relative to it, or `book.xlsx#Sheet`."""

    def __init__(self, folder: Path | Place, page_rows: int = 5000, archive: bool = False, clock: Clock | None = None) -> None:
        """`archive`: what was read and stored is put away, and a source without a file has nothing new."""
        self._place: Place = LocalFolder(folder) if isinstance(folder, Path) else folder
        self._page_rows = page_rows
        self._archive = Archive(self._place, clock or SystemClock()) if archive else None

    def check(self, entities: list[Entity]) -> list[Finding]:
        """Reads the first rows of each entity's files; says what was found or what to mend."""
        found = [self._check(entity) for entity in entities]
        return [*found, self._archive.finding()] if self._archive else found

    def fingerprint(self, entity: Entity) -> str:
        """Names, sizes and times of all files that the source means. Raises ConnectorError as `pull` does; no file is opened."""
        files = self._look(entity)
        if not files:
            return ""
        stamps = json.dumps([entity.source, _stamps(files)])
        return hashlib.sha256(stamps.encode()).hexdigest()

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        """Yields pages of at most `page_rows` rows, over all files in sorted order. Raises StopEntity and StopConnection for what an
        admin must mend, TryLater for a file that is being written."""
        seen = self._look(entity)
        if not seen:
            return (yield Page(last=True, snapshot=False))
        files = self._place.fetch(seen)
        reading = _Reading(files, entity, self._page_rows)
        if cursor is not None and not _fits(files, cursor):
            return (yield from reading.pages(None, [f"{entity.source}: the files are others than before, so they are read from the start"]))
        return (yield from reading.pages(cursor))

    def close(self, stored: bool) -> None:
        """Puts away what was read, where that is wanted and all of it is stored."""
        try:
            if stored and self._archive:
                self._archive.put_away()
        except Exception:  # what is stored is stored, whatever happens here
            LOG.warning("what was read was not put away", exc_info=True)
        finally:
            self._place.close()

    def _look(self, entity: Entity) -> Sequence[Seen]:
        """The files to read. None only where what was read is put away."""
        try:
            files = self._place.look(entity.source)
        except NothingThere as fault:
            if self._archive is None:
                raise StopEntity(str(fault)) from None
            files = []
        return self._archive.fresh(entity, files) if self._archive else files

    def _check(self, entity: Entity) -> Finding:
        name = f"{entity.kind} from {entity.source}"
        try:
            seen = self._look(entity)
            if not seen:
                return Finding(name, True, self._nothing_new(entity.source))
            plans = plan_all(self._place.fetch(seen), entity.columns)
            counts = [_estimate(planned, entity) for planned in plans]
        except ConnectorError as fault:
            return Finding(name, False, str(fault))
        about = "" if all(exact for _rows, exact in counts) else "about "
        rows = sum(rows for rows, _exact in counts)
        files = plans[0].name if len(plans) == 1 else f"{len(plans)} files"
        words = "; ".join(dict.fromkeys(planned.words for planned in plans))
        columns = "1 column" if len(entity.columns) == 1 else f"all {len(entity.columns)} columns"
        return Finding(name, True, f"{files}: {about}{rows:,} {'row' if rows == 1 else 'rows'}, {columns} found, {words}")

    def _nothing_new(self, source: str) -> str:
        try:
            self._place.look(source)
        except NothingThere as fault:
            return f"nothing new has come, so what is held stands ({fault})"
        return "nothing new has come, so what is held stands; what lies there was read before"


class _Reading:
    """One pull: what is gathered for the next page."""

    def __init__(self, files: list[Found], entity: Entity, page_rows: int) -> None:
        self._files, self._wanted, self._page_rows = files, entity.columns, page_rows
        self._stamps = _stamps(files)
        self._total = sum(found.stamp.size for found in files)
        self._before = self._count = 0
        self._rows: list[Row] = []
        self._skipped: list[Skipped] = []
        self._notes: list[str] = []
        self._restarted = False

    def pages(self, cursor: Cursor | None, notes: Sequence[str] = ()) -> Iterator[Page]:
        self._notes += notes
        self._restarted = bool(notes)
        start, row = (_number(cursor, "file"), _number(cursor, "row")) if cursor else (0, 0)
        plans = plan_all(self._files, self._wanted)
        for index, planned in enumerate(plans):
            if index >= start:
                yield from self._table(index, planned, row if index == start else 0)
            self._before += planned.found.stamp.size
        yield self._page(len(plans), 0, self._total, last=True)

    def _table(self, index: int, planned: Plan, start: int) -> Iterator[Page]:
        with opened(planned, self._wanted) as reader:
            if start:
                self._go_by(reader, start)
            else:
                self._notes += planned.notes()
            while not reader.ended:
                self._gather(reader)
                if self._count >= self._page_rows:
                    yield self._page(index, reader.row, min(self._before + reader.done, self._total))
            self._notes += reader.sieve.notes(planned.name)

    def _go_by(self, reader: Reader, start: int) -> None:
        """Reads what an earlier run has had, so that what was left out is counted whole."""
        while reader.row < start and not reader.ended:
            reader.read(min(self._page_rows, start - reader.row))
        reader.sieve.taken_skipped()

    def _gather(self, reader: Reader) -> None:
        before = reader.row
        self._rows += reader.read(self._page_rows - self._count)
        self._skipped += reader.sieve.taken_skipped()
        self._count += reader.row - before

    def _page(self, file: int, row: int, done: int, last: bool = False) -> Page:
        page = Page(
            rows=self._rows,
            skipped=self._skipped,
            notes=self._notes,
            restarted=self._restarted,
            cursor=None if last else {"files": self._stamps, "file": file, "row": row},
            last=last,
            total=self._total,
            done=done,
        )
        self._rows, self._skipped, self._notes, self._count, self._restarted = [], [], [], 0, False
        return page


def _stamps(files: Sequence[Seen]) -> dict[str, list[int]]:
    return {found.name: [found.stamp.size, found.stamp.mtime_ns] for found in files}


def _fits(files: list[Found], cursor: Cursor) -> bool:
    file, row = cursor.get("file"), cursor.get("row")
    numbers = isinstance(file, int) and isinstance(row, int) and 0 <= file <= len(files) and row >= 0
    return numbers and cursor.get("files") == _stamps(files)


def _number(cursor: Cursor, key: str) -> int:
    number = cursor[key]
    return number if isinstance(number, int) else 0


def _estimate(planned: Plan, entity: Entity) -> tuple[int, bool]:
    """Rows in a file, and whether they were counted to the last one."""
    with opened(planned, entity.columns) as reader:
        rows = len(reader.read(SAMPLE_ROWS))
        if reader.ended or not reader.done:
            return rows, reader.ended
        return round(rows * planned.found.stamp.size / reader.done), False
