"""What speaks for two records being one, and how much: link_points.yaml, read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class LinkPoints:
    """Points (log odds) and words by side and level, and where an added-up score begins to mean something."""

    start: float
    join: float
    sure: float
    ask: float
    points: Mapping[tuple[str, str], float]
    words: Mapping[tuple[str, str], str]

    def odds(self, levels: Mapping[str, str]) -> float:
        """The log odds that two records of these levels are one."""
        return self.start + sum(self.points.get(item, 0.0) for item in levels.items())

    def best(self, side: str) -> str:
        """The level of a side that speaks most for it; `none`, which weighs nothing, where all speak against it."""
        levels = ["none", *(level for of, level in self.points if of == side)]
        return max(levels, key=lambda level: self.points.get((side, level), 0.0))

    def evidence(self, levels: Mapping[str, str]) -> tuple[str, ...]:
        """What speaks for it and against it, the heaviest first: 'same name (+6.0)'."""
        said = sorted(((self.points[item], self.words[item]) for item in levels.items() if item in self.words), key=_heaviest)
        return tuple(f"{words} ({points:+.1f})" for points, words in said)


def _heaviest(said: tuple[float, str]) -> tuple[float, str]:
    return -said[0], said[1]


def business_points() -> LinkPoints:
    """The points by which business records are joined."""
    return _points("business")


def person_points() -> LinkPoints:
    """The points by which person records are joined."""
    return _points("person")


@cache
def _points(entity: str) -> LinkPoints:
    held = yaml.safe_load(Path(__file__).with_name("link_points.yaml").read_text(encoding="utf-8"))[entity]
    entries = {(side, level): entry for side, levels in held["sides"].items() for level, entry in levels.items()}
    return LinkPoints(
        held["start"],
        held["join"],
        held["sure"],
        held["ask"],
        {key: entry["points"] for key, entry in entries.items()},
        {key: entry["says"] for key, entry in entries.items() if "says" in entry},
    )
