"""A council's own rules: a file, or a text of the same shape that is kept elsewhere."""

from dataclasses import dataclass
from typing import Protocol


class OwnFile(Protocol):
    """What a Path offers of itself, as far as rules are read from it."""

    @property
    def name(self) -> str:
        """Stands before each fault."""
        ...

    def read_bytes(self) -> bytes:
        """The whole of it."""
        ...


@dataclass(frozen=True)
class OwnText:
    """A text that is read as if it were a file of this name."""

    name: str
    text: str

    def read_bytes(self) -> bytes:
        """The text in UTF-8."""
        return self.text.encode()
