"""A rate budget in the database: what one worker takes, all workers of the connection have taken."""

import math
import threading
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, Connection, and_, bindparam, delete, insert, or_, select, update

from store import bulk
from store.database import Database
from store.tables import BudgetHold, BudgetUse

use, holds = bulk.table_of(BudgetUse), bulk.table_of(BudgetHold)
SLOTS = 60
"""A window is counted in so many slots, so it may let a request through up to a sixtieth of its length late, and never early."""
AHEAD, AHEAD_FOR = 10, 1.0
"""One who asks in quick succession takes so many requests at once at most, and has so many seconds to use them. For as long at most does it
go on after another was told to wait, or after it lost its lease."""

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


class _Ahead:
    """Requests that were taken before they are made. They count in the slots in which they were taken, and so are made in no other."""

    def __init__(self) -> None:
        self._left, self._since, self._slots = 0, 0.0, list[int]()
        self._asked: deque[float] = deque(maxlen=2 * AHEAD)

    def use(self, now: float, slots: list[int]) -> bool:
        """Whether there is one for this moment."""
        self._asked.append(now)
        if self._left and slots == self._slots and self._since <= now < self._since + AHEAD_FOR:
            self._left -= 1
            return True
        self.drop()
        return False

    def worth(self, now: float, free: float) -> int:
        """How many to take beside the one that is asked for: half as many as it took to make so many, so that none is left over, and few of
        those that are free."""
        lately = sum(now - AHEAD_FOR < moment <= now for moment in self._asked)
        return int(min(lately // 2, AHEAD - 1, free // AHEAD))

    def keep(self, now: float, slots: list[int], count: int) -> None:
        """Holds so many for later."""
        self._left, self._since, self._slots = count, now, slots

    def drop(self) -> None:
        """Gives up what is left: it counts as made."""
        self._left = 0


class SharedBudget:
    """The budget of one connection. Every window holds at every moment over all workers; times are seconds since 1970."""

    def __init__(self, store: Database, connection: str, spans: Sequence[Span]) -> None:
        self._store, self._connection, self._spans = store, connection, spans
        self._ahead, self._lock = _Ahead(), threading.Lock()

    def take(self, now: float) -> float:
        """Takes one request and gives 0; or takes nothing and gives the seconds after which to ask again."""
        slots = [_slot(span, now) for span in self._spans]
        with self._lock:
            return 0.0 if self._ahead.use(now, slots) else self._take(now, slots)

    def _take(self, now: float, slots: list[int]) -> float:
        with self._store.beside() as connection:
            until = self._locked(connection)
            used = self._used(connection, now)
            wait = max([until - now, *(_wait(span, used[span.seconds], now) for span in self._spans)])
            if wait > 0:
                return math.ceil(wait * 1000) / 1000
            free = min((span.requests - sum(used[span.seconds].values()) for span in self._spans), default=0)
            more = self._ahead.worth(now, free)
            for span, slot in zip(self._spans, slots, strict=True):
                self._write(connection, span.seconds, slot, used[span.seconds], 1 + more)
        self._ahead.keep(now, slots, more)
        return 0.0

    def hold(self, until: float) -> None:
        """Nobody takes anything before that time. An earlier time than one already held changes nothing."""
        with self._lock, self._store.beside() as connection:
            self._ahead.drop()
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
