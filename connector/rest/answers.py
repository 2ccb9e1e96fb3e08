"""What is taken from an answer: its rows, how many there are in all, whether there is more."""

from typing import Any

from connector.http import Answer, WrongShape
from connector.rest.columns import MISSING, Odd, Path, as_text, kind
from connector.rest.plan import Ask
from connector.rest.words import Total


def items_of(ask: Ask, answer: Answer) -> list[Any]:
    """The rows, unread. Raises WrongShape where there is no list."""
    name = ask.rows.text or "the answer itself"
    found = found_in(answer.data, ask.rows)
    if found is MISSING:
        raise WrongShape(name, "is missing")
    if not isinstance(found, list):
        raise WrongShape(name, f"is {kind(found)} and not a list")
    return found


def total_of(ask: Ask, answer: Answer) -> int | None:
    """How many rows there are, where it is told; some services say -1 for not counted."""
    if ask.total is None:
        return None
    told = answer.headers.get(ask.total.header) if isinstance(ask.total, Total) else found_in(answer.data, ask.total)
    digits = as_text(told).rpartition("/")[2]
    return int(digits) if digits.isascii() and digits.isdigit() else None


def more_of(ask: Ask, answer: Answer) -> bool | None:
    """Whether the service says that there is more; None where it does not say."""
    if ask.paging.more is None:
        return None
    found = found_in(answer.data, ask.paging.more)
    return None if found is MISSING else as_text(found).lower() not in {"", "false", "no", "0"}


def found_in(data: object, path: Path) -> Any:
    """What is at a path of an answer. Raises WrongShape."""
    try:
        return path.find(data)
    except Odd as odd:
        raise WrongShape(path.text, f"is not there: {odd}") from None
