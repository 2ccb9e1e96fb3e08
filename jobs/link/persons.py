"""Joins person records into persons: a score for each pair that shares anything, then clusters, as for businesses."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from jobs.link.blocks import pairs_within
from jobs.link.clusters import cluster, decided
from jobs.link.edges import edges_of, how_joined
from jobs.link.person_levels import SIDES, Prepared, corpus, levels, prepare
from jobs.link.records import Decision, Edge, Joined, Key, PersonRecord
from jobs.link.weighing import Scale, Weighed
from mappings.link_points import person_points

BLOCK = 60
"""A key that more records share finds no pairs."""


@dataclass(frozen=True)
class PersonLinks:
    """Clusters (every record in one), the edges with their evidence, and how each record joined."""

    clusters: list[list[Key]]
    edges: list[Edge]
    joined: dict[Key, Joined]


def link_persons(records: Iterable[PersonRecord], decisions: Iterable[Decision] = ()) -> PersonLinks:
    """Which records are one person; what people decided always holds."""
    prepared = [prepare(record) for record in sorted(records, key=lambda record: record.key)]
    known, points = corpus(prepared), person_points()
    scale = Scale(points, SIDES)
    compared: dict[tuple[Key, Key], Weighed] = {}
    for a, b in candidates(prepared):
        weighed = scale.weigh(levels(prepared[a], prepared[b], known))
        if weighed.odds >= points.ask:
            compared[(prepared[a].key, prepared[b].key)] = weighed
    pairs = {key: weighed.odds for key, weighed in compared.items()}
    by_key = {one.key: one for one in prepared}

    def weight(left: Key, right: Key) -> float:
        return scale.weigh(levels(by_key[left], by_key[right], known)).odds

    clusters = cluster([one.key for one in prepared], pairs, decided(decisions), {}, weight, points.join)
    edges = list(edges_of(clusters, compared, points, {}))
    return PersonLinks(clusters, edges, how_joined(clusters, edges))


def candidates(prepared: Sequence[Prepared]) -> Iterator[tuple[int, int]]:
    """Pairs of positions that share a key which few share, the smaller first, in order."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, one in enumerate(prepared):
        for key in set(_keys(one)):
            blocks[key].append(position)
    return pairs_within(block for block in blocks.values() if len(block) <= BLOCK)


def _keys(one: Prepared) -> Iterator[tuple[str, ...]]:
    first, last = one.name.first, one.name.last
    if one.own_mail:
        yield "mail", one.mail
    yield from (("mobile", number) for number in one.mobiles)
    if first and last:
        yield "name", first, last
        yield "mailbox", one.mailbox, last
    if one.business:
        if last:
            yield "at", one.business, "last", last
        if len(first) > 1:
            yield "at", one.business, "first", first
        yield ("at", one.business, "initials", *sorted((first[:1], last[:1])))


__all__ = ["PersonLinks", "PersonRecord", "link_persons"]
