"""Durable ids: which id a cluster of records gets, so that ids stay when data moves.

Pure: no database. A cluster takes the id that most of its records had; what was joined into another leaves a pointer behind; only a
cluster that holds nobody's majority gets a new id.
"""

import hashlib
from base64 import b32encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Identity:
    """The outcome: an id for each cluster (in their order), and where ids that are no longer used went."""

    ids: list[str]
    merged: dict[str, str] = field(default_factory=dict)


def assign(clusters: Sequence[Sequence[int]], held: Mapping[int, str], seeds: Sequence[str], prefix: str, taken: set[str]) -> Identity:
    """Gives each cluster of record ids an id.

    `held`: the id that each record has now. `seeds`: a text for each cluster that a new id is made of, so that the same data gives the
    same ids. `taken`: every id ever given, so that none is given twice."""
    votes = Counter((held[record], index) for index, cluster in enumerate(clusters) for record in cluster if record in held)
    given: dict[int, str] = {}
    used: set[str] = set()
    for (old, index), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0][0], min(clusters[vote[0][1]]))):
        if old not in used and index not in given:
            given[index] = old
            used.add(old)
    for index, seed in enumerate(seeds):
        if index not in given:
            given[index] = _mint(prefix, seed, taken | used)
            used.add(given[index])
    merged: dict[str, str] = {}
    for (old, index), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if old not in used:
            merged.setdefault(old, given[index])
    return Identity([given[index] for index in range(len(clusters))], merged)


def _mint(prefix: str, seed: str, taken: set[str]) -> str:
    """A new id: ten letters and digits from the seed."""
    for attempt in range(1000):
        digest = hashlib.blake2b(f"{seed}\x00{attempt}".encode(), digest_size=10).digest()
        found = prefix + b32encode(digest).decode().lower()[:10]
        if found not in taken:
            return found
    raise AssertionError("a thousand ids in a row are taken")
