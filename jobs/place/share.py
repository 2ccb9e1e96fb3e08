"""What is fit to leave the building: counts only, small ones hidden, and others with them so that none can be found by subtraction.

First, places and sectors that are too small are taken together. What is then shown of all businesses of a place, and of a sector at the
table, is nowhere small; every other count is bounded by one of these, and is hidden as far as `hiding` finds it needs to be. A table that
no choice protects is left out. The argument why this holds across tables is in docs/report.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from jobs.place import report
from jobs.place.hiding import ANY, Bounds, Grid, HiddenInList, hide_in_grid, hide_in_list, is_small
from jobs.place.numbers import Numbers, pooled
from jobs.place.picture import Counts
from jobs.place.report import ALL, ALL_SECTORS, Cell, Names, Report, Table
from jobs.refused import Refused

THRESHOLD: Final = 5
LEAST: Final = 3
"""A threshold below this would hide next to nothing."""
WITHHELD: Final = "This table is left out: its numbers are so small that they could be found out from other tables."
_POOL: Final = "\x00pool"
_REST: Final = "\x00rest"


def shared(numbers: Numbers, names: Names, threshold: int = THRESHOLD) -> Report:
    """The report that may be handed on. Raises Refused where there are too few businesses for any."""
    if threshold < LEAST:
        raise Refused(f"a threshold of {threshold} hides too little; write {LEAST} or more")
    small = _Pooling(numbers, threshold)
    numbers = pooled(numbers, small.place_of, small.sector_of)
    own = Names(names.theme, lambda sector: small.sector_name(sector, names), names.resource, lambda place: small.place_name(place, names))
    tables = list(_tables(numbers, own, threshold))
    return Report(numbers.as_of, True, tables, _missing(tables[2]), method(threshold))


class _Pooling:
    """Which places and sectors are taken together because they are too small to stand alone."""

    def __init__(self, numbers: Numbers, threshold: int) -> None:
        whole = {place: numbers.whole(place) for place in numbers.places}
        self._places = _pool(whole, lambda found: any(is_small(part, threshold) for part in (found.engaged, found.flagged)))
        met = {sector: Counts(met=numbers.sectors_of.get(sector, Counts()).met) for sector in numbers.sectors}
        self._sectors = _pool(met, lambda found: is_small(found.met, threshold))

    def place_of(self, place: str) -> str:
        """The place, or the one that stands for all that are too small."""
        return _POOL if place in self._places else place

    def sector_of(self, sector: str) -> str:
        """The sector, or the one that stands for all that are too small."""
        return _POOL if sector in self._sectors else sector

    def place_name(self, place: str, names: Names) -> str:
        """A place as people say it."""
        return f"{len(self._places)} smaller places together" if place == _POOL else names.place(place)

    def sector_name(self, sector: str, names: Names) -> str:
        """A sector as people say it."""
        return " or ".join(names.sector(found) for found in sorted(self._sectors)) if sector == _POOL else names.sector(sector)


def _pool(counts: Mapping[str, Counts], too_small: Callable[[Counts], bool]) -> set[str]:
    """Those too small to stand alone, and as many of the smallest others as it takes until together they are not."""
    found = {key for key, held in counts.items() if too_small(held)}
    spare = sorted(counts.keys() - found, key=lambda key: (counts[key].known + counts[key].met, key))
    while found and (len(found) < 2 or too_small(sum((counts[key] for key in found), Counts()))):
        if not spare:
            raise Refused("there are too few businesses for a report that may leave the building; make it without --share, for yourselves")
        found.add(spare.pop(0))
    return found


def _tables(numbers: Numbers, names: Names, threshold: int) -> Iterable[Table]:
    engaged, flagged = (
        _columns(report.by_theme(numbers, names, which), numbers, names, threshold, which) for which in ("engaged", "flagged")
    )
    doubtful = {column for table in (engaged, flagged) for row, column in table.hidden if row == ALL}
    yield from (engaged, flagged)
    yield _sectors_by_place(numbers, names, threshold)
    yield _sectors_by_theme(numbers, names, threshold, doubtful)
    yield _columns(report.resources_by_place(numbers, names), numbers, names, threshold, "known")
    yield report.needs(numbers, names)
    met = {names.sector(sector): numbers.sectors_of.get(sector, Counts()).met for sector in numbers.sectors}
    yield _groups(report.by_sector(numbers, names), threshold, met)
    yield _groups(report.by_size(numbers), threshold, None)
    yield _months(numbers, threshold)
    yield _moves(numbers, threshold)
    yield _waiting(numbers, threshold)


def _columns(table: Table, numbers: Numbers, names: Names, threshold: int, bound: str) -> Table:
    """Places by something of which a business has several: each column is a list that adds up, each count at most all of its place."""
    places = {names.place(place): int(getattr(numbers.whole(place), bound)) for place in numbers.places}
    hidden: set[Cell] = set()
    for column in table.columns:
        values = {row: int(table.cells[row, column] or 0) for row in places}
        hidden |= _in_column(hide_in_list(values, {row: (0, most) for row, most in places.items()}, threshold), column)
    return replace(table, hidden=frozenset(hidden))


def _in_column(found: HiddenInList | None, column: str) -> set[Cell]:
    if found is None:
        raise Refused("there are too few businesses for a report that may leave the building; make it without --share, for yourselves")
    return {(row, column) for row in found.rows} | ({(ALL, column)} if found.total else set())


def _sectors_by_place(numbers: Numbers, names: Names, threshold: int) -> Table:
    """Each organisation is of one place and one sector; what a place has beside those at the table is at most its flagged ones."""
    table = report.sectors_by_place(numbers, names)
    cells: dict[Cell, int] = {}
    bounds: dict[Cell, Bounds] = {}
    for place in numbers.places:
        row, whole = names.place(place), numbers.whole(place)
        for column in table.columns:
            cells[row, column], bounds[row, column] = int(table.cells[row, column] or 0), (0, whole.known)
        cells[row, _REST] = whole.known - sum(cells[row, column] for column in table.columns)
        bounds[row, _REST] = (0, whole.flagged)
    hidden = hide_in_grid(Grid(cells, bounds, frozenset({_REST})), threshold)
    return replace(table, withheld=WITHHELD) if hidden is None else replace(table, hidden=hidden)


def _sectors_by_theme(numbers: Numbers, names: Names, threshold: int, doubtful: set[str]) -> Table:
    """Each theme is a list that adds up, each count at most all of the sector. Where a theme's total is hidden elsewhere, all of it is."""
    table = report.sectors_by_theme(numbers, names)
    most = {names.sector(sector): (0, numbers.sectors_of.get(sector, Counts()).met) for sector in numbers.sectors}
    hidden: set[Cell] = set()
    for row in table.rows:
        values = {column: int(table.cells[row, column] or 0) for column in most}
        found = hide_in_list(values, most, threshold)
        if found is None or row in doubtful:
            hidden |= {(row, column) for column in table.columns if table.cells[row, column]}
        else:
            hidden |= {(row, column) for column in found.rows} | ({(row, ALL_SECTORS)} if found.total else set())
    return replace(table, hidden=frozenset(hidden))


