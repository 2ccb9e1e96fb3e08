"""One writer at a time: a lock that dies with the process that holds it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from store.database import Database, StoreError

PAUSE = 0.2
"""Seconds between two tries to have PostgreSQL's lock."""


class Locked(Exception):
    """Another process holds the lock; `name` says which."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@contextmanager
def only_one(store: Database, name: str, wait: float = 0) -> Iterator[None]:
    """Holds the named lock of a database; raises Locked where another process has it still after `wait` seconds.

    SQLite: a lock on a file beside the database (not on a network drive). PostgreSQL: an advisory lock of one session."""
    if store.file is not None:
        from filelock import FileLock, Timeout  # takes a while, and reading commands never need it

        demand_writable(store)
        lock = FileLock(f"{store.file}.{name}.lock")
        try:
            with lock.acquire(timeout=wait):
                yield
        except Timeout:
            raise Locked(name) from None
    elif store.is_sqlite:
        yield
    else:
        with _advisory(store, name, wait):
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
def _advisory(store: Database, name: str, wait: float) -> Iterator[None]:
    until = time.monotonic() + wait
    key = {"key": f"placebridge-{name}"}
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))"), key):
            if time.monotonic() >= until:
                raise Locked(name)
            time.sleep(PAUSE)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:key, 0))"), key)
