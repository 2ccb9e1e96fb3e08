"""What a read says is gone, and the guard that stops it where that is too much."""

from sqlalchemy import and_, func, or_, select

from jobs.settling.arrived import Arrived
from mappings.field_map import Block
from store import bulk
from store.tables import Arrival, Record

arrival, record = bulk.table_of(Arrival), bulk.table_of(Record)

GUARD_COUNT = 10
GUARD_SHARE = 5
"""A read that would remove more than GUARD_COUNT records and more than one in GUARD_SHARE stops and asks."""

REFUSED = "this read would remove"
"""How every refusal's message begins."""


class DeletionsRefused(Exception):
    """The read would remove so much of an entity that it looks like a broken export."""


def lost(arrived: Arrived, blocks: list[Block]) -> list[int]:
    """The ids of the records that a whole read no longer holds; those of an extract are never lost."""
    kept = [*(block.source for block in blocks if not block.complete), *arrived.finished.changes_only]
    if not kept and _all_stand(arrived):
        return []
    if {block.source for block in blocks}.issubset(kept) and arrived.by_the_same_map:
        return []
    there = and_(arrived.held, record.c.deleted_on.is_(None), record.c.block.not_in(kept))
    there_still = select(arrival.c.record_id).where(or_(arrived.accepted, arrived.seen), arrival.c.record_id.is_not(None))
    # EXCEPT, as a join would be a nested loop on SQLite, and NOT IN one on PostgreSQL where the ids do not fit its memory.
    return list(arrived.connection.scalars(select(record.c.id).where(there).except_(there_still)))


def _all_stand(arrived: Arrived) -> bool:
    """Whether all that arrived are records just as they are, and as many as there are: so it is of most reads, and quicker to see."""
    found = arrived.there
    if not arrived.finished.once or found.anew or found.marks or found.refused:
        return False
    return bool(found.known == _live_count(arrived))


def _live_count(arrived: Arrived) -> int:
    """How many records there are that are not deleted."""
    counted = select(func.count()).select_from(record).where(arrived.held, record.c.deleted_on.is_(None))
    return int(arrived.connection.scalar(counted) or 0)


def told_gone(arrived: Arrived) -> list[int]:
    """The ids of the live records that the system said are deleted, or whose row is refused now."""
    if not arrived.finished.living or not (arrived.there.marks or arrived.any_refused):
        return []
    refused = and_(arrived.rows, arrival.c.reason.is_not(None), arrival.c.block.in_(arrived.finished.living))
    gone = select(arrival.c.record_id).where(or_(and_(arrived.rows, arrival.c.mark == "deleted"), refused))
    accepted = select(arrival.c.record_id).where(arrived.accepted, arrival.c.record_id.is_not(None))
    live = select(record.c.id).where(arrived.held, record.c.deleted_on.is_(None), record.c.id.in_(gone))
    return list(arrived.connection.scalars(live.except_(accepted)))


def renamed(arrived: Arrived) -> int:
    """How many of what is lost may only have got another id: a participant's is made of what its row says."""
    if arrived.entity != "participant":
        return 0
    new = select(func.count()).select_from(arrival).where(arrived.accepted, arrival.c.record_id.is_(None))
    return int(arrived.connection.scalar(new) or 0)


def guard(arrived: Arrived, lost: int) -> None:
    """Stops before anything is removed, where too much would be."""
    if lost <= GUARD_COUNT:
        return
    held = _live_count(arrived)
    if lost * GUARD_SHARE > held:
        raise DeletionsRefused(
            f"{REFUSED} {lost:,} of {held:,} {arrived.entity} records, which looks like a broken or partial export; nothing of"
            f" it was taken over. If they are really gone, run the sync again with --accept-deletions; if another system took this"
            f" one's place, see `placebridge connection replace`"
        )
