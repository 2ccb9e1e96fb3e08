"""What leaves the building: small counts are hidden, and nobody can work out a hidden one from all that is shown."""

import random
from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.place.hiding import ANY, Grid, grid_range, hide_in_grid, hide_in_list, list_range
from jobs.place.measures import History
from jobs.place.numbers import Numbers, of
from jobs.place.picture import Computed, Snapshot
from jobs.place.report import ALL, HIDDEN, SHARE, Names, Report
from jobs.place.share import shared
from jobs.refused import Refused
from jobs.rules import Rules
from tests.jobs.place.attacker import Attacker

RULES = Rules.load()
NAMES = Names.of(RULES)
AS_OF = date(2026, 11, 1)


def world(seed: int, firms: int, places: int) -> Numbers:
    """The numbers of a made-up area, small towns among large ones."""
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = []
    offers: Counter[tuple[str, str]] = Counter()
    for number in range(firms):
        place = f"Place {min(int(chance.expovariate(0.6)), places - 1)}"
        engaged = chance.random() < 0.3
        met = engaged or chance.random() < 0.3
        own = {"business_id": f"b{number}", "place": place, "sector": chance.choice([*RULES.sectors.ids, *["business"] * 12]),
               "size": chance.choice(["micro", "micro", "small", "medium", "large", ""]), "engaged": engaged}  # fmt: skip
        rows.append(own | {"theme": "", "met": met, "led": engaged})
        themes = chance.sample(RULES.themes.ids[:5], chance.randrange(4))
        rows += [own | {"theme": theme, "met": met and chance.random() < 0.7, "led": False} for theme in themes]
        offers.update((place, resource) for resource in chance.sample(RULES.resources.ids[:3], chance.randrange(3)))
    return of(Snapshot(Computed(rows), offers), History({}, {}), {}, AS_OF, RULES)


SEEDS = [(seed, firms, places) for seed in range(8) for firms, places in ((60, 3), (150, 5), (500, 6))]


@pytest.mark.parametrize(("seed", "firms", "places"), SEEDS)
def test_no_hidden_number_can_be_pinned_down_to_within_the_threshold(seed: int, firms: int, places: int) -> None:
    try:
        report = shared(world(seed, firms, places), NAMES)
    except Refused:
        assert firms < 100
        return
    attacker = Attacker.of(report)
    attacker.check()
    narrow = [(var, attacker.truth[var], low, high) for var, low, high in attacker.ranges() if _is_hidden(report, var) and high - low < 5]
    assert narrow == []


def _is_hidden(report: Report, var: tuple[str, str, str]) -> bool:
    table = next(table for table in report.tables if table.id == var[0])
    return not table.withheld and (var[1], var[2]) in table.hidden


@pytest.mark.parametrize(("seed", "firms", "places"), SEEDS)
def test_no_small_number_is_shown(seed: int, firms: int, places: int) -> None:
    try:
        report = shared(world(seed, firms, places), NAMES)
    except Refused:
        return
    shown = [
        (row["table"], row["row"], row["column"], row["value"])
        for row in report.rows()
        if row["column"] != SHARE and row["table"] != "needs"
    ]
    assert [row for row in shown if row[3] != HIDDEN and 0 < float(row[3]) < 5] == []
    assert any(row[3] != HIDDEN and float(row[3]) >= 5 for row in shown)


def test_the_attacker_finds_what_is_only_hidden_for_itself() -> None:
    """So that the test above means something: without the others that are hidden with it, a small number is found by subtraction."""
    report = shared(world(1, 500, 6), NAMES)
    table = report.tables[0]
    careless = frozenset(cell for cell in table.hidden if 0 < int(table.cells[cell] or 0) < 5)
    assert careless < table.hidden
    object.__setattr__(table, "hidden", careless)
    found = [
        var for var, low, high in Attacker.of(report).ranges() if var[0] == table.id and (var[1], var[2]) in careless and high - low < 5
    ]
    assert found


def test_a_share_is_hidden_where_its_counts_are() -> None:
    for seed in range(8):
        for table in shared(world(seed, 150, 5), NAMES).tables:
            if table.id in ("by_sector", "by_size"):
                hidden_rows = {row for row, column in table.hidden}
                assert {(row, SHARE) for row in hidden_rows} <= table.hidden