def _groups(table: Table, threshold: int, met: Mapping[str, int] | None) -> Table:
    """Groups of which each business has one: both columns add up to totals that are shown elsewhere. Of a sector, all that are engaged
    were met (`met`), and all that were met are known."""
    engaged, flagged = ({row: int(table.cells[row, column] or 0) for row in table.rows} for column in (report.ENGAGED, report.NOT_ENGAGED))
    bounds = {report.ENGAGED: dict.fromkeys(table.rows, (0, ANY)), report.NOT_ENGAGED: dict.fromkeys(table.rows, (0, ANY))}
    for row, count in (met or {}).items():
        bounds[report.ENGAGED][row] = (max(0, count - flagged[row]), count)
        bounds[report.NOT_ENGAGED][row] = (max(0, count - engaged[row]), ANY)
    hidden: set[Cell] = set()
    for column, values in ((report.ENGAGED, engaged), (report.NOT_ENGAGED, flagged)):
        found = hide_in_list(values, bounds[column], threshold, total_may_hide=False)
        if found is None:
            return replace(table, withheld=WITHHELD)
        hidden |= {(row, column) for row in found.rows}
    return replace(table, hidden=frozenset(hidden | {(row, report.SHARE) for row, _ in hidden}))


def _months(numbers: Numbers, threshold: int) -> Table:
    """Whole per cents only: two counts a month apart would tell of single businesses."""
    table = report.months(numbers)
    small = {
        found.day.isoformat()
        for found in numbers.shares
        if any(is_small(part, threshold) for part in (found.engaged, found.known - found.engaged))
    }
    cells = {(row, report.SHARE): _whole_per_cent(table.cells[row, report.SHARE]) for row in table.rows}
    return replace(table, columns=[report.SHARE], cells=cells, hidden=frozenset((row, report.SHARE) for row in small))


def _whole_per_cent(share: report.Value) -> report.Value:
    return None if share is None else round(100 * share) / 100


def _moves(numbers: Numbers, threshold: int) -> Table:
    """A month with a small number is hidden whole, as the difference between two months' shares is known."""
    table = report.moves(numbers)
    small = {row for row in table.rows if any(is_small(int(table.cells[row, column] or 0), threshold) for column in table.columns)}
    return replace(table, hidden=frozenset((row, column) for row in small for column in table.columns))


def _waiting(numbers: Numbers, threshold: int) -> Table:
    """Quartiles are single businesses' days, so there have to be several in each quarter."""
    table, columns = report.waiting(numbers), [*report.TIMES[:3]]
    if numbers.time_to_meeting.ended < 4 * threshold:
        return replace(table, columns=columns, withheld=f"Fewer than {4 * threshold} businesses were engaged in the last year.")
    return replace(table, columns=columns, cells={key: None if value is None else round(value) for key, value in table.cells.items()})


def _missing(at_the_table: Table) -> dict[str, list[str]]:
    """By place, the sectors of which the table shows that nobody is there."""
    if at_the_table.withheld:
        return {}
    shown = {
        row: [column for column in at_the_table.columns if not at_the_table.cells[row, column] and (row, column) not in at_the_table.hidden]
        for row in at_the_table.rows
        if row != ALL
    }
    return {row: columns for row, columns in shown.items() if columns}


def method(threshold: int = THRESHOLD) -> list[str]:
    """How the numbers were made fit to be shared, in sentences for whoever reads them."""
    return [
        "This report holds counts only: no name of a business or a person, and no note.",
        f"A count from 1 to {threshold - 1} is hidden and shown as {report.HIDDEN} (confidential). Nought is shown.",
        f"Others are hidden with it: from all that is shown, each hidden count could still be any of a range of {threshold} or wider.",
        f"Places with fewer than {threshold} businesses that are engaged, or that are not, are shown together; so are such sectors.",
        "A table that cannot be protected is left out.",
        "Shares over time are whole per cents. A month in which one of the changes is small is hidden whole.",
        "Two reports of nearly the same day can tell of a single business by their difference: share one in a quarter, not one in a week.",
        RULES,
    ]


RULES: Final = (
    "The rules follow the Office for National Statistics' policy on statistical disclosure control and the Government Statistical"
    " Service's guidance on tables made from administrative sources: a threshold, and secondary suppression."
    " [c] is the Government Analysis Function's sign for a confidential number."
)
