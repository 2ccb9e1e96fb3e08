"""Salesforce, as jobs read it."""

from collections.abc import Iterator
from datetime import date

from connector.contract import Cursor, Entity, Finding, Page, ReadOnly
from connector.http import Clock
from connector.salesforce.checking import findings
from connector.salesforce.org import Org
from connector.salesforce.plan import plan_of
from connector.salesforce.reading import Habits, Reading
from connector.salesforce.schema import Schema


class SalesforceConnector(ReadOnly):
    """Reads objects of one organisation."""

    def __init__(self, org: Org, habits: Habits, clock: Clock, secret_expires: date | None) -> None:
        self._org, self._habits, self._clock, self._expires = org, habits, clock, secret_expires

    def check(self, entities: list[Entity]) -> list[Finding]:
        """As the contract says."""
        return list(findings(self._org, entities, self._clock, self._expires))

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        """As the contract says. Rows have the columns as the API gives them; times are ISO 8601 texts in UTC."""
        plan = plan_of(Schema(self._org), entity)
        yield from Reading(self._org, plan, self._habits, self._clock).pages(cursor)
