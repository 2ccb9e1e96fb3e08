"""The flag stage: looks at every business that something touched, time included, and keeps flags, their history, list and picture."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, or_, select

from jobs.collecting import seldom
from jobs.flag import BATCH
from jobs.flag_changes import Looking, changes, write
from jobs.flag_processes import look_apart, processors
from jobs.rules import Rules
from store import bulk
from store.database import Database
from store.lease import STAGES, Fenced, hold
from store.lock import Locked
from store.queries import among
from store.tables import Business, Dirty, FlagLooked, Stage

business, dirty, looked, stage = (bulk.table_of(model) for model in (Business, Dirty, FlagLooked, Stage))

WORTH = 10_000
"""So many businesses are looked at in several processes; fewer are done before these have begun."""

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
        whole = _is_whole(connection, looking.version)
        ids = _everyone(connection) if whole else _touched(connection, as_of)
        if apart := whole and len(ids) >= worth and processors() > 1 and store.seen_by_others:
            _forget_marks(connection)
    with seldom():
        (_look_apart if apart else _look_here)(store, list(_parts(ids, batch or (2 * BATCH if apart else BATCH))), looking, progress)
    with store.connect() as connection:
        bulk.replace(connection, Stage, [{"name": "flag", "worked_from": {"rules": looking.version}}], {"name": "flag"})
        marked = _touched(connection, as_of) if apart else []
    _look_here(store, list(_parts(marked, batch or BATCH)), looking)
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
            _look(connection, sorted(connection.scalars(marked)), Looking.by(rules, as_of, zone))
            held.touch(connection)
    except (Locked, Fenced):
        return False
    return True


def _look(connection: Connection, ids: list[str], looking: Looking) -> None:
    # First, so that a mark that somebody makes meanwhile waits for this transaction's end, and is not taken off unseen.
    connection.execute(delete(dirty).where(among(connection, dirty.c.business_id, ids)))
    write(connection, changes(connection, ids, looking), looking.as_of)


def _look_here(store: Database, parts: Sequence[list[str]], looking: Looking, progress: Progress = lambda done, total: None) -> None:
    done, total = 0, sum(map(len, parts))
    for part in parts:
        with store.connect() as connection:
            _look(connection, part, looking)
        progress(done := done + len(part), total)


def _look_apart(store: Database, parts: Sequence[list[str]], looking: Looking, progress: Progress) -> None:
    """In several processes. No mark is taken off: it was made since `_forget_marks`, perhaps after its business was read."""
    done, total = 0, sum(map(len, parts))
    for part, found in look_apart(store, parts, looking):
        with store.connect() as connection:
            write(connection, found or changes(connection, part, looking), looking.as_of)
        progress(done := done + len(part), total)


def _parts(ids: Sequence[str], batch: int) -> Iterator[list[str]]:
    return (list(ids[start : start + batch]) for start in range(0, len(ids), batch))


def _is_whole(connection: Connection, version: str) -> bool:
    """Whether every business is to be looked at: at first, when the rules changed, and where such a pass did not come to its end."""
    return bool(connection.scalar(select(stage.c.worked_from).where(stage.c.name == "flag")) != {"rules": version})


def _everyone(connection: Connection) -> list[str]:
    known = set(connection.scalars(select(business.c.id).where(business.c.merged_into.is_(None))))
    return sorted(known | set(connection.scalars(select(looked.c.business_id))))


def _touched(connection: Connection, as_of: date) -> list[str]:
    """Businesses touched since they were looked at, and those whose time has come."""
    by_time = select(looked.c.business_id).where(or_(looked.c.next_on <= as_of, looked.c.as_of > as_of))
    return sorted({*connection.scalars(select(dirty.c.business_id)), *connection.scalars(by_time)})


def _forget_marks(connection: Connection) -> None:
    """Every business is looked at now. Where that does not come to its end, the stage has no version, so that the next is whole."""
    connection.execute(delete(dirty))
    connection.execute(delete(stage).where(stage.c.name == "flag"))
