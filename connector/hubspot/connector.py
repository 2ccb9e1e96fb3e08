"""HubSpot's CRM as the connector contract wants it."""

from collections.abc import Callable, Iterator
from datetime import date

from connector.contract import Cursor, Entity, Finding, Page, ReadOnly, StopEntity
from connector.http.clock import Clock
from connector.hubspot.api import Api
from connector.hubspot.checking import Checking
from connector.hubspot.places import Overlap, start
from connector.hubspot.plan import plan_of, require_properties
from connector.hubspot.reading import Reading


class HubSpotConnector(ReadOnly):
    """Reads objects of one HubSpot account. An entity's source is an object: companies, contacts, meetings, 2-1234567.

    A column is a property's name, `id`, or `associations.companies`: the ids of the companies that a record goes with, joined by
    semicolons, the primary one first."""

    def __init__(self, api: Callable[[], Api], clock: Clock, overlap: Overlap, expires: date | None) -> None:
        self._api, self._clock, self._overlap, self._expires = api, clock, overlap, expires

    def check(self, entities: list[Entity]) -> list[Finding]:
        """What the token opens, how many records there are, what is missing by name, and what is left of the daily quota."""
        with self._api() as api:
            return list(Checking(api, self._clock, self._expires, self._overlap).findings(entities))

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        """Yields pages: a whole read lists everything, an incremental one searches what has changed; either ends with what was deleted."""
        plan = plan_of(entity)
        with self._api() as api:
            account = account_of(api)
            require_properties(plan, api.properties(plan.source))
            now = self._clock.now() + min(0.0, api.skew or 0.0)
            place, notes = start(plan, account, now, cursor, self._overlap)
            yield from Reading(api, plan, place, notes, now).pages()


def account_of(api: Api) -> int | None:
    """The account's number; None where the token may not ask for it. Raises StopConnection and TryLater."""
    try:
        return api.account()[0]
    except StopEntity:
        return None
