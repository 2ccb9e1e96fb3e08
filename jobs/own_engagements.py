"""Engagements of our own: what people wrote down here, in no CRM yet, as the flag policy sees it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from jobs import merged_ids
from mappings.policy import Touch
from store import bulk
from store.queries import among
from store.tables import OwnEngagement, Person

if TYPE_CHECKING:
    from jobs.facts import Known

own = bulk.table_of(OwnEngagement)


class OwnEngagements:
    """Those of a batch of businesses, whatever ids the businesses and people had when they were written down."""

    def __init__(self, connection: Connection, business_ids: Sequence[str]) -> None:
        means = merged_ids.meaning(connection, business_ids)
        held = select(own).where(own.c.undone_at.is_(None), among(connection, own.c.business_id, sorted(means)))
        rows = connection.execute(held.order_by(own.c.id)).all()
        people = merged_ids.current(connection, Person, {who for row in rows for who in row.people})
        self._touches: dict[str, list[Touch]] = defaultdict(list)
        self._owners: dict[str, dict[int, str]] = defaultdict(dict)
        for row in rows:
            business_id, touch = means[row.business_id], _touch(row, people)
            self._touches[business_id].append(touch)
            self._owners[business_id][touch.id] = row.decided_by

    def added_to(self, known: "Known") -> "Known":
        """A business's facts with these among them. As with a CRM's, somebody who is on no record of the business counts for nothing."""
        mine = self._touches.get(known.id)
        if not mine:
            return known
        theirs = {member.person for member in known.facts.members}
        touches = [replace(touch, people={who: word for who, word in touch.people.items() if who in theirs}) for touch in mine]
        facts = replace(known.facts, touches=(*touches, *known.facts.touches))
        return replace(known, facts=facts, owners=known.owners | self._owners[known.id])


def _touch(row: Any, people: dict[str, str]) -> Touch:
    """With a number below 0, as those above are CRMs' records."""
    there = {people[who]: "attended" for who in sorted(row.people) if who in people}
    return Touch(-row.id, row.kind, None, "done", row.day, there, names_business=True, has_participants=bool(row.people))
