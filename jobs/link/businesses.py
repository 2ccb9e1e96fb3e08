"""Joins business records into businesses: the register first, then a score for each pair that shares anything, then clusters.

Every pair that was joined, and every pair that nearly was, is told as an edge with what spoke for and against it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jobs.link.blocks import candidates
from jobs.link.clusters import cluster, decided
from jobs.link.edges import edges_of, how_joined
from jobs.link.levels import SIDES, at_sight, by_letters, levels
from jobs.link.prepared import Corpus, Prepared, corpus, prepare
from jobs.link.records import BusinessRecord, Decision, Edge, Joined, Key
from jobs.link.register import CompanyLookup, RegisterLink, link_to_register
from jobs.link.weighing import Scale, Weighed
from mappings.link_points import business_points
from mappings.names import name_key

TYPED = 0.8
"""How far a typed number is believed that no register holds: below any that the register agrees with."""


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
    points = business_points()
    scale = Scale(points, SIDES)
    compared = _compared(prepared, known, scale)
    pairs = {key: weighed.odds for key, weighed in compared.items()}
    numbers = {one.key: one.linked or one.typed for one in prepared if one.linked or one.typed}
    human = decided(decisions)
    by_key = {one.key: one for one in prepared}

    def weight(left: Key, right: Key) -> float:
        return scale.weigh(levels(by_key[left], by_key[right], known)).odds

    clusters = cluster([one.key for one in prepared], pairs, human, numbers, weight, points.join)
    edges = list(edges_of(clusters, compared, points, numbers))
    return BusinessLinks(clusters, edges, links | _as_typed(prepared, register), how_joined(clusters, edges))


def _as_typed(prepared: Iterable[Prepared], register: CompanyLookup | None) -> dict[Key, RegisterLink]:
    """The numbers that CRMs hold of companies that no register can speak for or against."""
    return {
        one.key: RegisterLink(one.key, one.typed, "typed", TYPED)
        for one in prepared
        if one.typed and not one.linked and (register is None or register.by_number(one.typed) is None)
    }


def _former_names(links: Mapping[Key, RegisterLink], register: CompanyLookup) -> Iterator[tuple[str, str]]:
    """Each linked company's name with each of its former names."""
    for number in sorted({link.company_number for link in links.values()}):
        company = register.by_number(number)
        for former in company.previous_names if company else ():
            yield name_key(company.name if company else ""), name_key(former)


def _compared(prepared: Sequence[Prepared], known: Corpus, scale: Scale) -> dict[tuple[Key, Key], Weighed]:
    """What each pair weighs that is worth comparing, in order. Pairs that nothing speaks for are left out to save memory."""
    kept, ask = {}, scale.points.ask
    for a, b in candidates(prepared, known):
        one, other = prepared[a], prepared[b]
        seen = at_sight(one, other, known)
        if not scale.may_be_told(seen):
            continue
        weighed = scale.weigh(by_letters(one, other, known, seen))
        if weighed.odds >= ask:
            kept[(one.key, other.key)] = weighed
    return kept


__all__ = ["BusinessLinks", "BusinessRecord", "Decision", "link_businesses"]
