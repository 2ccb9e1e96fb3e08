"""Fields that a header names: which column, and whether its cells bear that out."""

from placebridge.guessing.columns import Column, Sheet
from placebridge.guessing.contents import fault
from placebridge.guessing.dates import ENOUGH, Dates, dates_of
from placebridge.guessing.line import Line
from placebridge.guessing.wording import HEADINGS, LEAST_KNOWN, wording_of
from placebridge.guessing.words import header_words

_STREET = (
    "street",
    "street 1",
    "address",
    "address line 1",
    "address 1",
    "address 1 street 1",
    "billing street",
    "street address",
    "line 1",
)
_MORE_STREET = ("street 2", "street 3", "address line 2", "address line 3", "address 2", "address 1 street 2", "address 1 street 3", "line 2", "line 3", "supplemental address 1")  # fmt: skip


def best_column(sheet: Sheet, entity: str, field: str, taken: set[str]) -> tuple[Column | None, str, str]:
    """The column for a field, why it is doubtful (empty where it is not), and what to say beside it."""
    named = [(rank, column) for rank, column in sheet.named(header_words(entity, field)) if column.name not in taken]
    if not named:
        return None, "", ""
    fitting = [(rank, column) for rank, column in named if not fault(field, column)]
    filled = [(rank, column) for rank, column in fitting if column.texts] or fitting
    if not filled:
        return named[0][1], fault(field, named[0][1]), ""
    rank, best = filled[0]
    same = [column for other, column in filled[1:] if other == rank and column.texts != best.texts]
    if same:
        fullest = max((best, *same), key=lambda column: len(column.texts))
        return fullest, f"two columns fit: {', '.join(column.name for column in (best, *same))}", ""
    others = [column.name for _, column in filled[1:3] if column.texts]
    return best, "", f"fits too: {', '.join(others)}" if others else ""


def date_line(entity: str, field: str, sheet: Sheet, taken: set[str]) -> Line | None:
    """A field that holds a date: of the columns that its name fits, the first that holds dates."""
    named = [column for _, column in sheet.named(header_words(entity, field)) if column.name not in taken]
    looked = [(column, dates_of(column)) for column in named]
    dated = [(column, dates) for column, dates in looked if dates.share >= ENOUGH]
    if dated:
        column, dates = max(dated[:3], key=lambda pair: round(pair[0].filled, 1))
        return Line(field, (column,), _format(dates), _date_remark(column, dates, dated))
    if not looked:
        return None
    column = looked[0][0]
    doubt = "it is empty; take the # away when it holds dates" if not column.texts else "its cells are no dates"
    return Line(field, (column,), doubt=doubt)


def _format(dates: Dates) -> dict[str, object]:
    return {"format": dates.form} if dates.form else {}


def _date_remark(column: Column, dates: Dates, dated: list[tuple[Column, Dates]]) -> str:
    unread = round((1 - dates.share) * len(column.texts))
    said = [dates.remark] if dates.remark else []
    said += [f"{unread} of its cells are no dates like that"] if unread else []
    others = [other.name for other, _ in dated if other is not column][:2]
    said += [f"fits too: {', '.join(others)}"] if others else []
    return "; ".join(said)


def word_line(entity: str, field: str, sheet: Sheet, taken: set[str], private: frozenset[str]) -> Line | None:
    """A field that holds one of a few words."""
    named = [column for _, column in sheet.named(header_words(entity, field)) if column.name not in taken]
    looked = [(column, wording_of(entity, field, column, private)) for column in named]
    known = [(column, wording) for column, wording in looked if wording.share >= LEAST_KNOWN and not wording.too_many]
    if not known:
        return _unplaced(field, looked[0][0]) if looked else None
    column, wording = known[0]
    options: dict[str, object] = {"values": wording.values} if wording.values else {}
    unknown = () if field == "direction" else wording.unknown  # words of meetings stand there too, and have none
    remark = f"{len(unknown)} of its words have no entry yet" if unknown else ""
    return Line(field, (column,), options, remark, todo=unknown)


def _unplaced(field: str, column: Column) -> Line:
    if not column.texts:
        return Line(field, (column,), doubt="it is empty")
    return Line(field, (column,), doubt=f"its {column.distinct} different words are not known; write `values` with theirs and ours")


def plain_line(entity: str, field: str, sheet: Sheet, taken: set[str]) -> Line | None:
    """A field of free text."""
    if field == "address":
        return _address(sheet, taken)
    column, doubt, remark = best_column(sheet, entity, field, taken)
    return Line(field, (column,), remark=remark, doubt=doubt) if column else None


def _address(sheet: Sheet, taken: set[str]) -> Line | None:
    first = [column for _, column in sheet.named(_STREET) if column.name not in taken]
    if not first:
        return None
    more = [
        column
        for _, column in sorted(sheet.named(_MORE_STREET), key=lambda pair: pair[1].plain)
        if column.name not in taken and column is not first[0]
    ]
    columns = (first[0], *more[:2])
    return Line("address", columns, {"join": ", "} if len(columns) > 1 else {})


def is_word_field(entity: str, field: str) -> bool:
    """Whether a field holds one of a few words."""
    return (entity, field) in HEADINGS
