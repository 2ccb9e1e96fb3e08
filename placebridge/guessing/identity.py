"""What tells the rows of a table apart: a column of ids, or several columns together."""

from dataclasses import dataclass
from itertools import combinations

from placebridge.guessing.columns import Column, Sheet
from placebridge.guessing.words import counted, header_words, plain

_NO_ID = "no id column: a row in which one of these changes counts as new"
_NEARLY, _MOSTLY = 0.98, 0.5
_COLUMNS_AT_MOST = 4


@dataclass(frozen=True)
class Identity:
    """The columns of an id, and what the reader should know of them."""

    columns: list[Column]
    remark: str = ""


def identity_of(sheet: Sheet, entity: str, known: dict[str, Column]) -> Identity:
    """The id of a table. `known` are the columns already taken for fields, by field: the parts of an id that is put together."""
    named = [column for _, column in _named(sheet, entity)]
    best = next((column for column in named if column.unique), None)
    if best:
        return Identity([best])
    nearly = next((column for column in named if _nearly_unique(column)), None)
    if nearly:
        return Identity([nearly], _without(nearly))
    return _put_together(sheet, entity, known)


def _named(sheet: Sheet, entity: str) -> list[tuple[int, Column]]:
    own = [word for word in (*_singular(sheet.title), plain(entity)) if word]
    named = sheet.named((*header_words(entity, "id"), *own))
    # A column whose header is an id by any name counts last: `Case Ref`, `Number`.
    taken = {column.name for _, column in named}
    ends = [
        column for column in sheet.columns if column.name not in taken and column.plain.endswith((" id", " ref", " reference", " guid"))
    ]
    return [*named, *((len(named), column) for column in ends if column.unique)]


def _singular(title: str) -> list[str]:
    return [title, title.removesuffix("s"), title.removesuffix("ies") + "y", title.rsplit(" ", 1)[-1].removesuffix("s")]


def _nearly_unique(column: Column) -> bool:
    return len(column.texts) >= 2 and column.distinct / len(column.texts) >= _NEARLY and column.filled >= _MOSTLY


def _without(column: Column) -> str:
    """What becomes of rows that repeat an id or have none: some CRMs write further lines of a record without its id."""
    repeated, empty = len(column.texts) - column.distinct, len(column.cells) - len(column.texts)
    said = [f"{counted(repeated, 'row')} repeating one"] if repeated else []
    said += [f"{counted(empty, 'row')} without one (further lines of the row above?), which a sync refuses"] if empty else []
    return "; ".join(said)


_PARTS = {
    "business": ("name", "postcode", "town", "address"),
    "person": ("last_name", "first_name", "name", "email", "business"),
    "engagement": ("starts_at", "subject", "business", "participants", "kind", "owner"),
}


def _put_together(sheet: Sheet, entity: str, known: dict[str, Column]) -> Identity:
    """The smallest set of columns that tells the rows apart, else all that may."""
    parts = [known[field] for field in _PARTS.get(entity, ()) if field in known and known[field].texts]
    if not parts:
        return Identity([])
    least = 2 if entity != "business" and len(parts) > 1 else 1
    rows = [row for row in range(sheet.rows) if entity != "business" or parts[0].at(row)]
    for size in range(least, min(len(parts), _COLUMNS_AT_MOST) + 1):
        for some in combinations(parts, size):
            if parts[0] in some and _different(some, rows) == len(rows):
                return Identity(list(some), "; ".join(filter(None, (_NO_ID, _without(some[0]) if size == 1 else ""))))
    some = tuple(parts[:_COLUMNS_AT_MOST])
    alike = len(rows) - _different(some, rows)
    remark = f"{_NO_ID}; {counted(alike, 'row')} alike even so, taken for one or refused" if alike else _NO_ID
    return Identity(list(some), remark)


def _different(columns: tuple[Column, ...], rows: list[int]) -> int:
    """How many of the rows the columns tell apart."""
    return len({tuple(column.at(row) for column in columns) for row in rows})
