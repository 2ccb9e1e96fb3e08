"""How many arrivals of each sort a read has staged: most reads have none of most sorts, and settling then need not look for any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass
class Tally:
    """Arrivals by what they are; each may be of several sorts."""

    whole: bool = True
    """False for a read that goes on, or begins anew: then what was staged before is not told."""
    marks: int = 0
    """Ids told without their rows."""
    refused: int = 0
    noted: int = 0
    """With something left out."""
    known: int = 0
    """Of a record that is there."""
    anew: int = 0
    """Of these, rows that were read anew."""

    def add(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Counts what is staged, column by column; a column that is not there is empty."""
        marks, refused, noted, ids = (_filled(columns.get(name, ())) for name in ("mark", "reason", "notices", "record_id"))
        self.marks, self.refused, self.noted, self.known = self.marks + marks, self.refused + refused, self.noted + noted, self.known + ids
        self.anew += ids if "row_hash" in columns else 0


def _filled(values: Sequence[Any]) -> int:
    return len(values) - values.count(None)
