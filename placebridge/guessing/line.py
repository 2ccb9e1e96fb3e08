"""What is guessed: lines of a field map, and blocks of them."""

from dataclasses import dataclass, field

from placebridge.guessing.columns import Column, Sheet


@dataclass
class Line:
    """One line of the map: a key of ours and its value, or a reason why it is left for the reader to decide."""

    key: str
    columns: tuple[Column, ...] = ()
    options: dict[str, object] = field(default_factory=dict)
    """What stands beside `from`: match, split, format, values, join, default; or `value` alone."""
    remark: str = ""
    doubt: str = ""
    """Why the line is commented out; empty for one that stands."""
    todo: tuple[str, ...] = ()
    """Their words that the reader has to place."""


@dataclass
class BlockGuess:
    """A table as a block of the map."""

    entity: str
    sheet: Sheet
    source: str
    ids: list[Column]
    lines: list[Line]
    id_remark: str = ""
    changed: Line | None = None
    complete: bool = True
    complete_remark: str = ""
    participants: list[Line] = field(default_factory=list)
    preset: str = ""
    """The preset that its lines are of, where its headers are known."""
    missing: str = ""
    """What the contract demands and no column has: the whole block is commented out then."""
    unused: list[Column] = field(default_factory=list)

    @property
    def doubtful(self) -> int:
        """Lines that wait for the reader."""
        lines = [*self.lines, *self.participants, *([self.changed] if self.changed else [])]
        return sum(bool(line.doubt or line.todo) for line in lines)
