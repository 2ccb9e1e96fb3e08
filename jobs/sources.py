"""What is configured, ready to be read or asked."""

from collections.abc import Callable
from dataclasses import dataclass, field

from connector.contract import Connector, Lookup
from connector.http import Clock, SystemClock
from connector.kind import BudgetOf
from mappings.field_map import FieldMap


@dataclass(frozen=True)
class Configured:
    """What the settings say of every connection, be it read or asked."""

    name: str
    kind: str
    side: str


@dataclass(frozen=True)
class Source(Configured):
    """A configured connection, ready to be read."""

    open: Callable[[BudgetOf], Connector]
    """Makes its connector. Raises ConnectorError for settings that cannot be used."""
    field_map: FieldMap
    reads_ahead: bool = False
    """As its kind has it (`connector.kind`)."""
    reads: object = None
    """What it reads, in the settings' words: two connections that read the same hold everything twice."""


@dataclass(frozen=True)
class LookupSource(Configured):
    """A configured lookup, ready to be asked."""

    open: Callable[[BudgetOf], Lookup]
    """Makes it. Raises ConnectorError for settings that cannot be used."""
    keep_days: int = 30
    """After so many days an answer is asked for again."""
    per_run: int = 1000
    """So many keys are asked at most; the next run goes on."""
    clock: Clock = field(default_factory=SystemClock)
