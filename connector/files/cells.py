"""A workbook's cells: what their XML and number formats make of them."""

import html
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from connector.contract import Value

Convert = Callable[[bytes], Value]

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]|general', re.IGNORECASE)
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
PADDED = re.compile(r"0{2,}")
BUILT_IN = {**dict.fromkeys([14, 15, 16, 17, *range(27, 37), *range(50, 59)], "date"), 22: "moment"}
BUILT_IN |= {**dict.fromkeys([18, 19, 20, 21, 45, 47], "time"), 46: "elapsed"}
LAST_DAY = 2_958_466
EXACT = 1e21


def format_kind(number: int, code: str | None) -> str:
    """What a number format shows: date, moment (a date and a time), time, elapsed, `00000000` (leading zeros) or number."""
    if code is None:
        return BUILT_IN.get(number, "number")
    if PADDED.fullmatch(code):
        return code
    shown = NOT_SHOWN.sub("", code.partition(";")[0]).lower()
    if ELAPSED.search(shown):
        return "elapsed"
    days, hours = bool(re.search("[dy]", shown)), bool(re.search("[hs]", shown))
    if days or ("m" in shown and not hours):
        return "moment" if hours else "date"
    return "time" if hours else "number"


class Cells:
    """Converts cells by their attributes. What one combination of attributes means is worked out once."""

    def __init__(self, kinds: list[str], from_1904: bool, strings: Callable[[int], str]) -> None:
        self._kinds, self._strings = kinds, strings
        self._epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 cells know no zone
        self._from_1904 = from_1904
        self._known: dict[bytes, Convert] = {}
        self.errors = 0
        """Cells converted that hold an error such as #N/A."""

    def convert(self, attributes: bytes, content: bytes) -> Value:
        """The value of a cell; `content` is the XML text of its <v> or <is>."""
        if not content:
            return None
        how = self._known.get(attributes)
        if how is None:
            how = self._known[attributes] = self._how(dict(ATTRIBUTE.findall(attributes)))
        return how(content)

    def _how(self, attributes: dict[bytes, bytes]) -> Convert:
        kind = attributes.get(b"t", b"n")
        if kind == b"n":
            return self._number_as(int(attributes.get(b"s", b"0")))
        known: dict[bytes, Convert] = {
            b"s": lambda content: self._strings(int(content)),
            b"b": lambda content: content.strip() in (b"1", b"true"),
            b"e": self._error,
            b"d": _iso,
        }
        return known.get(kind, text)

    def _number_as(self, style: int) -> Convert:
        kind = self._kinds[style] if style < len(self._kinds) else "number"
        if kind == "number":
            return _number
        if kind.startswith("0"):
            return lambda content: _padded(_number(content), len(kind))
        return lambda content: self._moment(float(content), kind)

    def _error(self, _content: bytes) -> None:
        self.errors += 1

    def _moment(self, serial: float, kind: str) -> Value:
        if kind == "elapsed" or (kind == "time" and 0 <= serial < 1):
            return _clock(serial)
        first = 0 if self._from_1904 else 1
        if not first <= serial < LAST_DAY - (1462 if self._from_1904 else 0):
            return _clock(serial) if 0 <= serial < 1 and kind == "moment" else _whole(serial)
        if not self._from_1904 and serial < 61:
            serial += 1  # Excel believes in 29 February 1900
        moment = self._epoch + timedelta(milliseconds=round(serial * 86_400_000))
        return moment.date() if kind == "date" and moment.time() == datetime.min.time() else moment


def text(content: bytes) -> str:
    """XML text as people see it."""
    shown = content.decode()
    if "\r" in shown:
        shown = shown.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in shown:
        shown = html.unescape(shown)
    return ESCAPED.sub(_unescaped, shown) if "_x" in shown else shown


def _unescaped(match: re.Match[str]) -> str:
    letter = chr(int(match[1], 16))
    return "" if letter in "\0\r" else letter


def _number(content: bytes) -> int | float:
    try:
        return int(content)
    except ValueError:
        return _whole(float(content))


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < EXACT else number


def _padded(number: int | float, width: int) -> Value:
    return f"{number:0{width}d}" if isinstance(number, int) and number >= 0 else number


def _clock(days: float) -> str:
    """A time of day or a duration, as text: `09:30`, `36:00:15`."""
    seconds = round(abs(days) * 86_400)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{'-' if days < 0 and seconds else ''}{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")


def _iso(content: bytes) -> date | datetime | str:
    written = text(content)
    try:
        moment = datetime.fromisoformat(written).replace(tzinfo=None)
    except ValueError:
        return written
    return moment.date() if len(written) == 10 else moment
