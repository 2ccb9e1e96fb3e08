"""The contract between Placebridge and an outside system.

A connector speaks one system's protocol and knows nothing of Placebridge's rules or tables. It is told which columns are wanted,
and answers with pages of rows; what the rows mean, and what is gone, is for others to work out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

Value = str | int | float | bool | date | datetime | None
"""One cell as the system gives it. Text stays text; only systems that know better (a workbook, JSON) give other types."""

Row = tuple[Value, ...]
"""One row's cells, in the order of `Entity.columns`."""

Cursor = Mapping[str, object]
"""Where a read stands: JSON-safe, opaque to everybody but the connector that wrote it."""


@dataclass(frozen=True)
class Entity:
    """One block of a field map, as a connector needs to know it: where the rows are and which columns are wanted."""

    kind: str
    """business, person, engagement or participant."""
    source: str
    """A file name or glob, a CRM's table, an endpoint's path: the `from` of the block."""
    columns: tuple[str, ...]
    """The columns wanted, as the field map spells them, each once. Nothing else is fetched."""
    changed: str | None = None
    """The column an incremental read filters on; it is among `columns`."""


@dataclass(frozen=True)
class Skipped:
    """A row that the connector itself could not read or left out."""

    where: str
    """For people: `contacts.csv line 17`."""
    reason: str
    source_id: str = ""


@dataclass(frozen=True)
class Merge:
    """Two records that the system joined: links to the loser now mean the survivor."""

    loser: str
    survivor: str


@dataclass(frozen=True)
class Page:
    """A few thousand rows and all that there is to know about them. A page and its cursor are stored together."""

    rows: list[Row] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    """Ids that the system says are deleted."""
    merged: list[Merge] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Ids that exist, without their rows (an id sweep)."""
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What an admin should know but need not mend: `accounts.csv: two columns are called Status; the first is read`."""
    cursor: Cursor | None = None
    """Where to go on after this page, should the run stop here."""
    last: bool = False
    """The read is whole: this is its last page."""
    snapshot: bool = True
    """The pages of this read together hold every row that there is."""
    total: int | None = None
    """Rows or bytes of the whole read, if known, in the unit of `done`; for a progress bar."""
    done: int | None = None


@dataclass(frozen=True)
class Finding:
    """One line of `placebridge check`."""

    check: str
    ok: bool
    detail: str


class ConnectorError(Exception):
    """A fault of an outside system, sorted by what the caller does next. The message is for an admin and says what to do;
    it never holds a secret or a value from a row."""


class StopConnection(ConnectorError):
    """Nothing more can be read from this connection now (sign-in refused, folder missing)."""


class StopEntity(ConnectorError):
    """This entity cannot be read; the connection's others can (a file missing, a column missing)."""


class SkipRecord(ConnectorError):
    """This one record cannot be read or written; the others can. A connector turns it into `Skipped`."""


class TryLater(ConnectorError):
    """This entity is not ready (a file is being written, a service asks to wait, a quota is used up): leave it for the next run."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait
        """Seconds after which it is worth another try, where the other end says so."""


class NotYet(ConnectorError):
    """The connector cannot do this."""


class Connector(Protocol):
    """What every connector offers. A new CRM is one class with these methods and one field map."""

    def check(self, entities: list[Entity]) -> list[Finding]:
        """Signs in and looks at one row of each entity; reports what works and what to mend. Never raises for what it can report."""
        ...

    def fingerprint(self, entity: Entity) -> str | None:
        """A text that is sure to differ when anything that `pull` would read has changed; None where the system cannot tell.
        Equal fingerprints save the whole read. Raises ConnectorError as `pull` does."""
        ...

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        """Yields pages from the cursor on (None: from the start). The last page says so.

        Raises StopConnection, StopEntity or TryLater."""
        ...
