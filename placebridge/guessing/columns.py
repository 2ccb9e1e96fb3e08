"""A table of an export as `init` looks at it: columns with what fills them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from connector.contract import Value
from connector.files import Table
from mappings.cells import as_text
from placebridge.guessing.words import last_step, plain


@dataclass(frozen=True, eq=False)
class Column:
    """One column and the cells that were looked at."""

    name: str
    cells: tuple[Value, ...]

    @cached_property
    def plain(self) -> str:
        return plain(self.name)

    @cached_property
    def step(self) -> str:
        """The end of a header that is a path."""
        return last_step(self.name)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Its filled cells as text."""
        return tuple(text for text in map(as_text, self.cells) if text)

    @cached_property
    def distinct(self) -> int:
        return len(set(self.texts))

    @property
    def filled(self) -> float:
        return len(self.texts) / len(self.cells) if self.cells else 0.0

    @property
    def unique(self) -> bool:
        """Filled in every row, each time with something else."""
        return bool(self.cells) and len(self.texts) == len(self.cells) and self.distinct == len(self.texts)

    def share(self, holds: Iterable[bool]) -> float:
        """The share of the filled cells of which something holds."""
        return sum(holds) / len(self.texts) if self.texts else 0.0

    def at(self, row: int) -> str:
        return as_text(self.cells[row])


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table with its columns."""

    source: str
    """As a field map names it."""
    columns: tuple[Column, ...]
    rows: int

    @classmethod
    def of(cls, table: Table) -> "Sheet":
        cells = list(zip(*table.rows, strict=True)) if table.rows else [() for _ in table.columns]
        columns = (Column(name, tuple(held)) for name, held in zip(table.columns, cells, strict=True))
        return cls(table.name, tuple(columns), len(table.rows))

    @property
    def title(self) -> str:
        """The name of the file without its ending, or of the sheet where the file has several."""
        file, _, sheet = self.source.partition("#")
        return plain(sheet or PurePath(file).stem)

    def named(self, words: Iterable[str]) -> list[tuple[int, Column]]:
        """The columns whose header is one of `words`, each with its rank, the best first. A whole header comes before the end of one."""
        order = {word: rank for rank, word in reversed(list(enumerate(words)))}
        found = []
        for column in self.columns:
            if column.plain in order:
                found.append((order[column.plain], column))
            elif column.step in order and column.step != column.plain:
                found.append((len(order) + order[column.step], column))
        return sorted(found, key=lambda pair: pair[0])
