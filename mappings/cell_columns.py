"""A page's cells, column by column: what one value of a field map makes of them.

Column by column, as a page has thousands of rows and a few dozen columns: what a value is read by is looked up once, not for each cell.
"""

from collections.abc import Callable, Sequence

from mappings.cells import Cell, as_text
from mappings.field_map_parts import Part

Table = Sequence[Sequence[Cell]]
"""The columns of a page, in the order of `Block.columns()`; all of one length."""

Take = Callable[[Table], Sequence[Cell]]
"""Takes a value's cells from a page, one for each row."""


def texts(cells: Sequence[Cell]) -> list[str]:
    """Cells as text without outer spaces."""
    try:
        return list(map(str.strip, cells))  # type: ignore[arg-type] # nearly all columns are text alone
    except TypeError:
        pass
    return [cell.strip() if type(cell) is str else as_text(cell) for cell in cells]


def taker(part: Part, at: dict[str, int]) -> Take:
    """How a part's value is read: columns joined, an empty one filled by `default`, then `values`. `at`: where each column is."""
    take = joiner(part, at)
    if not part.values and part.default is None:
        return take
    translate = translator(part)
    return lambda table: _each(translate, take(table))


def pointer(part: Part, at: dict[str, int]) -> Take:
    """As `taker`; but columns that together are an id are put together as there: by vertical bars, the empty ones too."""
    if part.match != "id" or len(part.columns) < 2 or part.join not in {None, "|"}:
        return taker(part, at)
    indexes, translate = [at[column] for column in part.columns], translator(part)
    return lambda table: _each(translate, joined_ids([table[index] for index in indexes]))


def joiner(part: Part, at: dict[str, int]) -> Take:
    """A part's columns, joined where they are several; before `default` and `values`."""
    if part.constant is not None:
        constant = part.constant
        return lambda table: [constant] * len(table[0] if table else ())
    indexes = [at[column] for column in part.columns]
    if len(indexes) == 1:
        index = indexes[0]
        return lambda table: table[index]
    between = " " if part.join is None else part.join

    def joined(table: Table) -> list[Cell]:
        columns = [texts(table[index]) for index in indexes]
        rows = zip(*columns, strict=True)
        if all(map(all, columns)):
            return list(map(between.join, rows))
        return [between.join(filter(None, row)) for row in rows]

    return joined


def translator(part: Part) -> Callable[[Cell], Cell]:
    """What a cell means: `default` where it is empty, then `values`; anything else as it is."""
    words, default = dict(part.values), part.default or ""

    def translated(cell: Cell) -> Cell:
        text = as_text(cell)
        if not text:
            cell = text = default
        return words.get(text.strip().casefold(), cell)

    return translated


def _each(translate: Callable[[Cell], Cell], cells: Sequence[Cell]) -> Sequence[Cell]:
    """What each cell means; of texts that come again only once."""
    try:
        "".join(cells)  # type: ignore[arg-type] # only texts are looked up: 1 and true would be one key
    except TypeError:
        return [translate(cell) for cell in cells]
    known = {cell: translate(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


def joined_ids(columns: Table) -> list[str]:
    """Ids of one or several columns: values joined by a vertical bar, empty where all of them are."""
    if len(columns) == 1:
        return texts(columns[0])
    rows = zip(*(texts(column) for column in columns), strict=True)
    return ["|".join(row) if any(row) else "" for row in rows]
