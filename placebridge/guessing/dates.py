"""How a column writes its dates: ISO, real dates, or a format; day first unless a value proves otherwise."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from mappings.cells import read_instant
from placebridge.guessing.columns import Column

_DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%d-%b-%y")
_AMERICAN = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y")
_YEAR_FIRST = ("%Y/%m/%d",)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %I:%M %p", " at %H:%M")
_LOOKED_AT = 2000
_UTC = ZoneInfo("UTC")
ENOUGH = 0.5
"""A column with fewer dates among its filled cells than this is no column of dates."""


@dataclass(frozen=True)
class Dates:
    """How a column is read: `form` is None for ISO and real dates."""

    form: str | None
    share: float
    remark: str = ""


def dates_of(column: Column) -> Dates:
    """The format that reads most of a column's filled cells; a share of 0 where it holds no dates."""
    cells = [cell for cell in column.cells if cell not in (None, "")][:_LOOKED_AT]
    texts = [str(cell).strip() for cell in cells if not isinstance(cell, date)]
    if not cells:
        return Dates(None, 0.0)
    if sum(_reads(text, None) for text in texts) >= len(texts) * 0.9:
        return Dates(None, (len(cells) - len(texts) + sum(_reads(text, None) for text in texts)) / len(cells))
    day_first, by_day = _best(texts, _DAYS + _YEAR_FIRST)
    month_first, by_month = _best(texts, _AMERICAN)
    form, read, remark = day_first, by_day, ""
    if by_month > by_day:
        form, read, remark = month_first, by_month, "month first: a value proves it"
    elif by_month == by_day and "/" in day_first + month_first and by_day:
        remark = "day first is assumed: every value could be read either way"
    return Dates(form, (len(cells) - len(texts) + read) / len(cells), remark)


def _best(texts: list[str], days: tuple[str, ...]) -> tuple[str, int]:
    """The format that reads most of the texts, and how many."""
    forms = [day + time for day in days for time in _TIMES]
    few = texts[:50]
    tried = sorted(forms, key=lambda form: -sum(_reads(text, form) for text in few))[:3]
    counts = [(form, sum(_reads(text, form) for text in texts)) for form in tried]
    return max(counts, key=lambda pair: pair[1])


def _reads(text: str, form: str | None) -> bool:
    # Bare numbers (20261101, a week, a year) are ISO to Python but rarely a date in an export.
    return not text.isdigit() and read_instant(text, form, _UTC) is not None
