"""The connector for any REST API, as the contract wants it."""

from collections.abc import Iterator
from datetime import date
from weakref import finalize

from connector.contract import Cursor, Entity, Finding, Page, ReadOnly
from connector.http import Door, Options, SignIn
from connector.kind import Context
from connector.rest.checking import Check
from connector.rest.parsing import read_block
from connector.rest.plan import Plan, plan
from connector.rest.reading import Read
from connector.rest.state import resumed
from connector.rest.words import Top


class RestConnector(ReadOnly):
    """Reads what the field map describes. It belongs to one worker, as its door does, and keeps only that between reads."""

    def __init__(self, context: Context, top: Top, base: str, sign_in: SignIn, options: Options, expires: date | None) -> None:
        self._clock, self._top, self._base, self._expires = context.clock, top, base, expires
        self._door = Door(base, context.connection, sign_in, options)
        finalize(self, self._door.close)

    def check(self, entities: list[Entity]) -> list[Finding]:
        """Signs in, reads the first rows of each entity, tries how changes are asked for, and reports."""
        return list(Check(self._door, self._top, self._expires, self._clock, self._plan).findings(entities))

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        """A page for each answer; as the contract says. Raises StopConnection, StopEntity or TryLater."""
        planned = self._plan(entity)
        state = None if cursor is None else resumed(cursor, planned.key, self._clock.now())
        stale = cursor is not None and state is None
        notes = [f"{planned.what}: the field map or the address has changed since the last read, so everything is read"] if stale else []
        yield from Read(self._door, planned, self._clock).pages(state, notes)

    def _plan(self, entity: Entity) -> Plan:
        return plan(entity, self._top, read_block(entity), self._base)
