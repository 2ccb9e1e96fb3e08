"""A field map tried on real rows: what would be read by it, before it is saved. Nothing is stored."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector.contract import Connector, ConnectorError, Page, Skipped
from connector.files.folder import find
from connector.files.peeking import peek
from jobs.budget import shared_budget
from jobs.pull import as_entity
from jobs.refused import Refused
from jobs.setup import Configured
from mappings.field_map import Block, FieldMap
from mappings.reading import Reader, Reading, pointed_at
from store.database import Database

ROWS = 50
"""Of each block so many are read."""
SHOWN = 10
"""So many of them are shown whole."""


@dataclass(frozen=True)
class TriedBlock:
    """What came of one block of the field map."""

    entity: str
    source: str
    rows: tuple[Mapping[str, str], ...] = ()
    """The first rows as they would be read: our fields, and `id`."""
    columns: tuple[str, ...] = ()
    """`id` and the fields that any of these rows fills."""
    read: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    """Id and reason of the rows that would be rejects."""
    notices: tuple[tuple[str, int], ...] = ()
    """What would be noted of rows that are kept, and how often."""
    empty: tuple[str, ...] = ()
    """Fields of the map that none of the rows fills."""
    unmapped: tuple[str, ...] = ()
    """Columns that are there and that the map does not name, as far as the connection can tell."""
    notes: tuple[str, ...] = ()
    fault: str = ""
    """Why nothing could be read."""


@dataclass
class _Taken:
    rows: list[Any] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def try_field_map(store: Database, of: Configured, field_map: FieldMap, zone: ZoneInfo) -> list[TriedBlock]:
    """Reads up to ROWS rows of each block by a field map. Raises Refused where the connection cannot be opened."""
    if of.source is None:
        raise Refused(f"{of.name} is a register, which has no field map")
    try:
        connector = of.source(field_map).open(partial(shared_budget, store, of.name))
    except ConnectorError as fault:
        raise Refused(f"{of.name} cannot be opened: {fault}") from None
    try:
        blocks = [block for held in field_map.blocks.values() for block in held]
        return [_tried(connector, of.folder, block, blocks, zone) for block in blocks]
    finally:
        connector.close(stored=False)


def _tried(connector: Connector, folder: Path | None, block: Block, blocks: list[Block], zone: ZoneInfo) -> TriedBlock:
    try:
        taken = _take(connector, block)
    except ConnectorError as fault:
        return TriedBlock(block.entity, block.source, unmapped=_unmapped(folder, block, blocks), fault=str(fault))
    readings = Reader(block, zone).read(taken.rows)
    kept = [reading for reading in readings if reading.reason is None]
    refused = [(reading.source_id, reading.reason) for reading in readings if reading.reason is not None]
    refused += [(skipped.source_id or skipped.where, skipped.reason) for skipped in taken.skipped]
    filled = {name for reading in readings for name in reading.fields}
    wanted = [*block.fields, *(["participants"] if block.guests else [])]
    noted = Counter(f"{name} '{text}' {what}" for reading in readings for name, text, what in reading.notices)
    return TriedBlock(
        block.entity,
        block.source,
        rows=tuple(shown(reading) for reading in kept[:SHOWN]),
        columns=("id", *(name for name in wanted if name in filled)),
        read=len(readings) + len(taken.skipped),
        refused=tuple(refused),
        notices=tuple(noted.most_common(20)),
        empty=tuple(name for name in wanted if name not in filled) if readings else (),
        unmapped=_unmapped(folder, block, blocks),
        notes=tuple(taken.notes),
    )


def _take(connector: Connector, block: Block) -> _Taken:
    """The first rows of a block, and no page more than they need."""
    taken, pages = _Taken(), connector.pull(as_entity(block), None)
    try:
        for page in pages:
            _add(taken, page)
            if len(taken.rows) >= ROWS or page.last:
                break
    except ConnectorError:
        raise
    except Exception as fault:  # a connector's own fault is its author's to mend
        raise ConnectorError(f"the connector itself failed ({type(fault).__name__}); tell whoever wrote it") from fault
    finally:
        if hasattr(pages, "close"):
            pages.close()
    return taken


def _add(taken: _Taken, page: Page) -> None:
    taken.rows += islice(page.rows, max(0, ROWS - len(taken.rows)))
    taken.skipped += page.skipped
    taken.notes += page.notes


def shown(reading: Reading) -> dict[str, str]:
    """A row as people read it."""
    return {"id": reading.source_id, **{name: _said(name, value) for name, value in reading.fields.items()}}


def _said(name: str, value: object) -> str:
    if name == "participants" and isinstance(value, list):
        return "; ".join(f"{listed[1]} ({listed[3]})" if listed[3] else str(listed[1]) for listed in value)
    return pointed_at(value) if isinstance(value, list) else str(value)


def _unmapped(folder: Path | None, block: Block, blocks: list[Block]) -> tuple[str, ...]:
    if folder is None:
        return ()
    named = {column for other in blocks if other.source == block.source for column in other.columns()}
    return tuple(column for column in _headers(folder, block.source) if column not in named)


def _headers(folder: Path, source: str) -> Iterator[str]:
    """The columns of a file that a source means."""
    try:
        found = find(folder, source)[0]
        tables = peek(found.path, rows=1)
    except ConnectorError:
        return
    for table in tables:
        if found.sheet is None or len(tables) == 1 or table.name.endswith(f"#{found.sheet}"):
            yield from table.columns
            return
