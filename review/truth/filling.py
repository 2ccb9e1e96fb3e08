"""A form of one thing to decide: where on it something is wrong, and what to say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from jobs.refused import Refused
from review.forms import day_of
from review.page import Ask


class Misfilled(Refused):
    """A form that is filled in wrongly, with the field that it is about."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


@contextmanager
def at_field(name: str) -> Iterator[None]:
    """What is refused meanwhile is said at this field."""
    try:
        yield
    except Misfilled:
        raise
    except Refused as fault:
        raise Misfilled(name, str(fault)) from None


def later_day(ask: Ask, name: str, what: str) -> date:
    """A day after today, from the three fields of a date input. Raises Misfilled."""
    with at_field(f"{name}-day"):
        found = day_of(ask, name, what)
        if found <= ask.site.today():
            raise Refused("Enter a day after today. It ends by itself on that day.")
    return found
