"""The database: SQLite in WAL mode, or PostgreSQL, behind one door.

`Database.begin()` gives one transaction; nested in a rehearsal, everything is undone at its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session


class StoreError(Exception):
    """The database cannot be used. The message says what to do and holds no password."""


class Guard(Protocol):
    """Who may write. Both raise where this process may not."""

    def touch(self, connection: Connection) -> None:
        """Also keeps it so until the transaction ends."""
        ...

    def look(self, connection: Connection) -> None:
        """Locks nothing."""
        ...


class Database:
    """An engine and how to begin a transaction on it.

    `url`: an SQLAlchemy URL, sqlite or postgresql. Raises StoreError where it is neither."""

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self.engine = _engine(self.url)
        self._rehearsal: Connection | None = None
        self._guard: Guard | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite (else PostgreSQL)."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """SQLite's file; None in memory or on PostgreSQL."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @property
    def in_memory(self) -> bool:
        """Whether nobody else can see it."""
        return self.is_sqlite and self.file is None

    @property
    def seen_by_others(self) -> bool:
        """Whether another process sees what is committed here: not in memory, and not while rehearsing."""
        return not self.in_memory and self._rehearsal is None

    @property
    def writes_side_by_side(self) -> bool:
        """Whether this process may write in two transactions at once: SQLite has one writer, and a rehearsal is one transaction."""
        return not self.is_sqlite and self._rehearsal is None

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """One transaction for Core statements: committed at the end, rolled back on an exception."""
        with self._transaction() as (connection, guard):
            if guard:
                guard.touch(connection)
            yield connection
            if guard:
                guard.touch(connection)

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """One transaction of a thread that is at work beside another's, for what stays true if that one's is undone: that a request was
        made. Its guard only looks, so that neither waits for the other."""
        with self._transaction() as (connection, guard):
            if guard:
                guard.look(connection)
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[tuple[Connection, Guard | None]]:
        if self._rehearsal is not None:
            with self._rehearsal.begin_nested():
                yield self._rehearsal, None
            return
        with self.engine.begin() as connection:
            yield connection, self._guard

    @contextmanager
    def guarded(self, guard: Guard) -> Iterator[None]:
        """Inside, every transaction that writes is guarded: it is refused where this process may not write any more."""
        self._guard = guard
        try:
            yield
        finally:
            self._guard = None

    @contextmanager
    def unguarded(self) -> Iterator[Connection]:
        """One transaction that is neither guarded nor rehearsed: for what says who may write."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads, and so waits for nobody's writing."""
        if self._rehearsal is not None:
            yield self._rehearsal
            return
        with self.engine.connect().execution_options(reading=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction as a session: committed at the end, rolled back on an exception."""
        with self.connect() as connection, Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
            session.commit()

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """`connect` for changing tables: SQLite rebuilds one to change it, and drops the old one without deleting what points at it.

        Foreign keys are not looked at meanwhile; whoever is done asks `PRAGMA foreign_key_check`."""
        if self._rehearsal is not None or not self.is_sqlite:
            with self.connect() as connection:
                yield connection
            return
        with self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection  # SQLite takes no notice of this inside a transaction
            raw.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
            finally:
                raw.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Everything that is begun inside is undone at the end: for a dry run."""
        with self.engine.connect() as connection:
            outer = connection.begin()
            self._rehearsal = connection
            try:
                yield
            finally:
                self._rehearsal = None
                outer.rollback()

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except SQLAlchemyError:
        raise StoreError("the database URL is none; write sqlite:///placebridge.db or postgresql://user:password@host/name") from None
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise StoreError(
            f"the database URL begins with '{backend}'; write sqlite:///placebridge.db or postgresql://user:password@host/name"
        )
    return parsed.set(drivername="postgresql+psycopg" if backend == "postgresql" else "sqlite")


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _engine(url: URL) -> Engine:
    try:
        serving = url.get_backend_name() != "sqlite"  # a server may have gone away since a connection was used last
        engine = create_engine(url, hide_parameters=True, json_serializer=_dumps, json_deserializer=orjson.loads, pool_pre_ping=serving)
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs its driver; install it with: pip install 'placebridge[postgresql]'") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_settings)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


BULK = ("cache_size=-16000", "wal_autocheckpoint=2000")
SAFE = ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=60000", "foreign_keys=ON", "secure_delete=ON")


def _sqlite_settings(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    # A minute's wait, as another connection may be settling a large read.
    # 16 MB of cache and a checkpoint every 32 MB: a first load writes each page of the file less often. A new file has pages of 16 kB, as
    # SQLite then takes a sixth less time for a first load; one that is there keeps those that it has.
    # What is deleted is overwritten, which only some builds of SQLite do by themselves.
    for pragma in ("page_size=16384", *SAFE, *BULK):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once when another has written meanwhile, whatever the timeout.
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
