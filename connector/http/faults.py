"""What can go wrong, sorted by what happens next.

A fault says whether the door tries again and, when that does not help, which of the contract's errors its caller gets. Its words are for an
admin: they say what to do, and hold no secret, no part of an answer and no value of a row."""

from dataclasses import dataclass, replace
from enum import Enum

from connector.contract import ConnectorError, TryLater


class Again(Enum):
    """What the door itself does about a fault."""

    NEVER = "never"
    WAIT = "wait"
    """Waits and sends the same once more."""
    SIGNED_IN = "signed in"
    """Signs in anew, once, and sends the same."""


@dataclass(frozen=True)
class Fault:
    """One thing that went wrong."""

    words: str
    then: type[ConnectorError]
    """What the caller gets in the end: SkipRecord, StopEntity, StopConnection or TryLater."""
    again: Again = Again.NEVER
    wait: float | None = None
    """Seconds that the service asks to wait before anything else is sent."""
    untouched: bool = False
    """The service surely did nothing, so even a write may be sent again."""
    throttled: bool = False
    """The service finds us too quick: all workers of the connection hold back."""

    def after(self, attempts: int) -> "Fault":
        """The same fault, saying how often it was tried."""
        return self if attempts < 2 else replace(self, words=f"{self.words} (tried {attempts} times)")

    def error(self, what: str) -> ConnectorError:
        """The contract's error, for `what` was asked."""
        message = f"{what}: {self.words}"
        return TryLater(message, self.wait) if self.then is TryLater else self.then(message)


class FaultFound(Exception):
    """Carries a fault up inside the door; it never leaves it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.words)
        self.fault = fault
