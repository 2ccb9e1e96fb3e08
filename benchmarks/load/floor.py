"""The floor: a bare loop that fetches, parses and upserts the pages with one statement each, skipping rows whose hash is unchanged.

python -m benchmarks.load.floor URL DATABASE
"""

import hashlib
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import orjson
import requests

from benchmarks.load.contacts import FIELDS

Pages = Iterable[Iterable[tuple[Any, ...]]]
"""Rows, a page at a time."""


def pages(url: str) -> Iterator[Iterable[tuple[Any, ...]]]:
    """The pages that `next` leads to."""
    session, take = requests.Session(), itemgetter(*FIELDS)
    following: str | None = url
    while following:
        found = orjson.loads(session.get(following, timeout=60).content)
        following = found["next"]
        yield map(take, found["rows"])


def upsert(fields: Sequence[str], found: Pages, database_url: str) -> None:
    """Makes the table `contact` hold the rows; the first of the fields is its key. Commits a page at a time."""
    if database_url.startswith("sqlite:///"):
        _sqlite(fields, found, database_url.removeprefix("sqlite:///"))
    else:
        _postgresql(fields, found, database_url)


def _hashed(page: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(*row, hashlib.blake2b(orjson.dumps(row), digest_size=16).digest()) for row in page]


def _create(fields: Sequence[str], kind: str) -> str:
    names = ", ".join(f"{name} text" for name in fields)
    return f"CREATE TABLE IF NOT EXISTS contact ({names}, row_hash {kind}, PRIMARY KEY ({fields[0]}))"


def _upsert(fields: Sequence[str]) -> str:
    changes = ", ".join(f"{name} = excluded.{name}" for name in (*fields[1:], "row_hash"))
    return f"ON CONFLICT ({fields[0]}) DO UPDATE SET {changes} WHERE contact.row_hash <> excluded.row_hash"


def _sqlite(fields: Sequence[str], found: Pages, file: str) -> None:
    """WAL, synchronous=NORMAL."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute(_create(fields, "blob"))
    marks = ", ".join("?" * (len(fields) + 1))
    statement = f"INSERT INTO contact ({', '.join(fields)}, row_hash) VALUES ({marks}) {_upsert(fields)}"
    for page in found:
        database.execute("BEGIN IMMEDIATE")
        database.executemany(statement, _hashed(page))
        database.execute("COMMIT")


def _postgresql(fields: Sequence[str], found: Pages, target: str) -> None:
    """COPY into a temporary table, then one statement."""
    import psycopg

    names = ", ".join((*fields, "row_hash"))
    with psycopg.connect(target) as database:
        database.execute(_create(fields, "bytea"))
        database.execute("CREATE TEMP TABLE coming (LIKE contact) ON COMMIT DELETE ROWS")
        database.commit()
        for page in found:
            with database.cursor() as cursor:
                with cursor.copy(f"COPY coming ({names}) FROM STDIN") as copy:
                    for row in _hashed(page):
                        copy.write_row(row)
                cursor.execute(f"INSERT INTO contact ({names}) SELECT {names} FROM coming {_upsert(fields)}")
            database.commit()


if __name__ == "__main__":
    upsert(FIELDS, pages(sys.argv[1]), sys.argv[2])
