"""What became of the rows of all runs, connection by connection, without reading each old run again at every scrape."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from placebridge.worker.standing import run

ROWS = ("read", "added", "changed", "removed", "rejected")
OPEN = timedelta(days=2)
"""A run that says `running` for longer was left behind, and what it has counted is what there will be."""

Totals = Mapping[tuple[str, str], int]
"""By connection and what became of the rows."""


class RowTotals:
    """Sums that only grow. Runs up to the first that is under way are summed once, those after it each time."""

    def __init__(self) -> None:
        self._settled: Counter[tuple[str, str]] = Counter()
        self._up_to = 0
        """The id of the last run in `_settled`."""

    def read(self, connection: Connection) -> Totals:
        """The totals now. One thread at a time."""
        under_way = select(func.min(run.c.id)).where(run.c.outcome == "running", run.c.started_at > datetime.now(UTC) - OPEN)
        first = connection.scalar(under_way)
        up_to = int(first) - 1 if first is not None else int(connection.scalar(select(func.max(run.c.id))) or 0)
        if up_to > self._up_to:
            self._settled += _sums(connection, run.c.id > self._up_to, run.c.id <= up_to)
            self._up_to = up_to
        return self._settled + _sums(connection, run.c.id > self._up_to)


def _sums(connection: Connection, *these: ColumnElement[bool]) -> "Counter[tuple[str, str]]":
    sums = select(run.c.connection, *(func.sum(run.c[name]).label(name) for name in ROWS)).where(*these).group_by(run.c.connection)
    return Counter({(row.connection, name): int(getattr(row, name)) for row in connection.execute(sums) for name in ROWS})
