"""A folder of exports as a field map: every file is read, every table judged, and references looked up across them."""

from dataclasses import dataclass
from pathlib import Path

from connector.contract import ConnectorError
from connector.files import peek
from mappings.field_map import FieldMapError, read
from mappings.pointing import Index
from placebridge.guessing.alike import is_extract, joined, leave_out_repeated
from placebridge.guessing.blocks import Town, basics_of, block_of, rows_for_index
from placebridge.guessing.columns import Sheet
from placebridge.guessing.entities import ENTITIES, Judged, judge
from placebridge.guessing.line import BlockGuess
from placebridge.guessing.presets import fitted, known_as
from placebridge.guessing.writing import written

ENDINGS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm"}
NEARLY = {
    ".xls": "save it as .xlsx",
    ".ods": "save it as .xlsx",
    ".xlsb": "save it as .xlsx",
    ".json": "export it as CSV",
    ".numbers": "export it as CSV",
}
ROWS = 50_000
"""Rows of a table that are looked at."""


@dataclass
class Guess:
    """What `init` makes of one folder."""

    text: str
    blocks: list[BlockGuess]
    left_out: list[str]

    @property
    def valid(self) -> bool:
        """Whether a sync could read the map."""
        try:
            read(self.text, "guess")
        except FieldMapError:
            return False
        return True


def exports_in(folder: Path) -> list[Path]:
    """The files of a folder that may be exports."""
    return sorted(
        path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in ENDINGS and not path.name.startswith((".", "~"))
    )


def guess(name: str, folder: Path, by_presets: bool = False) -> Guess:
    """Guesses the field map of a connection. `by_presets`: an export whose headers a preset knows is read by that."""
    sheets, left_out = _read(folder)
    taken: list[tuple[Sheet, str]] = []
    for sheet in sheets:
        known = known_as(sheet) if by_presets else None
        judged = Judged(known.entity) if known else judge(sheet)
        if judged.entity:
            taken.append((sheet, judged.entity))
        else:
            left_out.append(f"{sheet.source}: {judged.why}")
    tables, more = joined(taken, {path.name for path in folder.iterdir()})
    left_out += more
    town = _town([(sheet, entity) for _, sheet, entity in tables])
    blocks = []
    for source, sheet, entity in tables:
        block = block_of(sheet, entity, town)
        block.source = source
        block.complete = not is_extract(source)
        block.complete_remark = "by its name a part only: nothing is deleted because it is not in the file"
        if by_presets and (known := known_as(sheet)):
            block = fitted(known, block, town.private)
        blocks.append(block)
    leave_out_repeated(blocks)
    return Guess(written(name, blocks, left_out), blocks, left_out)


def _read(folder: Path) -> tuple[list[Sheet], list[str]]:
    sheets, left_out = [], []
    for path in exports_in(folder):
        try:
            sheets += [Sheet.of(table) for table in peek(path, ROWS)]
        except ConnectorError as fault:
            left_out.append(str(fault))
    nearly = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in NEARLY]
    left_out += [f"{path.name}: files of this kind are not read; {NEARLY[path.suffix.lower()]}" for path in nearly]
    return sheets, left_out


def _town(tables: list[tuple[Sheet, str]]) -> Town:
    town = Town()
    private: set[str] = set()
    for entity in ENTITIES[:3]:
        rows: list[tuple[int, str, dict[str, object]]] = []
        for sheet, its in tables:
            if its == entity:
                rows += rows_for_index(sheet, entity, len(rows))
        if rows:
            town.indexes[entity] = Index(entity, rows)
        if entity != "engagement":
            private |= {
                str(name).casefold()
                for _, _, fields in rows
                for key, name in fields.items()
                if key != "company_number" and len(str(name)) > 3
            }
    town.private = frozenset(private)
    town.named = frozenset(entity for entity in ENTITIES[:3] if _by_name_only([sheet for sheet, its in tables if its == entity], entity))
    return town


def _by_name_only(sheets: list[Sheet], entity: str) -> bool:
    """Whether the tables of an entity have no column of ids."""
    found = [basics_of(sheet, entity) for sheet in sheets]
    return bool(found) and all(set(ids) <= set(known.values()) for ids, known in found)
