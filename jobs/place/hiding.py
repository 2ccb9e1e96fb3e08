"""Disclosure control: which counts to hide so that no small one can be found out from those that are shown. Pure.

A count from 1 to below the threshold is small. It is hidden, and as many others with it as it takes until, from all that is shown, each
hidden count could still be any of a range at least as wide as the threshold. The ranges are exact: those of a list come of its total and
of each count's own bounds; those of a table of rows and columns are found as greatest flows in a network, as is usual for such tables.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

Bounds = tuple[int, int]
Cell = tuple[str, str]
ANY: Final = 1 << 30
"""No upper bound."""


def is_small(value: int, threshold: int) -> bool:
    """Whether a count is to be hidden for itself. Nought tells of nobody."""
    return 0 < value < threshold


@dataclass(frozen=True)
class HiddenInList:
    """What is hidden of a list that adds up to a total."""

    rows: frozenset[str]
    total: bool


def hide_in_list(
    values: Mapping[str, int], bounds: Mapping[str, Bounds], threshold: int, total_may_hide: bool = True
) -> HiddenInList | None:
    """What to hide of a list whose total is shown too. `bounds`: what anybody knows of each count besides, the truth of all others given.

    None where no choice protects: the list must not be shown at all."""
    hidden = {row for row, value in values.items() if is_small(value, threshold)}
    if is_small(sum(values.values()), threshold):
        return _without_total(values, bounds, threshold, total_may_hide)
    able = {row for row in values if _is_wide(bounds[row], threshold)}
    spare = sorted(able - hidden, key=lambda row: (values[row] == 0, values[row], row))
    while any(not _is_wide(list_range(row, values, hidden, bounds), threshold) for row in hidden):
        if not spare:
            return _without_total(values, bounds, threshold, total_may_hide)
        hidden.add(spare.pop(0))
    return HiddenInList(frozenset(hidden), False)


def _without_total(values: Mapping[str, int], bounds: Mapping[str, Bounds], threshold: int, total_may_hide: bool) -> HiddenInList | None:
    hidden = frozenset(row for row, value in values.items() if value)
    if not total_may_hide or any(not _is_wide(bounds[row], threshold) for row in hidden):
        return None
    return HiddenInList(hidden, True)


def list_range(row: str, values: Mapping[str, int], hidden: Iterable[str], bounds: Mapping[str, Bounds]) -> Bounds:
    """What a hidden count of a list can be, its total and the others being known."""
    others = [bounds[other] for other in hidden if other != row]
    rest = values[row] + sum(values[other] for other in hidden if other != row)
    low, high = bounds[row]
    return max(low, rest - sum(top for _, top in others)), min(high, rest - sum(bottom for bottom, _ in others))


def _is_wide(found: Bounds, threshold: int) -> bool:
    return found[1] - found[0] >= threshold


@dataclass(frozen=True)
class Grid:
    """A table whose rows and columns add up to known totals. `always_hidden`: columns of which nothing is ever shown, that take up what a
    row's total holds beside."""

    cells: Mapping[Cell, int]
    bounds: Mapping[Cell, Bounds]
    always_hidden: frozenset[str]


def hide_in_grid(grid: Grid, threshold: int) -> frozenset[Cell] | None:
    """Which cells to hide of a table whose totals are shown; those of `always_hidden` columns are left out.

    None where no choice protects: the table must not be shown at all."""
    never = {cell for cell in grid.cells if cell[1] in grid.always_hidden}
    hidden = {cell for cell, value in grid.cells.items() if is_small(value, threshold)} | never
    while narrow := next(
        (cell for cell in sorted(hidden - never) if not _is_wide(grid_range(cell, grid, hidden, threshold), threshold)), None
    ):
        spare = grid.cells.keys() - hidden
        if not spare:
            return None
        hidden.add(min(spare, key=lambda cell: (grid.cells[cell] == 0, cell[1] != narrow[1], cell[0] != narrow[0], grid.cells[cell], cell)))
    return frozenset(hidden - never)


def grid_range(cell: Cell, grid: Grid, hidden: Iterable[Cell], enough: int) -> Bounds:
    """What a hidden cell can be, the totals and all cells that are not hidden being known; no further than `enough` from the truth."""
    value, (low, high) = grid.cells[cell], grid.bounds[cell]
    row, column = ("row", cell[0]), ("column", cell[1])
    more = min(high - value, enough, _flow(_residual(grid, hidden, cell), row, column, enough))
    less = min(value - low, enough, _flow(_residual(grid, hidden, cell), column, row, enough))
    return value - less, value + more


Node = tuple[str, str]
Residual = dict[Node, dict[Node, int]]


def _residual(grid: Grid, hidden: Iterable[Cell], without: Cell) -> Residual:
    """How far hidden cells can change: from a row to a column, become less; from a column to a row, become more."""
    found: Residual = {}
    for cell in hidden:
        if cell != without:
            row, column = ("row", cell[0]), ("column", cell[1])
            low, high = grid.bounds[cell]
            found.setdefault(row, {})[column] = grid.cells[cell] - low
            found.setdefault(column, {})[row] = high - grid.cells[cell]
    return found


def _flow(residual: Residual, source: Node, sink: Node, enough: int) -> int:
    """The greatest flow from source to sink, as far as `enough`."""
    found = 0
    while found < enough and (path := _path(residual, source, sink)):
        step = min(enough - found, *(residual[one][other] for one, other in path))
        for one, other in path:
            residual[one][other] -= step
            residual[other][one] += step
        found += step
    return found


def _path(residual: Residual, source: Node, sink: Node) -> list[tuple[Node, Node]]:
    """A shortest way on which something can still flow; empty where there is none."""
    came: dict[Node, Node] = {}
    waiting = deque([source])
    while waiting and sink not in came:
        at = waiting.popleft()
        for other, room in sorted(residual.get(at, {}).items()):
            if room > 0 and other not in came and other != source:
                came[other] = at
                waiting.append(other)
    path: list[tuple[Node, Node]] = []
    at = sink
    while at in came:
        path.append((came[at], at))
        at = came[at]
    return path[::-1]
