"""Joins business records by exact evidence: believed company number, name with place, name with domain or phone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jobs.link.clusters import cluster, decided
from jobs.link.records import ALONE, BusinessRecord, Decision, Edge, Joined, Key
from jobs.link.register import CompanyLookup, RegisterLink, link_to_register
from mappings.company_numbers import company_number
from mappings.contact_points import mail_domain, own_domain, phones, postcode, web_host
from mappings.names import name_key

BLOCK = 30
"""A key that more records share tells nothing."""


@dataclass(frozen=True)
class BusinessLinks:
    """Clusters (every record in one), the edges with their evidence, company numbers, and how each record joined."""

    clusters: list[list[Key]]
    edges: list[Edge]
    company_number: dict[Key, RegisterLink]
    method: dict[Key, str]
    score: dict[Key, float]
    band: dict[Key, str]


def link_businesses(
    records: Iterable[BusinessRecord], register: CompanyLookup | None = None, decisions: Iterable[Decision] = ()
) -> BusinessLinks:
    """Which records are one business. Two different believed numbers never join; what people decided always holds."""
    found = sorted(records, key=lambda record: record.key)
    links = link_to_register(found, register) if register else {}
    edges = sorted(_best(_edges(found, links)).values(), key=lambda edge: (edge.left, edge.right))
    numbers = {key: link.company_number for key, link in links.items()} | _typed(found, links)
    odds = {(edge.left, edge.right): edge.score for edge in edges}
    human = decided(decisions)
    clusters = cluster([record.key for record in found], odds, human, numbers, lambda left, right: 0.0, 0.5)
    return _told(clusters, edges, links)


def _typed(records: Sequence[BusinessRecord], links: dict[Key, RegisterLink]) -> dict[Key, str]:
    """Typed numbers of records that the register did not link; they only keep apart."""
    typed = {record.key: company_number(record.company_number) for record in records if record.key not in links}
    return {key: number for key, number in typed.items() if number}


def _edges(records: Sequence[BusinessRecord], links: dict[Key, RegisterLink]) -> Iterator[Edge]:
    for (what, _), block in _blocks(records, links).items():
        if len(block) <= BLOCK:
            for left, right in pairwise(sorted(block)):
                yield Edge(left, right, "same", *_SCORES[what[0]], (what[1],))


_SCORES = {"number": (0.99, "sure"), "place": (0.97, "sure"), "domain": (0.9, "likely"), "phone": (0.9, "likely")}


def _blocks(records: Sequence[BusinessRecord], links: dict[Key, RegisterLink]) -> dict[tuple[tuple[str, str], str], set[Key]]:
    blocks: dict[tuple[tuple[str, str], str], set[Key]] = defaultdict(set)
    for record in records:
        name, link = name_key(record.name), links.get(record.key)
        number = link.company_number if link else company_number(record.company_number)
        if number and (link or name):
            # Without the register a typed number is believed only together with the beginning of the name.
            blocks[(("number", f"same company number {number}"), number if link else number + name[:4])].add(record.key)
        if len(name) < 3:
            continue
        for what, value in _with_name(record):
            blocks[((what, f"same name and {'postcode' if what == 'place' else what} {value}"), name + value)].add(record.key)
    return blocks


def _with_name(record: BusinessRecord) -> Iterator[tuple[str, str]]:
    if code := postcode(record.postcode):
        yield "place", code
    hosts = {web_host(record.website), mail_domain(record.email)} - {""}
    yield from (("domain", domain) for domain in sorted({own_domain(host) for host in hosts} - {""}))
    yield from (("phone", number) for number in phones(record.phone))


def _best(edges: Iterable[Edge]) -> dict[tuple[Key, Key], Edge]:
    best: dict[tuple[Key, Key], Edge] = {}
    for edge in edges:
        held = best.get((edge.left, edge.right))
        evidence = tuple(sorted({*(held.evidence if held else ()), *edge.evidence}))
        top = max((edge, held) if held else (edge,), key=lambda one: one.score)
        best[(edge.left, edge.right)] = Edge(edge.left, edge.right, "same", top.score, top.band, evidence)
    return best


def _told(clusters: list[list[Key]], edges: list[Edge], links: dict[Key, RegisterLink]) -> BusinessLinks:
    joined = how_joined(clusters, edges)
    return BusinessLinks(
        clusters,
        edges,
        links,
        {key: how.method for key, how in joined.items()},
        {key: how.score for key, how in joined.items()},
        {key: how.band for key, how in joined.items()},
    )


def how_joined(clusters: list[list[Key]], edges: list[Edge]) -> dict[Key, Joined]:
    """By which evidence each record joined its cluster: its strongest edge within it."""
    at = {key: index for index, keys in enumerate(clusters) for key in keys}
    how = {key: ALONE if len(keys) == 1 else Joined("decided", 1.0, "sure") for keys in clusters for key in keys}
    for edge in sorted(edges, key=lambda edge: edge.score):
        if at[edge.left] == at[edge.right]:
            for key in (edge.left, edge.right):
                how[key] = Joined(edge.evidence[0], edge.score, edge.band)
    return how


__all__ = ["BusinessLinks", "BusinessRecord", "Decision", "link_businesses"]
