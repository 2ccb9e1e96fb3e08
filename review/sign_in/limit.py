"""How often signing in may fail from one address: guessing is made slow, and nobody shuts the door on others."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.tables import SignInFailure

failure = bulk.table_of(SignInFailure)

WITHIN = timedelta(minutes=10)
MOST = 10


def demand_patience(store: Database, caller: str, now: datetime) -> None:
    """Raises Refused where too many tries from that address failed of late."""
    ours = failure.c.at > now - WITHIN, failure.c.caller == _hash(caller)
    with store.reading() as connection:
        failed = connection.scalar(select(func.count()).where(*ours)) or 0
    if failed >= MOST:
        minutes = WITHIN.seconds // 60
        raise Refused(f"Signing in failed {failed} times in the last {minutes} minutes. Wait {minutes} minutes, then try again.")


def note_failure(store: Database, caller: str, now: datetime) -> None:
    """Counts a failed try, and forgets old ones."""
    with store.connect() as connection:
        connection.execute(delete(failure).where(failure.c.at <= now - WITHIN))
        connection.execute(insert(failure).values(at=now, caller=_hash(caller)))


def _hash(caller: str) -> str:
    return hashlib.sha256(caller.encode()).hexdigest()[:16]
