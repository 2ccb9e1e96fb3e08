"""Reading forms: days, numbers and choices, each with what to tell whoever filled it in wrongly."""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from typing import Final

from jobs.refused import Refused
from review.page import Ask

PARTS: Final = ("day", "month", "year")
"""A day's fields, each under the name of the day and its own."""


def day_of(ask: Ask, name: str, what: str) -> date:
    """A day from three fields, `name-day`, `name-month` and `name-year`, as GOV.UK's date input sends it. Raises Refused."""
    found = day_if_any(ask, name, what)
    if found is None:
        raise Refused(f"Enter {what}, as in 27 3 2027.")
    return found


def day_if_any(ask: Ask, name: str, what: str) -> date | None:
    """The same where it may be left empty. Raises Refused for what is no day."""
    return _day([ask.said(f"{name}-{part}") for part in PARTS], what)


def day_in(query: Mapping[str, str], name: str, what: str, otherwise: date) -> date:
    """The same of an address's query; a day of ours where it names none. Raises Refused."""
    return _day([query.get(f"{name}-{part}", "").strip()[:20] for part in PARTS], what) or otherwise


def _day(parts: Sequence[str], what: str) -> date | None:
    """The day; None where nothing was typed."""
    day, month, year = parts
    if not (day or month or year):
        return None
    try:
        found = date(_number(year), _number(month), _number(day))
    except ValueError:
        raise Refused(f"{' '.join(filter(None, (day, month, year)))} is no day. Enter {what}, as in 27 3 2027.") from None
    if not 1990 <= found.year < 2100:
        raise Refused(f"{year} is too far off. Enter {what}, as in 27 3 2027.")
    return found


def one_of(ask: Ask, name: str, known: Container[str], wanted: str) -> str:
    """A choice. Raises Refused with what is wanted."""
    found = ask.said(name)
    if found not in known:
        raise Refused(wanted)
    return found


def number_of(text: str) -> int:
    """An id of ours. Raises Refused where it is none."""
    try:
        return _number(text)
    except ValueError:
        raise Refused("That is not there any more. Look at the page again.") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ValueError(text)
    return int(text)


def day_fields(ask: Ask, name: str, otherwise: date | None = None) -> list[dict[str, object]]:
    """The three items of GOV.UK's date input, with what was typed, or a day where nothing was."""
    return day_items(name, {key: ask.said(key) for key in (f"{name}-{part}" for part in PARTS)}, otherwise)


def day_items(name: str, typed: Mapping[str, str], otherwise: date | None = None) -> list[dict[str, object]]:
    """The same, with what was typed by the names of the fields."""
    parts = {part: otherwise and getattr(otherwise, part) for part in PARTS}
    return [
        {
            "name": part,
            "label": part.capitalize(),
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}",
            "value": typed.get(f"{name}-{part}", "") or (str(value) if value else ""),
        }
        for part, value in parts.items()
    ]
