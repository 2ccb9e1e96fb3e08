"""What people said of a business and of its records, in words for its page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from jobs.decisions import asked, corrected
from jobs.decisions.asked import Decision, Edge
from jobs.decisions.kinds import CLAIM, NOT_LEADER, Correction
from jobs.facts import Known
from review.businesses.reading import View
from review.site import Site
from review.truth.history import Happened, happened
from review.truth.shown import Shown, shown

NEWEST = 10
"""Entries of the history that a business's page shows."""


@dataclass(frozen=True)
class Joined:
    """What is held of one record of a business and another."""

    edge: Edge
    other: asked.Side


@dataclass(frozen=True)
class Truth:
    """What people said of a business, and why its records are held to be one."""

    holds: tuple[Shown, ...]
    """The corrections that hold today, the newest first; not the claim and that it is not to be approached."""
    shut: Shown | None
    claim: Shown | None
    not_leaders: frozenset[str]
    why: Mapping[int, Sequence[Joined]]
    """By the rules, for each record, the surest first."""
    decided: tuple[Decision, ...]
    """What people decided about its records, and holds."""
    history: tuple[Happened, ...]
    """What happened, the newest first."""

    @property
    def newest(self) -> tuple[Happened, ...]:
        """So much of the history as the page has room for."""
        return self.history[:NEWEST]


def truth_of(site: Site, view: View) -> Truth:
    """Everything that people said of a business."""
    with site.store.reading() as connection:
        every = said_of(connection, site, view.known)
        decided = asked.decisions_about(connection, "business", view.id)
        history = happened(connection, site, view, [shown(site, view.known, one) for one in every], decided)
        why = _why(connection, view.id) if len(view.records) > 1 else {}
    today = site.today()
    now = [one for one in every if one.holds(today)]
    in_words = [shown(site, view.known, one) for one in now]
    return Truth(
        holds=tuple(one for one in in_words if one.kind not in corrected.ON_LIST),
        shut=next((shown(site, view.known, one) for one in view.known.corrected.shut if one.holds(today)), None),
        claim=next((one for one in in_words if one.kind == CLAIM), None),
        not_leaders=frozenset(str(one.person_id) for one in now if one.kind == NOT_LEADER),
        why=why,
        decided=tuple(one for one in decided if one.undone_at is None),
        history=tuple(history),
    )


def said_of(connection: Connection, site: Site, known: Known) -> list[Correction]:
    """Every correction of a business, of its people and of its engagements, those that no longer hold too, the newest first."""
    engagements = [touch.id for touch in known.facts.touches if touch.id > 0]
    return corrected.of_business(connection, known.id, site.today(), engagements, ended=True)


def _why(connection: Connection, business_id: str) -> dict[int, list[Joined]]:
    found: dict[int, list[Joined]] = defaultdict(list)
    for edge in asked.evidence(connection, "business", business_id).edges:
        if edge.who is None:
            found[edge.left.record_id].append(Joined(edge, edge.right))
            found[edge.right.record_id].append(Joined(edge, edge.left))
    return {record: sorted(every, key=lambda one: -one.edge.score) for record, every in found.items()}


