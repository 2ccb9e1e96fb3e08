"""Clusters from scored pairs: the best pairs join first, and a join that other pairs speak against is not made.

The outcome depends on the pairs and the keys alone, never on the order in which they come.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from jobs.link.records import Decision, Key

Weight = Callable[[Key, Key], float]
"""How much speaks for two records being the same (above nought) or against it, as log odds."""


@dataclass(slots=True)
class _Cluster:
    members: list[Key]
    numbers: frozenset[str]
    by_hand: dict[Key, Key] = field(default_factory=dict)
    """Of the members that people joined: one that stands for all that they joined with it."""
    apart: set[Key] = field(default_factory=set)


def decided(decisions: Iterable[Decision]) -> dict[tuple[Key, Key], bool]:
    """Decisions by sorted pair; where one pair was decided both ways, 'different' holds."""
    pairs: dict[tuple[Key, Key], bool] = {}
    for decision in decisions:
        if decision.left != decision.right:
            pair = ordered(decision.left, decision.right)
            pairs[pair] = decision.same and pairs.get(pair, True)
    return pairs


def cluster(
    keys: Iterable[Key],
    pairs: Mapping[tuple[Key, Key], float],
    decisions: Mapping[tuple[Key, Key], bool],
    numbers: Mapping[Key, str],
    weight: Weight,
    threshold: float,
) -> list[list[Key]]:
    """Every key in exactly one sorted cluster.

    `pairs` are the candidates with their log odds, `numbers` the believed company numbers (two different ones never join),
    `weight` scores a pair that was no candidate, `threshold` is the least log odds of a join.
    """
    joining = _Joining(keys, decisions, numbers)
    for left, right in sorted(pair for pair, same in decisions.items() if same):
        if joining.known(left, right):
            joining.join(left, right, by_hand=True)
    ranked = sorted(
        (pair for pair, odds in pairs.items() if odds >= threshold and pair not in decisions), key=lambda pair: (-pairs[pair], pair)
    )
    for left, right in ranked:
        if joining.may_join(left, right) and joining.agreement(left, right, pairs, weight) >= threshold / 2:
            joining.join(left, right)
    return joining.clusters()


def ordered(left: Key, right: Key) -> tuple[Key, Key]:
    """The two keys in the order in which a pair is held."""
    return (left, right) if left < right else (right, left)


class _Joining:
    """Clusters while they grow."""

    def __init__(self, keys: Iterable[Key], decisions: Mapping[tuple[Key, Key], bool], numbers: Mapping[Key, str]) -> None:
        self.of = {key: _Cluster([key], frozenset({numbers[key]} if numbers.get(key) else ())) for key in keys}
        for (left, right), same in decisions.items():
            if not same and self.known(left, right):
                self.of[left].apart.add(right)
                self.of[right].apart.add(left)

    def known(self, left: Key, right: Key) -> bool:
        return left in self.of and right in self.of

    def may_join(self, left: Key, right: Key) -> bool:
        one, other = self.of[left], self.of[right]
        if one is other or (one.numbers and other.numbers and not one.numbers & other.numbers):
            return False
        return not self.kept_apart(one, other)

    @staticmethod
    def kept_apart(one: _Cluster, other: _Cluster) -> bool:
        smaller, larger = (one, other) if len(one.apart) <= len(other.apart) else (other, one)
        return bool(smaller.apart) and not smaller.apart.isdisjoint(larger.members)

    def agreement(self, left: Key, right: Key, pairs: Mapping[tuple[Key, Key], float], weight: Weight) -> float:
        """The mean over all pairs across the two clusters; one believed number on both sides needs no more.

        What people joined counts as one, by its member that speaks most for it: whatever the others look like, they are the same."""
        one, other = self.of[left], self.of[right]
        if one.numbers & other.numbers:
            return float("inf")
        best: dict[tuple[Key, Key], float] = {}
        for a in one.members[:_ENOUGH]:
            for b in other.members[:_ENOUGH]:
                pair = ordered(a, b)
                odds = pairs[pair] if pair in pairs else weight(*pair)
                at = one.by_hand.get(a, a), other.by_hand.get(b, b)
                best[at] = max(odds, best.get(at, odds))
        return sum(best.values()) / len(best)

    def join(self, left: Key, right: Key, by_hand: bool = False) -> None:
        one, other = self.of[left], self.of[right]
        if one is other or (by_hand and self.kept_apart(one, other)):
            return
        if len(one.members) < len(other.members):
            one, other = other, one
        one.members = sorted(one.members + other.members)
        one.numbers |= other.numbers
        one.apart |= other.apart
        one.by_hand |= other.by_hand
        if by_hand:  # before any other join, so all of them were joined so
            one.by_hand = dict.fromkeys(one.members, one.members[0])
        for key in other.members:
            self.of[key] = one

    def clusters(self) -> list[list[Key]]:
        return sorted({id(found): found.members for found in self.of.values()}.values())


_ENOUGH = 12
"""Members of a cluster that are asked; more of them would not change its mind."""
