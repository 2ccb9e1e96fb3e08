"""Leases: who may write for a connection. A lease has a fencing number, which every transaction of its holder checks.

A holder that dies is noticed at once, as a lock that only its process holds becomes free; one that hangs or is stopped loses its lease
when it has given no sign of life for so long. Whatever it still does then, its next transaction is refused: the number has grown.
"""

import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, text, update
from sqlalchemy.exc import DBAPIError

from store import bulk
from store.database import Database, StoreError
from store.lock import Locked
from store.tables import Lease

lease = bulk.table_of(Lease)

STAGES = ":stages"
"""The stages after the pulls: linking, mapping and flagging, which read every connection's records."""
SCHEDULER = ":scheduler"
"""The worker that turns due moments into runs."""
WHOLE = ":whole"
"""Everything that writes, the scheduler aside."""
SECONDS = 60.0
IDLE_LIMIT = "10min"
"""Far more than any stage computes between two statements of one transaction."""


class Fenced(StoreError):
    """Another process has taken over, so what this one wanted to write was refused; nothing half done was kept."""


@dataclass(frozen=True)
class Held:
    """Leases that this process holds."""

    store: Database
    owner: str
    fences: Mapping[str, int]
    seconds: float

    @property
    def mine(self) -> ColumnElement[bool]:
        """The rows that are still held as they were taken."""
        taken = or_(*(and_(lease.c.name == name, lease.c.fence == fence) for name, fence in self.fences.items()))
        return and_(lease.c.owner == self.owner, taken)

    def touch(self, connection: Connection) -> None:
        """Gives a sign of life, and locks the leases until the transaction ends. Raises Fenced where they are another's now."""
        _limit(connection)
        done = connection.execute(update(lease).where(self.mine).values(until=_now(connection) + self.seconds))
        self._demand(done.rowcount)

    def look(self, connection: Connection) -> None:
        """Locks nothing and gives no sign of life. Raises Fenced as `touch` does."""
        _limit(connection)
        self._demand(int(connection.scalar(select(func.count()).select_from(lease).where(self.mine)) or 0))

    def _demand(self, mine: int) -> None:
        if mine != len(self.fences):
            raise Fenced("another process has taken over this run; nothing half done was kept")

    def renew(self) -> None:
        """Gives a sign of life outside of any transaction; one that is under way gives it itself, and is not waited for."""
        with self.store.unguarded() as connection:
            idle = select(lease.c.name).where(lease.c.owner == self.owner).with_for_update(skip_locked=True)
            names = list(connection.scalars(idle))
            connection.execute(update(lease).where(lease.c.name.in_(names)).values(until=_now(connection) + self.seconds))


