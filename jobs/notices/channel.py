"""What a notice is to a channel, and what a channel is to the rest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """One notice as it goes out."""

    key: str
    """The same for every try, so that a receiver can tell that it comes a second time."""
    kind: str
    subject: str
    body: str
    """Plain text, lines ended by a line feed."""
    at: datetime
    """When it was written, in UTC."""


class NotSent(Exception):
    """A channel could not send. The message says what to mend; it holds no secret, no address and nothing that a server said."""


class Channel(Protocol):
    """One way to one receiver."""

    @property
    def name(self) -> str:
        """What it is called in the table of deliveries, in the log and on the command line."""

    def send(self, message: Message) -> None:
        """Sends within a few minutes at most. Raises NotSent where it is not known to have been taken."""


def in_notices(words: str) -> str:
    """What the door of the connections says, of the settings that notices have of the same names."""
    return words.replace("the connection's", "the notices'")
