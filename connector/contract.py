"""The contract between Placebridge and an outside system.

A connector speaks one system's protocol and knows nothing of Placebridge's rules or tables. It is told which columns are wanted,
and answers with pages of rows; what the rows mean, and what is gone, is for others to work out.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    ids: tuple[str, ...] = ()
    """The columns whose values, joined by a vertical bar, are a record's source_id; they are among `columns`. Deletions, merges and
    ids merely seen are told by that source_id."""
    complete: bool = True
    """No: the rows are an extract, so nobody asks what is no longer there, and an id sweep would be work for nothing."""
    options: Mapping[str, object] = field(default_factory=dict)
    """What the block says to its connector alone, under `connector:`; plain texts, lists and mappings."""


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
    """A few thousand rows and all that there is to know about them. A page and its cursor are stored together.

    A page tells what happened in the order of its fields, and a later page what happened later: a row that comes after a deletion of
    its id is there again, a deletion after a row removes it. It is for jobs to find out what any of it means for what is held."""

    rows: list[Row] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    """Ids that the system says are deleted, whether or not they were ever read."""
    merged: list[Merge] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Ids that exist, without their rows (an id sweep)."""
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What an admin should know but need not mend: `accounts.csv: two columns are called Status; the first is read`."""
    cursor: Cursor | None = None
    """Where to go on after this page, should the run stop here; after the last page, where the next run's read begins: it must see
    whatever changed since this read began. None there: the next read is from the start."""
    last: bool = False
    """The read is whole: this is its last page."""
    snapshot: bool = True
    """The pages of this read together hold every row that there is, or name its id in `seen`, so what they leave out is gone.
    The last page's word counts."""
    restarted: bool = False
    """The cursor no longer worked, so the read begins anew with this page: what its pages said before is void."""
    living: bool = False
    """People work in the system while it is read, so a row that comes again is the same row, later. Where this is no (a file), two rows
    with one id are two rows."""
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


class Stopped(Exception):
    """The run was asked to stop. A wait raises it in the midst of a connector, which lets it through; what is stored by then stays."""


class NotYet(ConnectorError):
    """The connector cannot do this in this version."""


@dataclass(frozen=True)
class Change:
    """What is to be written to one record of the system."""

    source_id: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Outcome:
    """How one change ended: `error` says why it was refused."""

    source_id: str
    error: str | None = None


class Connector(Protocol):
    """What every connector that is read offers. A new CRM is one class with these methods and one field map."""

    def check(self, entities: list[Entity]) -> list[Finding]:
        """Signs in and looks at one row of each entity; reports what works and what to mend. Never raises for what it can report."""
        ...

    def fingerprint(self, entity: Entity) -> str | None:
        """A text that is sure to differ when anything that `pull` would read has changed; None where the system cannot tell.
        Equal fingerprints save the whole read. An empty text: nothing has come since what was read last (it was put into an archive), so
        what is held stands; `pull` then gives one page without rows that is no snapshot. Raises ConnectorError as `pull` does."""
        ...

    def pull(self, entity: Entity, cursor: Cursor | None) -> Iterator[Page]:
        """Yields pages from the cursor on (None: from the start, and all there is). The last page says so.

        The cursor is one that this connector gave: after a page of a read that was stopped, or after the last page of a whole read.
        One that no longer works (expired, another system's) is taken for None, with a note that says so.
        Raises StopConnection, StopEntity or TryLater."""
        ...

    def close(self, stored: bool) -> None:
        """Called once, when nothing more will be asked of it. `stored`: all that it gave in this run is in the store for good, so that
        what it read may be put away. Never raises."""
        ...

    def push(self, entity: str, changes: list[Change]) -> Iterator[Outcome]:
        """Writes values into the system: in batches, idempotent, with an outcome for each record. Raises NotYet where it cannot."""
        ...

    def provision(self) -> list[Finding]:
        """Creates Placebridge's fields in the system. Raises NotYet where it cannot."""
        ...


@dataclass(frozen=True)
class Answered:
    """What a register says of one key. `facts` None: it knows no such key, which is an answer too."""

    key: str
    facts: Mapping[str, object] | None


class Lookup(Protocol):
    """A register that is asked, not read: after linking and before flags, about those keys only that linking names."""

    name: str
    """Which register it is: answers are kept under this name, whichever connection asked."""
    keys: str
    """What it is asked by: company_number or postcode."""

    def check(self) -> list[Finding]:
        """Signs in and asks about one key that is sure to be there. Never raises for what it can report."""
        ...

    def lookup(self, keys: Sequence[str]) -> Iterator[Answered]:
        """Answers as they come, so that what was answered is kept when it stops. Each key comes in the spelling of `mappings`.

        Raises StopConnection, StopEntity or TryLater; what was not answered is asked again in the next run."""
        ...


class ReadOnly:
    """What a connector inherits that is only read."""

    def fingerprint(self, entity: Entity) -> str | None:
        """None: an API does not say whether anything has changed before it is asked for the changes."""
        return None

    def close(self, stored: bool) -> None:
        """Nothing to put away."""

    def push(self, entity: str, changes: list[Change]) -> Iterator[Outcome]:
        """Refuses."""
        raise NotYet("writing back is not part of this version yet; nothing was written")

    def provision(self) -> list[Finding]:
        """Refuses."""
        raise NotYet("creating fields is not part of this version yet; nothing was created")
