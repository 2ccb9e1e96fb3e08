"""Cells as text, dates and times. A cell is text, or has a type where the system knows better (a workbook, JSON)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

Cell = str | int | float | bool | date | datetime | None


def as_text(cell: Cell) -> str:
    """A cell as text without outer spaces; a whole number without a decimal point, yes and no as true and false."""
    if type(cell) is str:
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).strip()


def read_instant(cell: Cell, form: str | None, zone: ZoneInfo) -> datetime | None:
    """A point in time in UTC; times without a zone are `zone`'s. None where the cell holds no date.

    A real date is taken as it is; text by `form` (strptime's letters) and by nothing else, without one as ISO 8601."""
    moment = _moment(cell, form)
    if moment is None or moment.tzinfo is UTC:
        return moment
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def read_instants(cells: Sequence[Cell], form: str | None, zone: ZoneInfo) -> list[datetime | None]:
    """`read_instant` for each of them."""
    if form is None:
        try:
            found: list[datetime | None] = list(map(datetime.fromisoformat, cells))  # type: ignore[arg-type] # most columns are such texts
        except (TypeError, ValueError):
            found = [None]
        if all(moment is not None and moment.tzinfo is UTC for moment in found):
            return found
    return [read_instant(cell, form, zone) for cell in cells]


def read_date(cell: Cell, form: str | None, zone: ZoneInfo) -> date | None:
    """A day: of a time with a zone, the day it is in `zone`. None where the cell holds no date."""
    moment = _moment(cell, form)
    if moment is None:
        return None
    return moment.astimezone(zone).date() if moment.tzinfo else moment.date()


def _moment(cell: Cell, form: str | None) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    text = as_text(cell)
    if form:
        return _parsed(text, form)
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _parsed(text: str, form: str) -> datetime | None:
    """By strptime, which takes ten times as long as to look an answer up."""
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the caller gives the zone
    except ValueError:
        return None
