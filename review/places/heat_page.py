"""Places by themes: how far the leaders of each are engaged."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from jobs.place import picture
from jobs.place.picture import Counts, Stored
from jobs.place.seats import WHOLE
from review.page import Ask
from review.paging import page_number, pages_of
from review.places.tabs import path_to
from review.rendering import render

ROWS: Final = 40
"""Places on one page."""
COUNTS: Final = {
    "engaged": "Businesses with a leader engaged",
    "met": "Businesses at the table",
    "led": "Businesses at the table with a leader",
}
"""What can be counted, of the businesses that are known."""
SHADES: Final = 4


@dataclass(frozen=True)
class Cell:
    """A number of the table and the number that it is of."""

    count: int
    known: int
    query: str
    """The theme, as the list's filter takes it; empty for all businesses."""

    @property
    def shade(self) -> int:
        """From 0, nobody, to 4, more than three quarters."""
        return -(-SHADES * self.count // self.known) if self.known else 0


@dataclass(frozen=True)
class Row:
    """A place."""

    place: str
    path: str
    cells: tuple[Cell, ...]


def show(ask: Ask) -> Response:
    """The table."""
    number, which = page_number(ask), ask.asked("count")
    which = which if which in COUNTS else "engaged"
    themes = ask.site.rules.themes
    with ask.site.store.reading() as connection:
        heat = picture.heat(Stored(connection), themes.ids)
    columns = (WHOLE, *themes.ids)
    rows = [
        Row(place, path_to(place), tuple(_cell(heat.of(place, theme), which, theme) for theme in columns))
        for place in heat.places[(number - 1) * ROWS : number * ROWS]
    ]
    return render(
        ask, "places/heat.html", rows=rows, columns=columns, which=which, counts=COUNTS, total=len(heat.places),
        pages=pages_of(ask, number, len(heat.places), ROWS),
    )  # fmt: skip


def _cell(counts: Counts, which: str, theme: str) -> Cell:
    return Cell(getattr(counts, which), counts.known, theme)
