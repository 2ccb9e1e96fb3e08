"""Durable ids: which id a cluster of records gets, so that ids stay when data moves.

Pure: no database. A cluster takes the id that most of its records had; what was joined into another leaves a pointer behind, and its
records remember it, so that what is parted again finds its id; only a cluster that nothing is known of gets a new one.
"""

import hashlib
from base64 import b32encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

REMEMBERED = 8
"""Former ids that a record remembers, the newest."""


@dataclass(frozen=True)
class Held:
    """The id that a record has now, and those that it had before a join took it, the last at the end."""

    id: str
    former: tuple[str, ...] = ()

    def then(self, new: str) -> "Held":
        """What is held when the record gets an id: a new one, or one that it had before."""
        if new == self.id:
            return self
        if new in self.former:
            return Held(new, self.former[: self.former.index(new)])
        return Held(new, (*self.former, self.id)[-REMEMBERED:])


@dataclass(frozen=True)
class Identity:
    """The outcome: an id for each cluster (in their order), where ids that are no longer used went, and those that are used again."""

    ids: list[str]
    merged: dict[str, str] = field(default_factory=dict)
    revived: frozenset[str] = frozenset()


Vote = tuple[str, int]
"""An id and the cluster for which it speaks."""


def assign(clusters: Sequence[Sequence[int]], held: Mapping[int, Held], seeds: Sequence[str], prefix: str, taken: set[str]) -> Identity:
    """Gives each cluster of record ids an id.

    `held`: what each record holds now. `seeds`: a text for each cluster that a new id is made of, so that the same data gives the same
    ids. `taken`: every id ever given, so that none is given twice."""
    now, past = _votes(clusters, held)
    given: dict[int, str] = {}
    used: set[str] = set()

    def give(index: int, found: str) -> None:
        given[index] = found
        used.add(found)

    natives = Counter(
        (held[record].id, i) for i, found in enumerate(clusters) for record in found if record in held and not held[record].former
    )

    def rank(vote: Vote) -> tuple[int, int, int, str, int]:
        """Most records first; of as many, the id that others of the cluster had before, then those that never had another."""
        return -now[vote], -past[vote], -natives[vote], vote[0], min(clusters[vote[1]])

    for old, index in sorted(now, key=rank):
        if old not in used and index not in given:
            give(index, old)
    revived = set()
    for old, index in sorted(past, key=lambda vote: (-past[vote], vote[0], min(clusters[vote[1]]))):
        if old not in used and index not in given:
            give(index, old)
            revived.add(old)
    known = taken | used
    for index, seed in enumerate(seeds):
        if index not in given:
            give(index, _mint(prefix, seed, known))
            known.add(given[index])
    merged: dict[str, str] = {}
    for old, index in sorted(now, key=lambda vote: (-now[vote], vote)):
        if old not in used:
            merged.setdefault(old, given[index])
    return Identity([given[index] for index in range(len(clusters))], merged, frozenset(revived))


def _votes(clusters: Sequence[Sequence[int]], held: Mapping[int, Held]) -> tuple[Counter[Vote], Counter[Vote]]:
    """How many records of each cluster have an id now, and had it before."""
    now: Counter[Vote] = Counter()
    past: Counter[Vote] = Counter()
    for index, cluster in enumerate(clusters):
        for found in (held[record] for record in cluster if record in held):
            now[(found.id, index)] += 1
            past.update((old, index) for old in found.former)
    return now, past


def _mint(prefix: str, seed: str, taken: set[str]) -> str:
    """A new id: ten letters and digits from the seed."""
    for attempt in range(1000):
        digest = hashlib.blake2b(f"{seed}\x00{attempt}".encode(), digest_size=10).digest()
        found = prefix + b32encode(digest).decode().lower()[:10]
        if found not in taken:
            return found
    raise AssertionError("a thousand ids in a row are taken")
