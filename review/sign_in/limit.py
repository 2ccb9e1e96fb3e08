"""How often signing in may fail, over all browsers: guessing is made slow, and the way back in is never shut for long."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.tables import SignInFailure

failure = bulk.table_of(SignInFailure)

WITHIN = timedelta(minutes=10)
MOST = 10


def demand_patience(store: Database, now: datetime) -> None:
    """Raises Refused where too many tries failed of late."""
    with store.reading() as connection:
        failed = connection.scalar(select(func.count()).where(failure.c.at > now - WITHIN)) or 0
    if failed >= MOST:
        minutes = WITHIN.seconds // 60
        raise Refused(f"Signing in failed {failed} times in the last {minutes} minutes. Wait {minutes} minutes, then try again.")


def note_failure(store: Database, now: datetime) -> None:
    """Counts a failed try, and forgets old ones."""
    with store.connect() as connection:
        connection.execute(delete(failure).where(failure.c.at <= now - WITHIN))
        connection.execute(insert(failure).values(at=now))
