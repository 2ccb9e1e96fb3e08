"""Somebody who has a shared report and knows how its tables hang together, and works out what each hidden number can be.

The ranges are those of linear programming over everything that is shown at once: no choice of tables to compare is left out.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from jobs.place.report import ALL, ALL_SECTORS, ENGAGED, NOT_ENGAGED, SHARE, Report

Var = tuple[str, str, str]
Sum = dict[Var, int]


@dataclass
class Attacker:
    """All that is known: the shown numbers, and sums that are nought (`equal`) or at most nought (`at_most`)."""

    truth: dict[Var, int]
    shown: dict[Var, int]
    equal: list[Sum] = field(default_factory=list)
    at_most: list[Sum] = field(default_factory=list)

    @classmethod
    def of(cls, report: Report) -> "Attacker":
        """What a report tells. `truth` is only where the search for the bounds begins."""
        truth: dict[Var, int] = {}
        shown: dict[Var, int] = {}
        for table in report.tables:
            for (row, column), value in table.cells.items():
                if column != SHARE and value is not None and table.id in _SYSTEM:
                    truth[table.id, row, column] = int(value)
                    if (row, column) not in table.hidden and not table.withheld and row in table.rows and column in table.columns:
                        shown[table.id, row, column] = int(value)
        found = cls(truth, shown)
        found._relate(report)
        return found

    def _relate(self, report: Report) -> None:
        tables = {table.id: table for table in report.tables}
        places = [row for row in tables["engaged"].rows if row != ALL]
        themes = [column for column in tables["engaged"].columns if column != "All businesses"]
        sectors = list(tables["sectors_by_place"].columns)
        for name in ("engaged", "flagged", "sectors_by_place", "resources"):
            for column in tables[name].columns:
                self.equal.append({(name, ALL, column): -1} | {(name, row, column): 1 for row in places})
        for name in ("engaged", "flagged"):
            self.at_most += [{(name, row, theme): 1, (name, row, "All businesses"): -1} for row in places for theme in themes]
        for row in places:
            rest: Var = ("rest", row, "")
            own = {("engaged", row, "All businesses"): -1, ("flagged", row, "All businesses"): -1}
            self.truth[rest] = -sum(self.truth[var] * times for var, times in own.items()) - sum(
                self.truth["sectors_by_place", row, s] for s in sectors
            )
            self.equal.append(own | {rest: 1} | {("sectors_by_place", row, sector): 1 for sector in sectors})
            self.at_most.append({rest: 1, ("flagged", row, "All businesses"): -1})
            self.at_most += [own | {("resources", row, found): 1} for found in tables["resources"].columns]
        for theme in themes:
            self.equal.append(
                {("sectors_by_theme", theme, ALL_SECTORS): -1} | {("sectors_by_theme", theme, sector): 1 for sector in sectors}
            )
            self.at_most += [{("sectors_by_theme", theme, sector): 1, ("sectors_by_place", ALL, sector): -1} for sector in sectors]
            self.at_most.append({("sectors_by_theme", theme, ALL_SECTORS): 1, ("engaged", ALL, theme): -1, ("flagged", ALL, theme): -1})
        for name in ("by_sector", "by_size"):
            for column, whole in ((ENGAGED, "engaged"), (NOT_ENGAGED, "flagged")):
                self.equal.append({(whole, ALL, "All businesses"): -1} | {(name, row, column): 1 for row in tables[name].rows})
        for sector in sectors:
            met: Var = ("sectors_by_place", ALL, sector)
            self.at_most.append({("by_sector", sector, ENGAGED): 1, met: -1})
            self.at_most.append({met: 1, ("by_sector", sector, ENGAGED): -1, ("by_sector", sector, NOT_ENGAGED): -1})

    def check(self) -> None:
        """Fails where the truth does not obey what the attacker takes for known: the attacker would be wrong, not the report."""
        for relation in self.equal:
            assert sum(self.truth[var] * times for var, times in relation.items()) == 0, relation
        for relation in self.at_most:
            assert sum(self.truth[var] * times for var, times in relation.items()) <= 0, relation

    def ranges(self) -> Iterator[tuple[Var, int, int]]:
        """Each hidden number with the least and the most that it can be."""
        for part in self._parts():
            for var in sorted(part.variables):
                if var[0] != "rest":
                    more, less = part.furthest(var, 1), part.furthest(var, -1)
                    yield var, math.ceil(self.truth[var] - less), math.floor(min(more, Fraction(10**6)) + self.truth[var])

    def _parts(self) -> list["_Part"]:
        """The unknowns that hang together, with what relates them."""
        relations = [(relation, 0) for relation in self.equal] + [(relation, 1) for relation in self.at_most]
        root: dict[Var, Var] = {var: var for var in self.truth if var not in self.shown}

        def find(var: Var) -> Var:
            while root[var] != var:
                var = root[var]
            return var

        open_ones = [({var: times for var, times in relation.items() if var in root}, relation, kind) for relation, kind in relations]
        for unknown, _, _ in open_ones:
            first, *rest = [*unknown] or [None]
            for var in rest:
                root[find(var)] = find(first)  # type: ignore[arg-type]
        parts: dict[Var, _Part] = defaultdict(lambda: _Part(self.truth))
        for var in root:
            parts[find(var)].variables.append(var)
        for unknown, relation, kind in open_ones:
            if unknown:
                slack = -sum(self.truth[var] * times for var, times in relation.items())
                part = parts[find(next(iter(unknown)))]
                part.rows.append((unknown, slack))
                if kind == 0:
                    part.rows.append(({var: -times for var, times in unknown.items()}, 0))
        return list(parts.values())


@dataclass
class _Part:
    """Unknowns as steps away from the truth: each row says that a sum of steps is at most so much."""

    truth: dict[Var, int]
    variables: list[Var] = field(default_factory=list)
    rows: list[tuple[Sum, int]] = field(default_factory=list)

    def furthest(self, var: Var, sign: int) -> Fraction:
        """How far an unknown can go up (1) or down (-1)."""
        rows = self.rows + [({other: -1}, self.truth[other]) for other in self.variables]
        columns = [(other, way) for other in self.variables for way in (1, -1)]
        table = [[Fraction(row.get(other, 0) * way) for other, way in columns] + [Fraction(most)] for row, most in rows]
        return _simplex(table, [Fraction(sign * way if other == var else 0) for other, way in columns])


def _simplex(rows: list[list[Fraction]], gain: list[Fraction]) -> Fraction:
    """The most of `gain` where each row's sum is at most its last number, none of which is below nought; Bland's rule."""
    width, count = len(gain), len(rows)
    table = [row[:-1] + [Fraction(int(index == other)) for other in range(count)] + [row[-1]] for index, row in enumerate(rows)]
    goal = [-each for each in gain] + [Fraction(0)] * (count + 1)
    basis = list(range(width, width + count))
    while (enters := next((index for index in range(width + count) if goal[index] < 0), None)) is not None:
        able = [(row[-1] / row[enters], basis[at], at) for at, row in enumerate(table) if row[enters] > 0]
        if not able:
            return Fraction(10**9)
        at = min(able)[2]
        pivot = table[at][enters]
        table[at] = [each / pivot for each in table[at]]
        for other, row in enumerate(table):
            if other != at and row[enters]:
                times = row[enters]
                table[other] = [each - times * base if base else each for each, base in zip(row, table[at], strict=True)]
        times = goal[enters]
        goal = [each - times * base if base else each for each, base in zip(goal, table[at], strict=True)]
        basis[at] = enters
    return goal[-1]


_SYSTEM = {"engaged", "flagged", "sectors_by_place", "sectors_by_theme", "resources", "by_sector", "by_size"}
