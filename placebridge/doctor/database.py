"""The database: whether it answers, whether its schema is this program's, whether its clock is this machine's."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url, text

from placebridge.doctor.finding import Finding
from placebridge.faults import message_of
from placebridge.settings import Config
from store import migrate
from store.database import Database, StoreError
from store.lock import demand_writable
from store.migrate import NewerDatabase

OLDEST_POSTGRES = 13
MOST_SKEW = 5.0
"""Seconds by which two clocks may differ. Schedules go by the worker's clock, and its signs of life are judged by others'."""
WAIT = "10"
"""Seconds to wait for PostgreSQL."""


@contextmanager
def opened(config: Config) -> Iterator[Database]:
    """The database; one that does not answer is not waited for long."""
    url = make_url(config.database_url)
    if url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": WAIT})
    store = Database(url.render_as_string(hide_password=False))
    try:
        yield store
    finally:
        store.close()


def database(store: Database) -> tuple[bool, list[Finding]]:
    """Whether it can be looked into, and what was found."""
    shown = str(store.file) if store.file else store.url.set(query={}).render_as_string(hide_password=True)
    if store.file is not None and not store.file.exists():
        return False, [Finding("database", f"there is no {shown} yet", "run `placebridge sync` once, or start the worker")]
    try:
        found = migrate.held(store)
        migrate.demand_known(found, "the database")
        if found != migrate.head():
            said = f"its schema is {found or 'not there yet'}, this program's is {migrate.head()}"
            return False, [Finding("database", f"{shown}: {said}", "stop the worker, run `placebridge upgrade`, start it again")]
        findings = [Finding("database", f"{shown}: {_version(store)}, schema {found}", _too_old(store)), *_clock(store)]
        demand_writable(store)
    except NewerDatabase as fault:
        return False, [Finding("database", str(fault), "install the version that this machine had before, or the newest")]
    except StoreError as fault:
        do = "correct PLACEBRIDGE_DATABASE_URL, start the server, or run this as the user that the worker runs as"
        return False, [Finding("database", str(fault), do)]
    except Exception as fault:  # a doctor is asked when something is wrong, and goes on
        return False, [Finding("database", message_of(fault), "restore a backup where it is damaged: docs/operations.md")]
    return True, findings


def _version(store: Database) -> str:
    if store.is_sqlite:
        return "SQLite"
    with store.reading() as connection:
        return f"PostgreSQL {str(connection.scalar(text('SHOW server_version'))).split()[0]}"


def _too_old(store: Database) -> str:
    if store.is_sqlite:
        return ""
    with store.reading() as connection:
        number = int(str(connection.scalar(text("SHOW server_version_num")))) // 10_000
        encoding = connection.scalar(text("SHOW server_encoding"))
    if number < OLDEST_POSTGRES:
        return f"have the server upgraded: {OLDEST_POSTGRES} is the oldest that is supported"
    return "" if encoding == "UTF8" else f"its encoding is {encoding}; move to a database in UTF8 (`placebridge database move`)"


def _clock(store: Database) -> Iterator[Finding]:
    """PostgreSQL's against this machine's. SQLite has none of its own."""
    if store.is_sqlite:
        return
    with store.reading() as connection:
        before = time.time()
        theirs = float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0)
        skew = theirs - (before + time.time()) / 2
    yield clock(skew)


def clock(skew: float) -> Finding:
    """What to say of two clocks, PostgreSQL's being `skew` seconds ahead of this machine's."""
    if abs(skew) <= MOST_SKEW:
        return Finding("clock", f"agrees with PostgreSQL's, within {MOST_SKEW:g} seconds")
    ahead = "ahead of" if skew > 0 else "behind"
    do = "have both machines set their clocks by NTP (timedatectl says whether this one does)"
    return Finding("clock", f"PostgreSQL's is {abs(skew):,.0f} seconds {ahead} this machine's", do)


def is_container() -> bool:
    """Whether this runs in a container, where there is no systemctl."""
    return os.path.exists("/.dockerenv") or os.path.exists("/run/.containerenv")
