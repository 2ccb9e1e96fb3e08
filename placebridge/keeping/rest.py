"""A database that nobody writes."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from store import lease
from store.database import Database
from store.lock import Locked, only_one

PAUSE = 0.5
"""Seconds between two tries."""


@contextmanager
def at_rest(store: Database, wait: float = 0) -> Iterator[None]:
    """While this holds, no sync writes and no worker acts. Raises Locked where one still does after `wait` seconds.

    What is written inside is not guarded, as it may take the leases themselves away."""
    with ExitStack() as stack:
        stack.enter_context(only_one(store, "keeping", wait))
        if _has_leases(store):
            _take(stack, store, wait)
        yield


def _take(stack: ExitStack, store: Database, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            stack.enter_context(lease.hold(store, [lease.WHOLE, lease.SCHEDULER], guard=False))
            return
        except Locked:
            if time.monotonic() >= until:
                raise
            time.sleep(PAUSE)


def _has_leases(store: Database) -> bool:
    """An empty database, one of the first schema and a damaged one have none, and no worker that could use them."""
    if store.file is not None and not store.file.exists():
        return False
    try:
        with store.reading() as connection:
            connection.execute(select(lease.lease.c.owner).limit(1)).all()
    except DBAPIError:
        return False
    return True
