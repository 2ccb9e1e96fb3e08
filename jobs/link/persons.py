"""Joins person records by exact evidence: own mail address with a like name, or name at the same business."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jobs.link.businesses import how_joined
from jobs.link.clusters import cluster, decided
from jobs.link.records import Decision, Edge, Key, PersonRecord
from mappings.contact_points import is_mobile, is_role_mailbox, mail_address, phones
from mappings.names_text import fold


@dataclass(frozen=True)
class PersonLinks:
    """Clusters (every record in one), the edges with their evidence, and how each record joined."""

    clusters: list[list[Key]]
    edges: list[Edge]
    method: dict[Key, str]
    score: dict[Key, float]
    band: dict[Key, str]


def link_persons(records: Iterable[PersonRecord], decisions: Iterable[Decision] = ()) -> PersonLinks:
    """Which records are one person; what people decided always holds."""
    found = sorted(records, key=lambda record: record.key)
    edges = sorted({(edge.left, edge.right): edge for edge in _edges(found)}.values(), key=lambda edge: (edge.left, edge.right))
    odds = {(edge.left, edge.right): edge.score for edge in edges}
    clusters = cluster([record.key for record in found], odds, decided(decisions), {}, lambda left, right: 0.0, 0.5)
    joined = how_joined(clusters, edges)
    return PersonLinks(
        clusters,
        edges,
        {key: how.method for key, how in joined.items()},
        {key: how.score for key, how in joined.items()},
        {key: how.band for key, how in joined.items()},
    )


def _edges(records: Sequence[PersonRecord]) -> Iterator[Edge]:
    blocks: dict[tuple[str, str], set[Key]] = defaultdict(set)
    for record in records:
        for key in _keys(record):
            blocks[key].add(record.key)
    for (evidence, _), block in sorted(blocks.items()):
        for left, right in pairwise(sorted(block)):
            yield Edge(left, right, "same", 0.97, "sure", (evidence,))


def _keys(record: PersonRecord) -> Iterator[tuple[str, str]]:
    first, last = _name(record)
    initial = first[:1]
    mail = mail_address(record.email)
    if mail and not is_role_mailbox(mail):
        yield "same mail address and initial", f"{mail} {initial}"
    if not last:
        return
    for number in phones(record.phone):
        if is_mobile(number):
            yield "same mobile and name", f"{number} {initial} {last}"
    if record.business and len(first) > 1:
        yield "same name at the same business", f"{record.business} {first} {last}"


def _name(record: PersonRecord) -> tuple[str, str]:
    words = fold(record.name if not (record.first_name or record.last_name) else f"{record.first_name} {record.last_name}").split()
    return (words[0], words[-1]) if len(words) > 1 else ("", words[0] if words else "")


__all__ = ["PersonLinks", "PersonRecord", "link_persons"]
