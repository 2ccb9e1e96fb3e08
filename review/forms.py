"""Reading forms: days, numbers and choices, each with what to tell whoever filled it in wrongly."""

from collections.abc import Container
from datetime import date

from jobs.refused import Refused
from review.page import Ask


def day_of(ask: Ask, name: str, what: str) -> date:
    """A day from three fields, `name-day`, `name-month` and `name-year`, as GOV.UK's date input sends it. Raises Refused."""
    day, month, year = (ask.said(f"{name}-{part}") for part in ("day", "month", "year"))
    if not (day or month or year):
        raise Refused(f"Enter {what}, as in 27 3 2027.")
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
    parts = {"day": otherwise and otherwise.day, "month": otherwise and otherwise.month, "year": otherwise and otherwise.year}
    return [
        {
            "name": part,
            "label": part.capitalize(),
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}",
            "value": ask.said(f"{name}-{part}") or (str(value) if value else ""),
        }
        for part, value in parts.items()
    ]
