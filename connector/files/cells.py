"""What a workbook's cell holds, as people see it: dates as dates, whole numbers whole, leading zeros kept."""

import math
import re
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import Protocol

from connector.contract import Value

PADDED = re.compile(r"0{2,}")
NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
EXACT = 1e21
FIRST_YEAR = 1900
"""Excel shows no date before it."""


class Cell(Protocol):
    """As much of openpyxl's cell as is asked for."""

    @property
    def value(self) -> object: ...
    @property
    def data_type(self) -> str: ...
    @property
    def number_format(self) -> str | None: ...


class Fault(Enum):
    """What stands for a cell that holds no value but an error."""

    ERROR = "#N/A and its like"


def held(cell: Cell) -> Value | Fault:
    """The value of a cell. A time or a duration comes as text: `09:30`, `36:00:15`."""
    value = cell.value
    if isinstance(value, str):
        return Fault.ERROR if value.startswith("#") and cell.data_type == "e" else _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    if isinstance(value, datetime):
        return _moment(value, cell.number_format or "")
    return _timed(value)


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value


def _number(value: int | float, code: str) -> Value | Fault:
    if not math.isfinite(value):
        return Fault.ERROR
    number = int(value) if abs(value) < EXACT and value == int(value) else value
    if isinstance(number, int) and number >= 0 and PADDED.fullmatch(code):
        return f"{number:0{len(code)}d}"
    return number


def _moment(value: datetime, code: str) -> Value | Fault:
    if value.year < FIRST_YEAR:
        return Fault.ERROR
    return value.date() if value.time() == time.min and not _shows_hours(code) else value


@lru_cache(maxsize=1024)
def _shows_hours(code: str) -> bool:
    return re.search("[hs]", NOT_SHOWN.sub("", code.partition(";")[0]), re.IGNORECASE) is not None


def _timed(value: object) -> Value | Fault:
    if isinstance(value, time):
        return _clock(timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond))
    if isinstance(value, timedelta):
        return _clock(value)
    return value if isinstance(value, date) else Fault.ERROR


def _clock(span: timedelta) -> str:
    seconds = round(abs(span).total_seconds())
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    sign = "-" if span < timedelta() and seconds else ""
    return f"{sign}{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")
