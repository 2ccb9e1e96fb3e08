"""SQLite files copied by its online backup, which sees one moment of a database that others go on writing. A file is never copied as
such: what was written last stands in its write-ahead log."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from store.database import StoreError

MAGIC = b"SQLite format 3\x00"


def copy(source: Path, target: Path) -> None:
    """Copies the database `source` into `target`, a new or empty file that then needs no other beside it, and checks the copy.

    Raises StoreError where either is damaged or cannot be written."""
    with _said(f"{source} cannot be copied"), _opened(source, "rw") as held, _opened(target, "rwc") as new:
        held.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
    examine(target, "the copy")


def overwrite(target: Path, source: Path) -> None:
    """Makes the database `target` hold what the copy `source` does, in one transaction: whoever has it open sees the old or the new.

    Raises StoreError; `target` is then as it was."""
    with _said(f"{target} cannot be written"), _opened(target, "rwc") as old, TemporaryDirectory(dir=target.parent) as folder:
        alike = _of_like_pages(source, old, Path(folder))
        with _opened(alike, "ro", "&immutable=1") as held:
            held.backup(old)


def _of_like_pages(source: Path, target: sqlite3.Connection, folder: Path) -> Path:
    """`source`, or a copy of it in `folder` whose pages are as large as the target's: SQLite overwrites no database with other pages."""
    with _opened(source, "ro", "&immutable=1") as held:
        wanted, has = (of.execute("PRAGMA page_size").fetchone()[0] for of in (target, held))
        is_new = target.execute("PRAGMA page_count").fetchone() == (0,)
        if is_new or wanted == has:
            return source
        alike = folder / "alike"
        with _opened(alike, "rwc") as new:
            held.backup(new)
            for statement in ("PRAGMA journal_mode=DELETE", f"PRAGMA page_size={wanted}", "VACUUM"):
                new.execute(statement)
        return alike


def examine(file: Path, what: str) -> str | None:
    """The revision of the schema in a copy, after looking at each page of it; None where it has none.

    `what` it is called in the StoreError that a damaged one raises."""
    with _said(f"{what} is damaged"), _opened(file, "ro", "&immutable=1") as held:
        for pragma in ("integrity_check", "foreign_key_check"):
            found = held.execute(f"PRAGMA {pragma}").fetchone()
            if found not in (None, ("ok",)):
                raise StoreError(f"{what} is damaged ({pragma} failed)")
        if not held.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return None
        row = held.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


@contextmanager
def _opened(file: Path, mode: str, more: str = "") -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}{more}", uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA busy_timeout=5000")
        yield connection


@contextmanager
def _said(failed: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as fault:
        raise StoreError(f"{failed}: {fault}") from None
