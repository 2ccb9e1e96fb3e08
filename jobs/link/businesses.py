"""Joins business records into businesses: the register first, then a score for each pair that shares anything, then clusters.

Every pair that was joined, and every pair that nearly was, is told as an edge with what spoke for and against it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jobs.link.blocks import candidates
from jobs.link.clusters import cluster, decided, ordered
from jobs.link.levels import Levels, levels
from jobs.link.prepared import Corpus, Prepared, corpus, prepare
from jobs.link.records import ALONE, DIFFERENT, LIKELY, SAME, SURE, UNSURE, BusinessRecord, Decision, Edge, Joined, Key
from jobs.link.register import CompanyLookup, RegisterLink, link_to_register
from mappings.link_points import link_points
from mappings.names import name_key


@dataclass(frozen=True)
class BusinessLinks:
    """Clusters (every record in one), the edges with their evidence, company numbers, and how each record joined."""

    clusters: list[list[Key]]
    edges: list[Edge]
    company_number: dict[Key, RegisterLink]
    joined: dict[Key, Joined]


def link_businesses(
    records: Iterable[BusinessRecord], register: CompanyLookup | None = None, decisions: Iterable[Decision] = ()
) -> BusinessLinks:
    """Which records are one business. Two different company numbers never join; what people decided always holds."""
    found = sorted(records, key=lambda record: record.key)
    links = link_to_register(found, register) if register else {}
    prepared = [prepare(record, links[record.key].company_number if record.key in links else "") for record in found]
    known = corpus(prepared, _former_names(links, register) if register else ())
    compared = _compared(prepared, known)
    pairs = {key: link_points().odds(seen) for key, seen in compared.items()}
    numbers = {one.key: one.linked or one.typed for one in prepared if one.linked or one.typed}
    human = decided(decisions)
    by_key = {one.key: one for one in prepared}

    def weight(left: Key, right: Key) -> float:
        return link_points().odds(levels(by_key[left], by_key[right], known))

    clusters = cluster([one.key for one in prepared], pairs, human, numbers, weight, link_points().join)
    edges = list(_edges(clusters, pairs, compared, numbers))
    return BusinessLinks(clusters, edges, links, how_joined(clusters, edges))


def _former_names(links: Mapping[Key, RegisterLink], register: CompanyLookup) -> Iterator[tuple[str, str]]:
    """Each linked company's name with each of its former names."""
    for number in sorted({link.company_number for link in links.values()}):
        company = register.by_number(number)
        for former in company.previous_names if company else ():
            yield name_key(company.name if company else ""), name_key(former)


def _compared(prepared: Sequence[Prepared], known: Corpus) -> dict[tuple[Key, Key], Levels]:
    """The levels of each pair that is worth comparing. Pairs that nothing speaks for are left out to save memory."""
    kept = {}
    for a, b in sorted(candidates(prepared, known)):
        seen = levels(prepared[a], prepared[b], known)
        if link_points().odds(seen) >= link_points().ask:
            kept[(prepared[a].key, prepared[b].key)] = seen
    return kept


def _edges(
    clusters: Iterable[Iterable[Key]],
    pairs: Mapping[tuple[Key, Key], float],
    compared: Mapping[tuple[Key, Key], Levels],
    numbers: Mapping[Key, str],
) -> Iterator[Edge]:
    at = {key: index for index, keys in enumerate(clusters) for key in keys}
    for left, right in sorted(pairs):
        together = at[left] == at[right]
        apart = bool(numbers.get(left) and numbers.get(right) and numbers[left] != numbers[right])
        judgement = SAME if together and pairs[left, right] >= link_points().join else DIFFERENT if apart else UNSURE
        if judgement == UNSURE and together:
            continue  # other pairs joined the two
        yield Edge(*ordered(left, right), judgement, *_scored(pairs[left, right], judgement), link_points().evidence(compared[left, right]))


def _scored(odds: float, judgement: str) -> tuple[float, str]:
    band = UNSURE if judgement == UNSURE else SURE if judgement == DIFFERENT or odds >= link_points().sure else LIKELY
    return round(1 / (1 + math.exp(-odds)), 4), band


def how_joined(clusters: list[list[Key]], edges: Iterable[Edge]) -> dict[Key, Joined]:
    """By which evidence each record joined its cluster: its strongest edge within it."""
    how = {key: ALONE if len(keys) == 1 else Joined("decided", 1.0, SURE) for keys in clusters for key in keys}
    for edge in sorted((edge for edge in edges if edge.judgement == SAME), key=lambda edge: edge.score):
        for key in (edge.left, edge.right):
            how[key] = Joined(edge.evidence[0].partition(" (")[0], edge.score, edge.band)
    return how


__all__ = ["BusinessLinks", "BusinessRecord", "Decision", "link_businesses"]
