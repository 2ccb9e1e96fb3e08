"""The connector: a door for each thing that is asked of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from connector.contract import Cursor, Entity, Finding, Page, ReadOnly
from connector.dataverse.checking import Checkup
from connector.dataverse.plan import plan
from connector.dataverse.reading import Reader
from connector.dataverse.service import Service
from connector.dataverse.sign_in import SignIn
from connector.http import Door, Options


@dataclass(frozen=True)
class Address:
    """Where an organisation is."""

    url: str
    root: str
    """The API's path below it."""
    connection: str
    """The connection's name, for the log."""


class DataverseConnector(ReadOnly):
    """Reads the tables of one Dataverse organisation."""

    def __init__(
        self, address: Address, sign_in: SignIn, options: Options, *, page_size: int, look_back: float, secret_expires: date | None
    ) -> None:
        """`look_back` in seconds."""
        self._address, self._sign_in, self._options = address, sign_in, options
        self._page_size, self._look_back, self._secret_expires = page_size, look_back, secret_expires

    def check(self, entities: list[Entity]) -> list[Finding]:
        """As the contract says."""
        with self._service() as service:
            return list(Checkup(service, self._address.url, self._secret_expires).findings(entities))

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        """As the contract says."""
        with self._service() as service:
            yield from Reader(service, plan(service, entity, self._address.url), self._page_size, self._look_back).read(cursor)

    @contextmanager
    def _service(self) -> Iterator[Service]:
        clock = self._options.clock
        with Door(self._address.url, self._address.connection, self._sign_in.begin(clock), self._options) as door:
            yield Service(door, self._address.root, clock)
