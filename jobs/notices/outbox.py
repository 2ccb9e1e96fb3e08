"""The outbox: a notice is a row, written in the transaction of the fact that it tells."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from jobs.scrub import scrub
from store import bulk
from store.tables import OpsNotice

notice = bulk.table_of(OpsNotice)
LONGEST_SUBJECT = 150


def tell(connection: Connection, key: str, subject: str, body: str, kind: str = "message", now: datetime | None = None) -> bool:
    """Writes a notice to be sent; False where one with that key is there already.

    It is part of the caller's transaction: there is a notice if, and only if, the fact was committed. `subject` is made one line. `now`:
    when the fact was seen, in UTC; this moment, unless said."""
    row = {
        "key": key,
        "kind": kind,
        "subject": scrub(" ".join(subject.split()))[:LONGEST_SUBJECT],
        "body": scrub(body),
        "created_at": now or datetime.now(UTC),
        "handed_out": False,
    }
    new = bulk.upsert(connection, OpsNotice).values(**row).on_conflict_do_nothing(index_elements=["key"])
    return connection.execute(new.returning(notice.c.id)).first() is not None