def test_sectors_that_are_said_to_be_missing_are_shown_as_nought() -> None:
    for seed in range(8):
        report = shared(world(seed, 500, 6), NAMES)
        table = next(table for table in report.tables if table.id == "sectors_by_place")
        for place, sectors in report.missing.items():
            assert [table.text(place, sector) for sector in sectors] == ["0"] * len(sectors)


def test_too_few_businesses_are_refused_with_what_to_do() -> None:
    with pytest.raises(Refused, match="too few businesses for a report that may leave the building; make it without --share"):
        shared(world(1, 6, 2), NAMES)
    with pytest.raises(Refused, match="a threshold of 2 hides too little; write 3 or more"):
        shared(world(1, 500, 6), NAMES, 2)


lists = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), min_size=1)


@given(lists, st.integers(3, 10), st.integers(0, 20))
def test_whatever_the_list_what_is_hidden_is_wide(values: dict[str, int], threshold: int, room: int) -> None:
    bounds = {row: (0, value + room) for row, value in values.items()}
    found = hide_in_list(values, bounds, threshold)
    if found is None:
        return
    assert {row for row, value in values.items() if 0 < value < threshold} <= found.rows
    for row in found.rows if not found.total else ():
        low, high = list_range(row, values, found.rows, bounds)
        assert low <= values[row] <= high
        assert high - low >= threshold


@given(st.data(), st.integers(2, 3), st.integers(2, 3))
@settings(max_examples=60, deadline=None)
def test_the_range_of_a_cell_is_just_what_other_tables_with_the_same_totals_hold(data: st.DataObject, rows: int, columns: int) -> None:
    """Against every table that there is with the same totals."""
    cells = {(f"r{row}", f"c{column}"): data.draw(st.integers(0, 3)) for row in range(rows) for column in range(columns)}
    hidden = {cell for cell in cells if data.draw(st.booleans())}
    grid = Grid(cells, dict.fromkeys(cells, (0, ANY)), frozenset())
    others = list(_others(cells, sorted(hidden)))
    for cell in hidden:
        assert grid_range(cell, grid, hidden, 100) == (min(other[cell] for other in others), max(other[cell] for other in others))


def _others(cells: dict[tuple[str, str], int], hidden: list[tuple[str, str]]) -> Any:
    """Every table with the same totals and the same cells that are not hidden."""
    need = {("row", cell[0]): 0 for cell in cells} | {("column", cell[1]): 0 for cell in cells}
    for cell in hidden:
        need["row", cell[0]] += cells[cell]
        need["column", cell[1]] += cells[cell]

    def fill(at: int, table: dict[tuple[str, str], int]) -> Any:
        if at == len(hidden):
            if not any(need.values()):
                yield dict(table)
            return
        cell = hidden[at]
        keys = [("row", cell[0]), ("column", cell[1])]
        for value in range(min(need[key] for key in keys) + 1):
            for key in keys:
                need[key] -= value
            yield from fill(at + 1, table | {cell: value})
            for key in keys:
                need[key] += value

    yield from fill(0, dict(cells))


@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=5))
@settings(deadline=None)
def test_whatever_the_table_what_is_hidden_is_wide(rows: list[list[int]]) -> None:
    cells = {(f"r{row}", f"c{column}"): value for row, values in enumerate(rows) for column, value in enumerate(values)}
    grid = Grid(cells, dict.fromkeys(cells, (0, ANY)), frozenset())
    hidden = hide_in_grid(grid, 5)
    if hidden is not None:
        assert {cell for cell, value in cells.items() if 0 < value < 5} <= hidden
        for cell in hidden:
            low, high = grid_range(cell, grid, hidden, 5)
            assert high - low >= 5


def test_totals_are_those_of_the_rows() -> None:
    for table in shared(world(3, 500, 6), NAMES).tables:
        if ALL in table.rows:
            for column in table.columns:
                assert table.cells[ALL, column] == sum(int(table.cells[row, column] or 0) for row in table.rows if row != ALL)
