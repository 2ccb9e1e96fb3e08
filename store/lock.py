"""One writer at a time: a lock that dies with the process that holds it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout
from sqlalchemy import text

from store.database import Database, StoreError


class Locked(Exception):
    """Another process holds the lock."""


@contextmanager
def only_one(store: Database, name: str = "sync") -> Iterator[None]:
    """Holds the named lock of a database; raises Locked at once where another process has it.

    SQLite: a lock on a file beside the database (not on a network drive). PostgreSQL: an advisory lock of one session."""
    if store.file is not None:
        demand_writable(store)
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


def demand_writable(store: Database) -> None:
    """Raises StoreError where SQLite's file or its folder cannot be written: the folder holds its journal and the lock too."""
    if store.file is None:
        return
    for path, what in ((store.file.parent, "the folder"), (store.file, "the database file")):
        if path.exists() and not os.access(path, os.W_OK):
            raise StoreError(
                f"{what} {path} cannot be written by this user; give them the right to write it, or name another file in"
                " PLACEBRIDGE_DATABASE_URL"
            )


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
