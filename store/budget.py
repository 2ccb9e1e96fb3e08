"""A rate budget in the database: what one worker takes, all workers of the connection have taken."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from store import bulk
from store.database import Database
from store.tables import BudgetHold, BudgetUse

use, holds = bulk.table_of(BudgetUse), bulk.table_of(BudgetHold)
SLOTS = 60
"""A window is counted in so many slots, so it may let a request through up to a sixtieth of its length late, and never early."""


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
        with self._store.connect() as connection:
            wait = max([self._locked(connection) - now, *(self._wait(connection, span, now) for span in self._spans)])
            if wait > 0:
                return math.ceil(wait * 1000) / 1000
            for span in self._spans:
                self._add(connection, span.seconds, _slot(span, now), 1)
            return 0.0

    def hold(self, until: float) -> None:
        """Nobody takes anything before that time. An earlier time than one already held changes nothing."""
        with self._store.connect() as connection:
            if self._locked(connection) < until:
                connection.execute(update(holds).where(holds.c.connection == self._connection).values(until=until))

    def _locked(self, connection: Connection) -> float:
        """Until when all hold back; and from here to the transaction's end no other worker takes anything."""
        mine = holds.c.connection == self._connection
        found = connection.scalar(select(holds.c.until).where(mine).with_for_update())
        if found is None:
            new = pg_insert(holds) if connection.dialect.name == "postgresql" else sqlite_insert(holds)
            connection.execute(new.values(connection=self._connection, until=0.0).on_conflict_do_nothing())
            found = connection.scalar(select(holds.c.until).where(mine).with_for_update())
        return float(found or 0.0)

    def _wait(self, connection: Connection, span: Span, now: float) -> float:
        """Seconds until the window lets one more through."""
        mine = and_(use.c.connection == self._connection, use.c.seconds == span.seconds)
        width, current = span.seconds / SLOTS, _slot(span, now)
        connection.execute(delete(use).where(mine, use.c.slot < current - SLOTS))
        ahead = int(connection.scalar(select(func.coalesce(func.sum(use.c.taken), 0)).where(mine, use.c.slot > current)) or 0)
        if ahead:  # a clock that was set back: what it makes to lie ahead counts as now
            connection.execute(delete(use).where(mine, use.c.slot > current))
            self._add(connection, span.seconds, current, ahead)
        taken = connection.execute(select(use.c.slot, use.c.taken).where(mine).order_by(use.c.slot)).all()
        over, wait = sum(row.taken for row in taken) - span.requests + 1, 0.0
        for row in taken:
            if over <= 0:
                break
            over, wait = over - row.taken, (row.slot + 1) * width + span.seconds - now
        return wait

    def _add(self, connection: Connection, seconds: float, slot: int, count: int) -> None:
        mine = and_(use.c.connection == self._connection, use.c.seconds == seconds, use.c.slot == slot)
        done = connection.execute(update(use).where(mine).values(taken=use.c.taken + count))
        if not done.rowcount:
            connection.execute(insert(use).values(connection=self._connection, seconds=seconds, slot=slot, taken=count))


def _slot(span: Span, now: float) -> int:
    return math.floor(now / (span.seconds / SLOTS))
