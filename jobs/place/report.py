"""The report as tables: what is shown of the numbers, all of it or what is fit to leave the building."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jobs.place.numbers import Numbers
from jobs.place.seats import SIZES, WHOLE
from jobs.rules import Rules

ALL: Final = "All places"
ALL_SECTORS: Final = "All sectors"
NO_PLACE: Final = "No known place"
HIDDEN: Final = "[c]"
"""What stands in the place of a hidden number, as the Government Analysis Function advises: confidential."""
SIZE_NAMES: Final = {"micro": "0 to 9", "small": "10 to 49", "medium": "50 to 249", "large": "250 or more", "": "Not known"}

Value = int | float | None
Cell = tuple[str, str]


@dataclass(frozen=True)
class Table:
    """A table of numbers with a heading for each row and column."""

    id: str
    title: str
    note: str
    of: str
    """What the rows are."""
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Mapping[Cell, Value]
    """Numbers, shares from 0 to 1 where the column is a share; None: there is none."""
    hidden: frozenset[Cell] = frozenset()
    withheld: str = ""
    """Why the table is not shown at all; empty where it is."""

    def text(self, row: str, column: str) -> str:
        """A cell as a person reads it."""
        value = None if (row, column) in self.hidden else self.cells.get((row, column))
        if (row, column) in self.hidden:
            return HIDDEN
        if value is None:
            return ""
        return f"{round(100 * value)} %" if column in SHARES else f"{value:,.0f}"


SHARES: Final = ("Share engaged",)
"""Columns that hold shares."""


@dataclass(frozen=True)
class Report:
    """The tables of a report, in their order."""

    as_of: date
    shared: bool
    """Fit to leave the building: counts only, small numbers hidden."""
    tables: Sequence[Table]
    missing: Mapping[str, Sequence[str]]
    """By place, the sectors of which nobody is at the table."""
    method: Sequence[str] = ()
    """How the numbers were made fit to be shared, sentence by sentence."""

    def rows(self) -> Iterator[dict[str, str | float]]:
        """Each number as a row: table, row, column, value."""
        for table in self.tables:
            for row in table.rows if not table.withheld else ():
                for column in table.columns:
                    value = table.cells.get((row, column))
                    if (row, column) in table.hidden:
                        yield {"table": table.id, "row": row, "column": column, "value": HIDDEN}
                    elif value is not None:
                        yield {"table": table.id, "row": row, "column": column, "value": round(value, 3)}


@dataclass(frozen=True)
class Names:
    """Themes, sectors, resources and places as people say them."""

    theme: Callable[[str], str]
    sector: Callable[[str], str]
    resource: Callable[[str], str]
    place: Callable[[str], str] = lambda place: place or NO_PLACE

    @classmethod
    def of(cls, rules: Rules) -> "Names":
        """The names that the rules give."""
        return cls(rules.themes.name, rules.sectors.name, rules.resources.name)


def full(numbers: Numbers, names: Names) -> Report:
    """The whole report, for those who work with the data."""
    tables = [
        by_theme(numbers, names, "engaged"), by_theme(numbers, names, "flagged"), sectors_by_place(numbers, names),
        sectors_by_theme(numbers, names), resources_by_place(numbers, names), needs(numbers, names), by_sector(numbers, names),
        by_size(numbers), months(numbers), moves(numbers), waiting(numbers),
    ]  # fmt: skip
    return Report(numbers.as_of, False, tables, missing(numbers, names))


def missing(numbers: Numbers, names: Names) -> dict[str, list[str]]:
    """By place, the sectors of which nobody is at the table."""
    found = {
        names.place(place): [
            names.sector(sector) for sector in numbers.sectors if not (counts := numbers.by_sector.get((place, sector))) or not counts.met
        ]
        for place in numbers.places
    }
    return {place: sectors for place, sectors in found.items() if sectors}


TITLES: Final = {"engaged": "Businesses with a leader engaged", "flagged": "Businesses whose leaders are not engaged"}


def by_theme(numbers: Numbers, names: Names, which: str) -> Table:
    """Places by themes: how many businesses are engaged, or flagged."""
    columns = {WHOLE: "All businesses"} | {theme: names.theme(theme) for theme in numbers.themes}
    cells = {
        (names.place(place), column): getattr(counts, which) if (counts := numbers.by_place.get((place, theme))) else 0
        for place in numbers.places
        for theme, column in columns.items()
    }
    note = "A business counts for each theme that its engagements are about, so themes do not add up to all businesses."
    return _with_total(which, TITLES[which], note, [names.place(place) for place in numbers.places], [*columns.values()], cells)


def sectors_by_place(numbers: Numbers, names: Names) -> Table:
    """Places by sectors: how many organisations are at the table."""
    cells = {
        (names.place(place), names.sector(sector)): counts.met if (counts := numbers.by_sector.get((place, sector))) else 0
        for place in numbers.places
        for sector in numbers.sectors
    }
    note = "Organisations of which somebody took part in a meeting, call, visit, event or inbound email in the last year."
    rows, columns = [names.place(place) for place in numbers.places], [names.sector(sector) for sector in numbers.sectors]
    return _with_total("sectors_by_place", "Sectors at the table, by place", note, rows, columns, cells)


def sectors_by_theme(numbers: Numbers, names: Names) -> Table:
    """Themes by sectors: how many organisations were met about a theme."""
    columns = [names.sector(sector) for sector in numbers.sectors]
    cells: dict[Cell, Value] = {
        (names.theme(theme), names.sector(sector)): counts.met if (counts := numbers.theme_sector.get((theme, sector))) else 0
        for theme in numbers.themes
        for sector in numbers.sectors
    }
    rows = [names.theme(theme) for theme in numbers.themes]
    cells |= {(row, ALL_SECTORS): sum(int(cells[row, column] or 0) for column in columns) for row in rows}
    note = "Organisations that were met about the theme in the last year, in all places."
    return Table("sectors_by_theme", "Sectors at the table, by theme", note, "Theme", rows, [*columns, ALL_SECTORS], cells)


def resources_by_place(numbers: Numbers, names: Names) -> Table:
    """Places by resources: how many businesses offer one."""
    cells = {
        (names.place(place), names.resource(found)): numbers.offers.get((place, found), 0)
        for place in numbers.places
        for found in numbers.resources
    }
    note = "Businesses that offered the resource, as notes of engagements or the CRM's tags say."
    rows, columns = [names.place(place) for place in numbers.places], [names.resource(found) for found in numbers.resources]
    return _with_total("resources", "Resources offered, by place", note, rows, columns, cells)


def needs(numbers: Numbers, names: Names) -> Table:
    """Open needs by resource."""
    rows = [names.resource(found) for found in numbers.resources]
    cells = {(names.resource(found), "Open needs"): numbers.needs.get(found, 0) for found in numbers.resources}
    return Table(
        "needs", "What themes and places need", "Needs that are neither met nor withdrawn.", "Resource", rows, ["Open needs"], cells
    )


ENGAGED, NOT_ENGAGED, SHARE = "Engaged", "Not engaged", SHARES[0]


def by_sector(numbers: Numbers, names: Names) -> Table:
    """How many of each sector are engaged."""
    rows = {names.sector(sector): numbers.sectors_of.get(sector) for sector in numbers.sectors}
    return _shares("by_sector", "Leaders engaged, by sector", "Sector", rows)


def by_size(numbers: Numbers) -> Table:
    """How many of each size are engaged."""
    rows = {SIZE_NAMES[size]: numbers.sizes.get(size) for size in (*(size for size, _ in SIZES[::-1]), WHOLE)}
    return _shares("by_size", "Leaders engaged, by number of staff", "Staff", rows)


def _shares(which: str, title: str, of: str, groups: Mapping[str, object]) -> Table:
    cells: dict[Cell, Value] = {}
    for group, counts in groups.items():
        engaged, flagged = int(getattr(counts, "engaged", 0)), int(getattr(counts, "flagged", 0))
        cells |= {(group, ENGAGED): engaged, (group, NOT_ENGAGED): flagged}
        cells[group, SHARE] = engaged / (engaged + flagged) if engaged + flagged else None
    note = "A business is engaged when a senior leader of it took part in an engagement in the last year."
    return Table(which, title, note, of, [*groups], [ENGAGED, NOT_ENGAGED, SHARE], cells)


def months(numbers: Numbers) -> Table:
    """The share engaged at the end of each month."""
    rows = [found.day.isoformat() for found in numbers.shares]
    cells: dict[Cell, Value] = {}
    for found in numbers.shares:
        row = found.day.isoformat()
        cells |= {(row, "Businesses"): found.known, (row, ENGAGED): found.engaged, (row, SHARE): found.share}
    note = "As the flags stood at the end of each day. Nothing is known of days before the first sync."
    return Table("months", "Leaders engaged, month by month", note, "Day", rows, ["Businesses", ENGAGED, SHARE], cells)


MOVES: Final = ("Newly engaged", "Lapsed", "Won back")


def moves(numbers: Numbers) -> Table:
    """What changed in each month."""
    cells: dict[Cell, Value] = {}
    for found in numbers.moves:
        cells |= {
            (f"{found.month:%Y-%m}", name): value for name, value in zip(MOVES, (found.engaged, found.lapsed, found.won_back), strict=True)
        }
    note = "Businesses that were engaged for the first time, that lapsed, and that were engaged again after they had lapsed."
    return Table("moves", "What changed, month by month", note, "Month", [f"{found.month:%Y-%m}" for found in numbers.moves], MOVES, cells)


TIMES: Final = ("A quarter within", "Half within", "Three quarters within", "Engaged", "Still waiting")


def waiting(numbers: Numbers) -> Table:
    """Days from the flag to a meeting."""
    found, row = numbers.time_to_meeting, "Days"
    values = (found.lower, found.median, found.upper, found.ended, found.waiting)
    cells = {(row, name): value for name, value in zip(TIMES, values, strict=True)}
    note = "Days from when the list first named a business until a leader of it was engaged, for those engaged in the last year."
    return Table("time_to_meeting", "From the flag to a meeting", note, "Time", [row], TIMES, cells)


def _with_total(which: str, title: str, note: str, rows: list[str], columns: list[str], cells: Mapping[Cell, int]) -> Table:
    """With a row that adds up the places, of which each business has one."""
    every: dict[Cell, Value] = {**cells}
    every |= {(ALL, column): sum(cells[row, column] for row in rows) for column in columns}
    return Table(which, title, note, "Place", [*rows, ALL], columns, every)
