"""The outbox: a notice is a row, written in the transaction of the fact that it tells."""

from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from jobs.scrub import scrub
from store import bulk
from store.tables import OpsNotice

notice = bulk.table_of(OpsNotice)
LONGEST_SUBJECT = 150


def tell(connection: Connection, key: str, subject: str, body: str, kind: str = "message", now: datetime | None = None) -> bool:
    """Writes a notice to be sent; False where one with that key is there already.

    It is part of the caller's transaction: there is a notice if, and only if, the fact was committed. `subject` is made one line. `now`:
    when the fact was seen, in UTC; this moment, unless said."""
    new = pg_insert(notice) if connection.dialect.name == "postgresql" else sqlite_insert(notice)
    row = {
        "key": key,
        "kind": kind,
        "subject": scrub(" ".join(subject.split()))[:LONGEST_SUBJECT],
        "body": scrub(body),
        "created_at": now or datetime.now(UTC),
        "handed_out": False,
    }
    written = connection.execute(new.values(**row).on_conflict_do_nothing(index_elements=["key"]).returning(notice.c.id))
    return written.first() is not None
