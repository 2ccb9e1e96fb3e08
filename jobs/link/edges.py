"""Edges: what is told of each pair that was joined, and of each that nearly was."""

from collections.abc import Iterable, Iterator, Mapping

from jobs.link.clusters import ordered
from jobs.link.records import ALONE, DIFFERENT, LIKELY, SAME, SURE, UNSURE, Edge, Joined, Key
from jobs.link.weighing import Weighed
from mappings.link_points import LinkPoints


def edges_of(
    clusters: Iterable[Iterable[Key]],
    compared: Mapping[tuple[Key, Key], Weighed],
    points: LinkPoints,
    numbers: Mapping[Key, str],
) -> Iterator[Edge]:
    """An edge for each compared pair, in their order: same (joined by it), different (two company numbers), unsure (a person is asked)."""
    at = {key: index for index, keys in enumerate(clusters) for key in keys}
    for (left, right), weighed in compared.items():
        odds = weighed.odds
        if at[left] == at[right]:
            if odds < points.join:
                continue  # other pairs joined the two
            judgement, band = SAME, SURE if odds >= points.sure else LIKELY
        elif numbers.get(left) and numbers.get(right) and numbers[left] != numbers[right]:
            judgement, band = DIFFERENT, SURE
        else:
            judgement, band = UNSURE, UNSURE
        yield Edge(*ordered(left, right), judgement, weighed.likelihood, band, weighed.evidence)


def how_joined(clusters: Iterable[list[Key]], edges: Iterable[Edge]) -> dict[Key, Joined]:
    """By which evidence each record joined its cluster: its strongest edge within it."""
    how = {key: ALONE if len(keys) == 1 else Joined("decided", 1.0, SURE) for keys in clusters for key in keys}
    for edge in sorted((edge for edge in edges if edge.judgement == SAME), key=lambda edge: edge.score):
        for key in (edge.left, edge.right):
            how[key] = Joined(edge.evidence[0].partition(" (")[0], edge.score, edge.band)
    return how
