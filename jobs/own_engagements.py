"""Engagements of our own: what people wrote down here, in no CRM yet, as the flag policy sees it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from jobs import merged_ids
from mappings.policy import Touch
from store import bulk
from store.queries import among
from store.tables import OwnEngagement, Person, ThemeFound

if TYPE_CHECKING:
    from jobs.facts import Known

own, theme = bulk.table_of(OwnEngagement), bulk.table_of(ThemeFound)


class OwnEngagements:
    """Those of a batch of businesses, whatever ids the businesses and people had when they were written down."""

    def __init__(self, connection: Connection, business_ids: Sequence[str]) -> None:
        means = merged_ids.meaning(connection, business_ids)
        held = select(own).where(own.c.undone_at.is_(None), among(connection, own.c.business_id, sorted(means)))
        rows = connection.execute(held.order_by(own.c.id)).all()
        people = merged_ids.current(connection, Person, {who for row in rows for who in row.people})
        self._found: dict[str, dict[int, list[str]]] = {"theme": {}, "resource": {}}
        about = select(theme).where(among(connection, theme.c.engagement_id, [-row.id for row in rows])).order_by(theme.c.found)
        for row in connection.execute(about) if rows else ():
            if row.kind in self._found:
                self._found[row.kind].setdefault(row.engagement_id, []).append(row.found)
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
        touches = [touch._replace(people={who: word for who, word in touch.people.items() if who in theirs}) for touch in mine]
        every = (*touches, *known.facts.touches)
        themes, resources = (
            before | {touch.id: self._found[kind][touch.id] for touch in touches if touch.id in self._found[kind]}
            for kind, before in (("theme", known.themes), ("resource", known.resources))
        )
        facts = replace(known.facts, touches=every, themes=by_frequency(every, themes))
        return replace(known, facts=facts, owners=known.owners | self._owners[known.id], themes=themes, resources=resources)


def by_frequency(touches: Iterable[Touch], themes: Mapping[int, Sequence[str]]) -> tuple[str, ...]:
    """The themes of these engagements, but for cancelled ones; the commonest first."""
    counted: dict[str, int] = {}
    for touch in touches if themes else ():
        if touch.id in themes and touch.status != "cancelled":
            for found in themes[touch.id]:
                counted[found] = counted.get(found, 0) + 1
    return tuple(sorted(counted, key=lambda found: (-counted[found], found)))


def _touch(row: Any, people: dict[str, str]) -> Touch:
    """With a number below 0, as those above are CRMs' records."""
    there = {people[who]: "attended" for who in sorted(row.people) if who in people}
    return Touch(-row.id, row.kind, None, "done", row.day, there, names_business=True, has_participants=bool(row.people))
