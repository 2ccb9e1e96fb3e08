"""The audit: who did what, in the transaction that does it."""

from datetime import datetime

from sqlalchemy import Connection, insert

from store import bulk
from store.tables import Audit

audit = bulk.table_of(Audit)


def note(connection: Connection, who: str, action: str, target: str, now: datetime, detail: str = "") -> None:
    """Adds a line. `target` and `detail` hold ids and words of ours, never a person's data."""
    connection.execute(insert(audit).values(at=now, who=who, action=action, target=target, detail=detail))
