"""The floor: a bare loop that fetches, parses and upserts the pages with one statement each, skipping rows whose hash is unchanged.

python -m benchmarks.load.floor URL DATABASE
"""

import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import orjson
import requests

from benchmarks.load.contacts import FIELDS

NAMES = (*FIELDS, "row_hash")
CREATE = f"CREATE TABLE IF NOT EXISTS contact ({', '.join(f'{name} text' for name in FIELDS)}, row_hash %s, PRIMARY KEY (id))"
UPSERT = (
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in NAMES[1:])}"
    " WHERE contact.row_hash <> excluded.row_hash"
)


def pages(url: str) -> Iterator[list[tuple[Any, ...]]]:
    """Each page's rows with their hash."""
    session = requests.Session()
    following: str | None = url
    while following:
        found = orjson.loads(session.get(following, timeout=60).content)
        following = found["next"]
        values = map(itemgetter(*FIELDS), found["rows"])
        yield [(*row, hashlib.blake2b("\x1f".join(row).encode(), digest_size=16).digest()) for row in values]


def sqlite(url: str, file: str) -> None:
    """Commits a page at a time, WAL, synchronous=NORMAL."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute(CREATE % "blob")
    statement = f"INSERT INTO contact ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))}) {UPSERT}"
    for page in pages(url):
        database.execute("BEGIN IMMEDIATE")
        database.executemany(statement, page)
        database.execute("COMMIT")


def postgresql(url: str, target: str) -> None:
    """Commits a page at a time: COPY into a temporary table, then one statement."""
    import psycopg

    names = ", ".join(NAMES)
    with psycopg.connect(target) as database:
        database.execute(CREATE % "bytea")
        database.execute("CREATE TEMP TABLE coming (LIKE contact) ON COMMIT DELETE ROWS")
        database.commit()
        for page in pages(url):
            with database.cursor() as cursor:
                with cursor.copy(f"COPY coming ({names}) FROM STDIN") as copy:
                    for row in page:
                        copy.write_row(row)
                cursor.execute(f"INSERT INTO contact ({names}) SELECT {names} FROM coming {UPSERT}")
            database.commit()


if __name__ == "__main__":
    where, database_url = sys.argv[1:3]
    if database_url.startswith("sqlite:///"):
        sqlite(where, database_url.removeprefix("sqlite:///"))
    else:
        postgresql(where, database_url)
