"""What a checked field map is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mappings.field_map_yaml import Fault


@dataclass(frozen=True)
class Part:
    """Where one value comes from: columns (joined), or a constant; and how it is read."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    join: str | None = None
    """What stands between joined columns; a space where the map does not say."""
    format: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    """Their word, in lower case and trimmed, and ours."""
    default: str | None = None
    """What an empty cell is taken for: read as if it stood there, so `values` may map it."""
    match: str = "id"
    split: str | None = None


@dataclass(frozen=True)
class Guests:
    """Participants that stand in a column of the engagement itself."""

    part: Part
    took_part: Part | None


@dataclass(frozen=True)
class Block:
    """One block: the rows of one file, table or path."""

    entity: str
    source: str
    ids: tuple[Part, ...]
    fields: dict[str, Part]
    guests: tuple[Guests, ...] = ()
    changed: Part | None = None
    complete: bool = True
    options: dict[str, object] = field(default_factory=dict)
    """What the block says to its connector alone."""

    def parts(self) -> list[Part]:
        """Every part of the block that may read a column."""
        guests = [part for guest in self.guests for part in (guest.part, guest.took_part) if part]
        return [*self.ids, *self.fields.values(), *guests, *([self.changed] if self.changed else [])]

    def columns(self) -> tuple[str, ...]:
        """Every column that the block reads, each once, in the order of the map."""
        return tuple(dict.fromkeys(column for part in self.parts() for column in part.columns))


class FieldMapError(ValueError):
    """A field map with faults; `faults` holds every one of them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))
