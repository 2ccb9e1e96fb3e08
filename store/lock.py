"""One writer at a time: a lock that dies with the process that holds it."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout
from sqlalchemy import text

from store.database import Database


class Locked(Exception):
    """Another process holds the lock."""


@contextmanager
def only_one(store: Database, name: str = "sync") -> Iterator[None]:
    """Holds the named lock of a database; raises Locked at once where another process has it.

    SQLite: a lock on a file beside the database (not on a network drive). PostgreSQL: an advisory lock of one session."""
    if store.file is not None:
        lock = FileLock(f"{store.file}.{name}.lock")
        try:
            with lock.acquire(timeout=0):
                yield
        except Timeout:
            raise Locked(name) from None
    elif store.is_sqlite:
        yield
    else:
        with _advisory(store, name):
            yield


@contextmanager
def _advisory(store: Database, name: str) -> Iterator[None]:
    key = {"key": f"placebridge-{name}"}
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))"), key):
            raise Locked(name)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:key, 0))"), key)
