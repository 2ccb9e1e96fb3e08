"""What both ways of reading give: some rows of a query, and where it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.contract import Skipped, Value

At = Mapping[str, object]
"""Where a query stands: JSON-safe. By REST it has `next` (a link) and `after` (the last row's clock and Id); by Bulk `job`, `version` and
`locator`."""


@dataclass
class Batch:
    """One page of a query."""

    rows: list[list[Value]] = field(default_factory=list)
    """Cells, in the order of the paths that were asked for."""
    skipped: list[Skipped] = field(default_factory=list)
    at: At | None = None
    """Where to go on; None: this was the last."""
    notes: list[str] = field(default_factory=list)


class NoBulk(Exception):
    """The Bulk API does not serve this query; REST does. Its words are for a note."""
