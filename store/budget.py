"""A rate budget in the database: what one worker takes, all workers of the connection have taken."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, Connection, and_, bindparam, delete, insert, or_, select, update

from store import bulk
from store.database import Database
from store.tables import BudgetHold, BudgetUse

use, holds = bulk.table_of(BudgetUse), bulk.table_of(BudgetHold)
SLOTS = 60
"""A window is counted in so many slots, so it may let a request through up to a sixtieth of its length late, and never early."""

# Written once, as they are asked before each request and SQLAlchemy takes longer to write them than the database to answer.
_mine: BindParameter[str] = bindparam("mine")
_of_window = and_(use.c.connection == bindparam("mine"), use.c.seconds == bindparam("window"))
_UNTIL = select(holds.c.until).where(holds.c.connection == _mine).with_for_update()
_USED = select(use.c.seconds, use.c.slot, use.c.taken).where(use.c.connection == _mine)
_STALE = delete(use).where(_of_window, or_(use.c.slot < bindparam("first"), use.c.slot > bindparam("last")))
_MORE = update(use).where(_of_window, use.c.slot == bindparam("at")).values(taken=bindparam("count"))
_NEW = insert(use)


class Span(NamedTuple):
    """At most so many requests in any stretch of so many seconds."""

    requests: int
    seconds: float


class SharedBudget:
    """The budget of one connection. Every window holds at every moment over all workers; times are seconds since 1970."""

    def __init__(self, store: Database, connection: str, spans: Sequence[Span]) -> None:
        self._store, self._connection, self._spans = store, connection, spans

    def take(self, now: float) -> float:
        """Takes one request and gives 0; or takes nothing and gives the seconds after which to ask again."""
        with self._store.beside() as connection:
            until = self._locked(connection)
            used = self._used(connection, now)
            wait = max([until - now, *(_wait(span, used[span.seconds], now) for span in self._spans)])
            if wait > 0:
                return math.ceil(wait * 1000) / 1000
            for span in self._spans:
                self._write(connection, span.seconds, _slot(span, now), used[span.seconds])
            return 0.0

    def hold(self, until: float) -> None:
        """Nobody takes anything before that time. An earlier time than one already held changes nothing."""
        with self._store.beside() as connection:
            if self._locked(connection) < until:
                connection.execute(update(holds).where(holds.c.connection == self._connection).values(until=until))

    def _locked(self, connection: Connection) -> float:
        """Until when all hold back; and from here to the transaction's end no other worker takes anything."""
        mine = {"mine": self._connection}
        found = connection.scalar(_UNTIL, mine)
        if found is None:
            bulk.insert(connection, BudgetHold, ("connection", "until"), [(self._connection, 0.0)])
            found = connection.scalar(_UNTIL, mine)
        return float(found or 0.0)

    def _used(self, connection: Connection, now: float) -> dict[float, dict[int, int]]:
        """What was taken in each slot of each window, by the window's seconds."""
        found: dict[float, dict[int, int]] = {span.seconds: {} for span in self._spans}
        for seconds, slot, count in connection.execute(_USED, {"mine": self._connection}):
            found.get(seconds, {})[slot] = count
        for span in self._spans:
            taken, current = found[span.seconds], _slot(span, now)
            stale = [slot for slot in taken if not current - SLOTS <= slot <= current]
            ahead = sum(taken[slot] for slot in stale if slot > current)
            for slot in stale:
                del taken[slot]
            if stale:
                slots = {"first": current - SLOTS, "last": current}
                connection.execute(_STALE, {"mine": self._connection, "window": span.seconds, **slots})
            if ahead:  # a clock that was set back: what it makes to lie ahead counts as now
                self._write(connection, span.seconds, current, taken, ahead)
        return found

    def _write(self, connection: Connection, seconds: float, slot: int, taken: dict[int, int], more: int = 1) -> None:
        count = taken.get(slot, 0) + more
        if slot in taken:
            connection.execute(_MORE, {"mine": self._connection, "window": seconds, "at": slot, "count": count})
        else:
            connection.execute(_NEW, {"connection": self._connection, "seconds": seconds, "slot": slot, "taken": count})
        taken[slot] = count


def _wait(span: Span, taken: dict[int, int], now: float) -> float:
    """Seconds until the window lets one more through."""
    over, wait = sum(taken.values()) - span.requests + 1, 0.0
    for slot in sorted(taken):
        if over <= 0:
            break
        over, wait = over - taken[slot], (slot + 1) * span.seconds / SLOTS + span.seconds - now
    return wait


def _slot(span: Span, now: float) -> int:
    return math.floor(now / (span.seconds / SLOTS))
