"""What pairs weigh. Pairs are many and the ways in which they agree are few, so each way is added up once and kept."""

import math
from dataclasses import dataclass

from mappings.link_points import LinkPoints

Levels = tuple[str, ...]
"""How two records agree: a level for each side, in the order of the sides."""
UNKNOWN = ""
"""In place of a level that was not looked for yet."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What levels add up to, as log odds and as a likelihood, and the evidence; none for what nobody is told of."""

    odds: float
    likelihood: float
    evidence: tuple[str, ...]


class Scale:
    """Weighs levels by points."""

    def __init__(self, points: LinkPoints, sides: tuple[str, ...]) -> None:
        self.points = points
        self.sides = sides
        self._known: dict[Levels, Weighed] = {}
        self._asked: dict[Levels, bool] = {}

    def weigh(self, levels: Levels) -> Weighed:
        """What these levels weigh."""
        found = self._known.get(levels)
        if found is None:
            found = self._known[levels] = self._weighed(dict(zip(self.sides, levels, strict=True)))
        return found

    def may_be_told(self, levels: Levels) -> bool:
        """Whether a pair can come to be asked about, whatever its unknown levels turn out to be."""
        found = self._asked.get(levels)
        if found is None:
            best = [self.points.best(side) if level == UNKNOWN else level for side, level in zip(self.sides, levels, strict=True)]
            # Added up in the same order, so that rounding cannot make the best the lesser.
            found = self._asked[levels] = self.points.odds(dict(zip(self.sides, best, strict=True))) >= self.points.ask
        return found

    def _weighed(self, levels: dict[str, str]) -> Weighed:
        odds = self.points.odds(levels)
        return Weighed(odds, round(1 / (1 + math.exp(-odds)), 4), self.points.evidence(levels) if odds >= self.points.ask else ())