def _limit(connection: Connection) -> None:
    """A process that was stopped in a transaction does not hold it for ever."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config('idle_in_transaction_session_timeout', :limit, true)"), {"limit": IDLE_LIMIT})


@contextmanager
def hold(store: Database, names: Sequence[str], seconds: float = SECONDS, guard: bool = True) -> Iterator[Held]:
    """Holds these leases, and lets every transaction of `store` check them (where it is to `guard`). Raises Locked at once where another
    holds one of them.

    `WHOLE` among the names: no other may hold any lease but the scheduler's, unless that is named too. `seconds` without a sign of life
    end it; one is given in every transaction and, by a thread, three times in so long."""
    owner = uuid.uuid4().hex
    with ExitStack() as stack:
        stack.enter_context(_alive(store, owner))
        held = Held(store, owner, _take(store, owner, names, seconds), seconds)
        stack.callback(_give_back, held)
        stack.enter_context(_renewed(held))
        if guard:
            stack.enter_context(store.guarded(held))
        yield held


def whole(store: Database) -> AbstractContextManager[Held]:
    """Holds everything that writes, the scheduler aside: no run is under way or begins. Raises Locked."""
    return hold(store, [WHOLE])


def free_all(store: Database) -> None:
    """Takes every lease from whoever holds it: for a database that was restored, whose holders are those of another time."""
    with store.unguarded() as connection:
        connection.execute(update(lease).values(owner="", fence=lease.c.fence + 1))


def held_by_others(store: Database) -> list[str]:
    """The names of the leases whose holders live."""
    with store.unguarded() as connection:
        return [row.name for row in _owned(connection) if not _is_dead(store, connection, row.owner, row.until)]


def _take(store: Database, owner: str, names: Sequence[str], seconds: float) -> dict[str, int]:
    wanted = {*names}
    with store.unguarded() as connection:
        if not store.is_sqlite:  # one at a time decides; on SQLite every writing transaction is alone
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('placebridge-lease', 0))"))
        bulk.insert(connection, Lease, ("name", "owner", "fence", "until"), [(name, "", 0, 0.0) for name in sorted(wanted | {WHOLE})])
        in_the_way = [row for row in _owned(connection) if _conflicts(row.name, wanted)]
        for row in in_the_way:
            if not _is_dead(store, connection, row.owner, row.until):
                raise Locked(row.name)
        taken = sorted(wanted | {row.name for row in in_the_way})
        _demand_idle(connection, taken)
        connection.execute(update(lease).where(lease.c.name.in_(taken)).values(owner="", fence=lease.c.fence + 1))
        mine = lease.c.name.in_(wanted)
        connection.execute(update(lease).where(mine).values(owner=owner, until=_now(connection) + seconds))
        return {row.name: row.fence for row in connection.execute(select(lease.c.name, lease.c.fence).where(mine))}


def _owned(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(select(lease).where(lease.c.owner != "").order_by(lease.c.name)).all()


def _conflicts(name: str, wanted: set[str]) -> bool:
    if name in wanted:
        return True
    return name != SCHEDULER and (name == WHOLE or WHOLE in wanted) and wanted != {SCHEDULER}


def _demand_idle(connection: Connection, names: Sequence[str]) -> None:
    """Raises Locked where a holder of one of them, stopped it may be, is in the midst of a transaction."""
    free = connection.scalars(select(lease.c.name).where(lease.c.name.in_(names)).with_for_update(skip_locked=True)).all()
    for name in names:
        if name not in free:
            raise Locked(name)


def _give_back(held: Held) -> None:
    try:
        with held.store.unguarded() as connection:
            connection.execute(update(lease).where(held.mine).values(owner=""))
    except DBAPIError:
        pass  # the database is away; whoever comes next finds that this process no longer lives


@contextmanager
def _renewed(held: Held) -> Iterator[None]:
    ended = threading.Event()
    thread = threading.Thread(target=_renew_until, args=(held, ended), name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _renew_until(held: Held, ended: threading.Event) -> None:
    while not ended.wait(held.seconds / 3):
        try:
            held.renew()
        except DBAPIError:
            continue  # the database is away, or a long transaction is in the way; either ends


def _now(connection: Connection) -> float:
    """One clock for all: PostgreSQL's, or the machine's that has the file."""
    if connection.dialect.name == "sqlite":
        return time.time()
    return float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0)


def _alive(store: Database, owner: str) -> AbstractContextManager[None]:
    """A lock that is held for as long as this process lives. A database in memory needs none: nobody else sees it."""
    if store.file is not None:
        return _alive_by_file(_file_of(store, owner))
    return nullcontext() if store.is_sqlite else _alive_by_session(store, owner)


def _is_dead(store: Database, connection: Connection, owner: str, until: float) -> bool:
    if until < _now(connection):
        return True
    if store.file is not None:
        return _is_free(_file_of(store, owner))
    if store.is_sqlite:
        return False
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"placebridge-{owner}"}))


def _file_of(store: Database, owner: str) -> Path:
    return Path(f"{store.file}.{owner[:8]}.lock")


def _is_free(file: Path) -> bool:
    if not file.exists():
        return True
    try:
        with FileLock(file).acquire(timeout=0):
            file.unlink(missing_ok=True)
            return True
    except Timeout:
        return False


@contextmanager
def _alive_by_file(file: Path) -> Iterator[None]:
    with FileLock(file).acquire(timeout=0):
        try:
            yield
        finally:
            file.unlink(missing_ok=True)


@contextmanager
def _alive_by_session(store: Database, owner: str) -> Iterator[None]:
    connection = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        connection.execute(text("SELECT pg_advisory_lock(hashtextextended(:key, 0))"), {"key": f"placebridge-{owner}"})
        yield
    finally:
        connection.close()
