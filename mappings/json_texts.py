"""Rows as JSON texts, put together from their columns: that takes half the time of a dictionary for each row."""

from collections.abc import Mapping, Sequence

import orjson


def json_texts(columns: Mapping[str, Sequence[object]], rows: int) -> list[str]:
    """For each of so many rows the JSON object of its filled cells (text, lists, lists of lists), the names in order and no space between.

    An empty cell (no text, None, no list) is left out."""
    names = sorted(columns)
    if not names:
        return ["{}"] * rows
    parts, told = [], []
    for name in names:
        cells = _free_of_escapes(columns[name])
        parts.append(f'"{name}":"%s"' if cells else f'"{name}":%s')
        told.append(cells or [orjson.dumps(cell).decode() for cell in columns[name]])
    whole = f"{{{','.join(parts)}}}"
    written = zip(*told, strict=True)
    if all(map(all, columns.values())):
        return [whole % row for row in written]
    held = zip(*(columns[name] for name in names), strict=True)
    return [whole % row if all(cells) else _text(names, cells) for row, cells in zip(written, held, strict=True)]


def _free_of_escapes(column: Sequence[object]) -> Sequence[str] | None:
    """The column as texts, where all are texts or empty and stand in JSON as they are."""
    cells: list[str] = [cell or "" for cell in column]  # type: ignore[misc] # what is no text is found out by joining
    try:
        joined = "".join(cells)
    except TypeError:
        return None
    return None if b"\\" in orjson.dumps(joined) else cells


def _text(names: Sequence[str], cells: Sequence[object]) -> str:
    return orjson.dumps({name: cell for name, cell in zip(names, cells, strict=True) if cell}).decode()
