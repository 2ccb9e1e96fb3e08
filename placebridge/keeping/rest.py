"""A database that nobody writes."""

from collections.abc import Iterator
from contextlib import contextmanager

from store.database import Database
from store.lock import only_one


@contextmanager
def at_rest(store: Database, wait: float = 0) -> Iterator[None]:
    """While this holds, no sync writes. Raises Locked where one still runs after `wait` seconds."""
    with only_one(store, wait=wait):
        yield
