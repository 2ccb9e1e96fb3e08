"""Which words of people about pairs of records hold, and what follows from them for the records that are there now.

People speak of records, which come and go: a record that the CRM no longer holds still carries what was said of it, so that two that
are each the same as it are the same, and what differs from it differs from them. What a CRM merged is the same too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, select

from store import bulk
from store.tables import RULES, LinkDecision, Merged, Record

decision, merged, record = bulk.table_of(LinkDecision), bulk.table_of(Merged), bulk.table_of(Record)

BY_PEOPLE = decision.c.decided_by != RULES
HOLDS = (BY_PEOPLE, decision.c.undone_at.is_(None))
SAME, DIFFERENT = "same", "different"


@dataclass(frozen=True, slots=True)
class Said:
    """A person's word about a pair of records."""

    left: int
    right: int
    same: bool
    act: int
    who: str
    at: datetime | None


class Groups:
    """Records in groups that grow together."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._above: dict[int, int] = {}
        for left, right in pairs:
            self._above[self.of(left)] = self.of(right)

    def of(self, record_id: int) -> int:
        """One record that stands for its group."""
        while (above := self._above.setdefault(record_id, record_id)) != record_id:
            self._above[record_id] = self._above[above]
            record_id = above
        return record_id

    def all(self) -> dict[int, list[int]]:
        """The groups of several, each in order."""
        found: dict[int, list[int]] = defaultdict(list)
        for record_id in sorted(self._above):
            found[self.of(record_id)].append(record_id)
        return found


def said(connection: Connection, entity: str) -> list[Said]:
    """Every word of a person that was not undone, the oldest first."""
    query = select(decision).where(decision.c.entity == entity, *HOLDS).order_by(decision.c.decided_at, decision.c.id)
    return [
        Said(row.left_id, row.right_id, row.judgement == SAME, row.act or row.id, row.decided_by, row.decided_at)
        for row in connection.execute(query)
    ]


def upon_live(connection: Connection, entity: str, live: Collection[int]) -> list[tuple[int, int, bool]]:
    """What the words of people mean for records that are there now: pairs, and whether they are the same."""
    words = said(connection, entity)
    return sorted(_upon(words, _by_crms(connection, entity) if words else [], live))


def _upon(words: Sequence[Said], by_crms: Iterable[tuple[int, int]], live: Collection[int]) -> set[tuple[int, int, bool]]:
    groups = Groups([*((word.left, word.right) for word in words if word.same), *by_crms])
    every = groups.all()
    here = {at: [one for one in members if one in live] for at, members in every.items()}
    found = {(word.left, word.right, word.same) for word in words if word.left in live and word.right in live}
    for at, members in every.items():
        if len(here[at]) < len(members):  # who held the others together may be gone
            found |= {_pair(here[at][0], other, True) for other in here[at][1:]}
    for word in words:
        if not word.same and groups.of(word.left) != groups.of(word.right):
            ends = [[end] if end in live else here.get(groups.of(end), []) for end in (word.left, word.right)]
            found |= {_pair(left, right, False) for left in ends[0] for right in ends[1]}
    return found


def _pair(left: int, right: int, same: bool) -> tuple[int, int, bool]:
    return (left, right, same) if left < right else (right, left, same)


def _by_crms(connection: Connection, entity: str) -> Iterator[tuple[int, int]]:
    """Records that a CRM joined with another and then dropped, each with the one that it now means."""
    of_kind = select(merged).where(merged.c.entity == entity).subquery()
    loser, survivor = record.alias(), record.alias()

    def is_one(found: FromClause, source_id: ColumnElement[str]) -> ColumnElement[bool]:
        place = (found.c.connection_id == of_kind.c.connection_id, found.c.entity == of_kind.c.entity)
        return and_(*place, found.c.source_id == source_id)

    pairs = of_kind.join(loser, is_one(loser, of_kind.c.loser)).join(survivor, is_one(survivor, of_kind.c.survivor))
    query = select(loser.c.id, survivor.c.id).select_from(pairs).where(loser.c.deleted_on.is_not(None))
    yield from ((row[0], row[1]) for row in connection.execute(query))


def stamp(connection: Connection) -> list[int]:
    """Another one whenever a person decided or undid something about links."""
    query = select(func.count(), func.max(decision.c.id), func.count(decision.c.undone_at)).where(BY_PEOPLE)
    return [int(found or 0) for found in connection.execute(query).one()]
