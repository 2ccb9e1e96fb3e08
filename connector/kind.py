"""What a kind of connection is: the settings that it wants and how it is opened. Others' packages offer theirs by entry point."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from connector.contract import Connector, Lookup
from connector.http.budget import Budget, SlidingBudget, Window
from connector.http.clock import Clock, SystemClock


class KindSettings(BaseModel):
    """The settings of a connection that are its kind's own: PLACEBRIDGE_CONNECTIONS__COUNCIL__PATH is the field `path`. What a secret
    is has the type SecretStr; a field's description says what to write."""

    model_config = ConfigDict(extra="forbid", frozen=True)


S = TypeVar("S", bound=KindSettings)
BudgetOf = Callable[[Sequence[Window]], Budget]


@dataclass(frozen=True)
class Context:
    """What a connector is given beside its settings."""

    connection: str
    """The connection's name, for messages and the log."""
    folder: Path
    """Relative paths in the settings are relative to this."""
    options: Mapping[str, object] = field(default_factory=dict)
    """What the field map says to the connector as a whole, under `connector:` at its top; plain texts, lists and mappings."""
    budget: BudgetOf = SlidingBudget
    """Makes the rate budget that all workers of the connection share."""
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True)
class Kind(Generic[S]):
    """A kind of connection that is read by a field map. `connector.kinds` finds it by its name."""

    settings: type[S]
    open: Callable[[S, Context], Connector]
    """Makes a connector. Raises ConnectorError for settings that cannot be used; sends nothing yet."""
    about: str
    """What it connects to, in a few words for a list."""
    reads_ahead: bool = False
    """The next page may be asked for while one is stored: by another thread than the one that opened it, and never by two at once."""


@dataclass(frozen=True)
class LookupKind(Generic[S]):
    """A kind of connection that is asked about what linking names, and has no field map."""

    settings: type[S]
    """May have `keep_days`, after which an answer is asked for again, and `per_run`, how many keys a sync asks at most."""
    open: Callable[[S, Context], Lookup]
    """As `Kind.open`."""
    about: str


AnyKind = Kind[Any] | LookupKind[Any]
