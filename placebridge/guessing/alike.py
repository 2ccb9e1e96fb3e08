"""Files that belong together: the same list exported in parts, or twice."""

import re
from itertools import takewhile

from mappings.pointing import fold_name
from placebridge.guessing.columns import Column, Sheet
from placebridge.guessing.line import BlockGuess

_PERIOD = re.compile(
    r"(?:19|20)\d\d|\b(?:q[1-4]|january|february|march|april|may|june|july|august|september|october|november|december|week|month|recent|new|last|extract|delta)\b"
)

Joined = tuple[str, Sheet, str]
"""The `from` of a block, its table, its entity."""


def joined(tables: list[tuple[Sheet, str]], files: set[str]) -> tuple[list[Joined], list[str]]:
    """Tables with the same columns as one where a glob names them and nothing else; the same list in two formats once."""
    groups: dict[tuple[str, tuple[str, ...]], list[Sheet]] = {}
    for sheet, entity in tables:
        groups.setdefault((entity, tuple(column.name for column in sheet.columns)), []).append(sheet)
    found: list[Joined] = []
    left_out: list[str] = []
    for (entity, _), sheets in groups.items():
        kept: list[Sheet] = []
        for sheet in sheets:
            twin = next((other for other in kept if _same_rows(sheet, other)), None)
            if twin:
                left_out.append(f"{sheet.source}: it holds the same rows as {twin.source}")
            else:
                kept.append(sheet)
        glob = _glob([sheet.source for sheet in kept], files)
        found += [(glob, _together(kept), entity)] if glob else [(sheet.source, sheet, entity) for sheet in kept]
    return found, left_out


def is_extract(source: str) -> bool:
    """Whether a file's name says that it holds a part only: a month, a quarter, what is new."""
    return "*" not in source and _PERIOD.search(source.casefold()) is not None


def leave_out_repeated(blocks: list[BlockGuess]) -> None:
    """Of two tables that name the same businesses or people, the one with fewer fields is left out: a name that fits two records
    is no reference any more."""
    for entity in ("business", "person"):
        mine = sorted((block for block in blocks if block.entity == entity and not block.missing), key=lambda block: -len(block.lines))
        kept: list[tuple[BlockGuess, set[str]]] = []
        for block in mine:
            names = _names(block)
            twin = next((other for other, held in kept if names and len(names & held) > 0.5 * min(len(names), len(held))), None)
            if twin:
                block.missing = f"it names the same as {twin.source}, which has more fields; one of them is enough"
            else:
                kept.append((block, names))


def _names(block: BlockGuess) -> set[str]:
    columns = [line.columns[0] for line in block.lines if line.key in {"first_name", "last_name", "name"} and not line.doubt]
    found = {fold_name(" ".join(column.at(row) for column in columns)) for row in range(block.sheet.rows)} if columns else set()
    return found - {""}


def _same_rows(one: Sheet, other: Sheet) -> bool:
    """Whether most rows of one stand in the other too."""
    if one.rows == 0 or other.rows == 0:
        return False
    mine, theirs = _rows(one), _rows(other)
    return len(mine & theirs) > 0.8 * min(len(mine), len(theirs))


def _rows(sheet: Sheet) -> set[tuple[str, ...]]:
    return {tuple(column.at(row) for column in sheet.columns) for row in range(sheet.rows)}


def _glob(sources: list[str], files: set[str]) -> str:
    """A glob that names these files and no other; empty where there is none."""
    if len(sources) < 2 or any("#" in source for source in sources):
        return ""
    start = _common(sources).rstrip("0123456789")
    end = _common([source[::-1] for source in sources])[::-1]
    if len(start) < 3 or (not end.startswith(".") and "." not in end) or set("*?[") & set(start + end):
        return ""
    end = end[end.index(".") :]
    matched = {file for file in files if file.startswith(start) and file.endswith(end) and len(file) >= len(start) + len(end)}
    return f"{start}*{end}" if matched == set(sources) else ""


def _common(texts: list[str]) -> str:
    """The letters with which all texts begin."""
    return "".join(letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False)))


def _together(sheets: list[Sheet]) -> Sheet:
    columns = [
        Column(column.name, tuple(cell for sheet in sheets for cell in sheet.columns[number].cells))
        for number, column in enumerate(sheets[0].columns)
    ]
    return Sheet(sheets[0].source, tuple(columns), sum(sheet.rows for sheet in sheets))
