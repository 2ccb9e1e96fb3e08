"""The flag stage: looks at every business that something touched, time included, and keeps flags, their history, list and picture."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, or_, select

from jobs.collecting import seldom
from jobs.flag import BATCH
from jobs.flag_changes import Looking, changes, write
from jobs.flag_processes import Part, even, look_apart, processors
from jobs.rules import Rules
from jobs.work import keeping
from store import bulk
from store.database import Database
from store.lease import STAGES, Fenced, hold
from store.lock import Locked
from store.queries import among
from store.tables import Business, Dirty, FlagLooked, Stage

business, dirty, looked, stage = (bulk.table_of(model) for model in (Business, Dirty, FlagLooked, Stage))

WORTH = 10_000
"""So many businesses are looked at in several processes; fewer are done before these have begun."""

APART = 4 * BATCH
"""Businesses of a part that a process looks at, at most."""

Progress = Callable[[int, int], None]


def flag_businesses(
    store: Database,
    as_of: date,
    rules: Rules,
    zone: ZoneInfo,
    progress: Progress = lambda done, total: None,
    worth: int = WORTH,
    batch: int = 0,
) -> int:
    """Brings every flag, and beside it the picture of the places, up to a day; returns how many businesses were looked at.

    `worth`: as many are looked at in several processes, where all are to be. `batch`: so many are written in one transaction (0: as
    many as are best)."""
    looking = Looking.by(rules, as_of, zone)
    with store.connect() as connection:
        held = connection.scalar(select(stage.c.worked_from).where(stage.c.name == "flag")) or {}
        whole, relisted = held.get("rules") != looking.version, held.get("list") != keeping.SHAPE
        ids = _everyone(connection) if whole else _touched(connection, as_of)
        apart = whole and len(ids) >= worth and processors() > 1 and store.seen_by_others
        marked = _forget_marks(connection) if apart else set()
    touched = set(ids) if whole and relisted else marked
    size = batch or (even(len(ids), APART, processors()) if apart else BATCH)
    parts = [Part(part, sorted(touched.intersection(part))) for part in bulk.parts(ids, size)]
    with seldom():
        if apart:
            _look_apart(store, parts, looking, not held, progress)
        else:
            _look_here(store, parts, looking, progress)
    with store.connect() as connection:
        worked_from = {"rules": looking.version, "list": keeping.SHAPE}
        bulk.replace(connection, Stage, [{"name": "flag", "worked_from": worked_from}], {"name": "flag"})
        left = _touched(connection, as_of) if apart else []
    _look_here(store, [Part(part, []) for part in bulk.parts(left, batch or BATCH)], looking)
    return len(ids)


def reflag(store: Database, ids: Iterable[str], as_of: date, rules: Rules, zone: ZoneInfo) -> bool:
    """Looks at these businesses again at once, those of them that are to be; True when none of them waits any more.

    False where somebody is at the stages: they stay marked, so that the run under way or the next looks at them. `store` may be in use by
    other threads meanwhile."""
    try:
        # The lease is looked at here and not by `store`, as other threads write through it too.
        with hold(store, [STAGES], guard=False) as held, store.connect() as connection:
            held.touch(connection)
            marked = select(dirty.c.business_id).where(among(connection, dirty.c.business_id, sorted(set(ids))))
            _look(connection, Part(sorted(connection.scalars(marked)), []), Looking.by(rules, as_of, zone))
            held.touch(connection)
    except (Locked, Fenced):
        return False
    return True


def _look(connection: Connection, part: Part, looking: Looking) -> None:
    # First, so that a mark that somebody makes meanwhile waits for this transaction's end, and is not taken off unseen.
    taken_off = delete(dirty).where(among(connection, dirty.c.business_id, part.ids)).returning(dirty.c.business_id)
    touched = {*part.touched, *connection.scalars(taken_off)}
    write(connection, changes(connection, part.ids, looking, touched), looking.as_of)


def _look_here(store: Database, parts: Sequence[Part], looking: Looking, progress: Progress = lambda done, total: None) -> None:
    done, total = 0, sum(len(part.ids) for part in parts)
    for part in parts:
        with store.connect() as connection:
            _look(connection, part, looking)
        progress(done := done + len(part.ids), total)


def _look_apart(store: Database, parts: Sequence[Part], looking: Looking, first: bool, progress: Progress) -> None:
    """In several processes. No mark is taken off: it was made since `_forget_marks`, perhaps after its business was read."""
    done, total = 0, sum(len(part.ids) for part in parts)
    for part, found in look_apart(store, parts, looking, first):
        with store.connect() as connection:
            write(connection, found or changes(connection, part.ids, looking, part.touched), looking.as_of)
        progress(done := done + len(part.ids), total)


def _everyone(connection: Connection) -> list[str]:
    known = select(business.c.id).where(business.c.merged_into.is_(None))
    return sorted(connection.scalars(known.union(select(looked.c.business_id))))


def _touched(connection: Connection, as_of: date) -> list[str]:
    """Businesses touched since they were looked at, and those whose time has come."""
    by_time = select(looked.c.business_id).where(or_(looked.c.next_on <= as_of, looked.c.as_of > as_of))
    return sorted({*connection.scalars(select(dirty.c.business_id)), *connection.scalars(by_time)})


def _forget_marks(connection: Connection) -> set[str]:
    """Every business is looked at now; whose marks these were. Where that does not come to its end, the stage has no version, so that the
    next is whole and every row of the list is made anew."""
    connection.execute(delete(stage).where(stage.c.name == "flag"))
    return set(connection.scalars(delete(dirty).returning(dirty.c.business_id)))
