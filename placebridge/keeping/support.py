"""`placebridge support-bundle`: what a helper needs to know of an installation, and nothing of anybody in it.

It is made of what is allowed to leave, not by taking out what is not. It is written where settings or database are broken, too.
"""

import csv
import io
import platform
import sqlite3
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import distributions
from pathlib import Path

from sqlalchemy import select, text

from jobs.spreadsheets import plain
from placebridge import __version__
from placebridge.faults import message_of
from placebridge.keeping import files
from placebridge.keeping.own_words import own_words
from placebridge.keeping.shown_settings import shown_settings
from placebridge.keeping.support_log import COLUMNS as LOG_COLUMNS
from placebridge.keeping.support_log import log_lines
from placebridge.output import say
from placebridge.settings import Config, ConfigError
from placebridge.settings import load as load_settings
from store import bulk, contents, migrate
from store.database import Database
from store.tables import Run

RUNS = 200
OUTCOMES = {"running", "done", "partial", "failed", "refused", "interrupted"}
FAULTS = "faults.txt"
README = """A support bundle of Placebridge. It holds

- versions.txt: of Python, the packages, the system and the database
- settings.txt: each setting, with its value where that is a number, a choice or a schedule; of all else only whether it is set. Connections
  are numbered, in the order of their names
- tables.csv: the database's revision and how many rows each table has
- runs.csv: the newest 200 runs: when, how they ended, what they counted. Of a message only words that Placebridge itself says are kept;
  [...] stands for all else
- log.csv, where a log was named: the newest 2,000 lines of the service's log in JSON, in the same way
- faults.txt, where something could not be looked at: what, in the same words

It holds no record of a CRM, no name, no address, no password. It is text: look through it before you send it.
"""


def support_bundle(config: Path | None, file: Path, overwrite: bool, log: Path | None = None) -> None:
    """Writes the bundle. Raises UserError where the file cannot be written, OSError where the log cannot be read."""
    parts = {"README.txt": README, "versions.txt": "", "settings.txt": "", "tables.csv": "", "runs.csv": ""}
    faults = []
    try:
        settings = load_settings(config)
    except ConfigError as fault:
        faults += fault.mistakes
        parts["versions.txt"] = _lines(_versions())
    else:
        parts["settings.txt"] = _lines(shown_settings(settings))
        faults += _of_database(settings, parts)
        if log is not None:
            parts["log.csv"] = _csv(LOG_COLUMNS, log_lines(log, _numbers(settings)))
    if faults:
        parts[FAULTS] = _lines(own_words(fault) for fault in faults)
    with files.private(file, overwrite) as unfinished, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    say(f"{file} holds versions, settings without secrets, table counts and the newest runs; nobody's data. Its README.txt says more.")
    if faults:
        say(f"Something could not be looked at; {FAULTS} in it says what, and `placebridge check` in full.")


def _of_database(config: Config, parts: dict[str, str]) -> list[str]:
    """Fills in what the database tells; returns what went wrong."""
    try:
        with closing(Database(config.database_url)) as store:
            if store.file is not None and not store.file.exists():
                parts["versions.txt"] = _lines(_versions())
                return ["there is no database"]
            found = migrate.held(store)
            parts["versions.txt"] = _lines(_versions(store, found))
            parts["tables.csv"] = _csv(("table", "rows"), _tables(store))
            parts["runs.csv"] = _csv(("id", "connection", *RUN_COLUMNS, "message"), _runs(store, config))
    except Exception as fault:  # a bundle is made for when something is wrong
        parts["versions.txt"] = parts["versions.txt"] or _lines(_versions())
        return [message_of(fault)]
    return []


def _versions(store: Database | None = None, revision: str | None = None) -> Iterator[str]:
    yield f"placebridge {__version__}"
    yield f"python {platform.python_version()} ({platform.python_implementation()}), {platform.system()} {platform.release()} {platform.machine()}"
    yield f"schema of this program {migrate.head()}, of the database {revision or '(none)'}"
    yield f"sqlite {sqlite3.sqlite_version}"
    if store is not None and not store.is_sqlite:
        with store.reading() as connection:
            yield f"postgresql {str(connection.scalar(text('SHOW server_version'))).split()[0]}"
    yield f"installed in a {'virtual environment' if sys.prefix != sys.base_prefix else 'system Python'}"
    yield from sorted(f"{held.name} {held.version}" for held in distributions() if held.name)


def _tables(store: Database) -> Iterator[list[object]]:
    known = {table.name for table in contents.ours()}
    counted = contents.counts(store)
    yield from ([name, count] for name, count in counted.items() if name in known)
    others = [count for name, count in counted.items() if name not in known]
    if others:
        yield [f"({len(others)} tables of other programs)", sum(others)]


RUN_COLUMNS = ("started_at", "ended_at", "outcome", "read", "added", "changed", "removed", "rejected")


def _runs(store: Database, config: Config) -> Iterator[list[object]]:
    numbers = _numbers(config)
    run = bulk.table_of(Run)
    columns = [run.c[name] for name in ("id", "connection", *RUN_COLUMNS, "message")]
    with store.reading() as connection:
        rows = connection.execute(select(*columns).order_by(run.c.id.desc()).limit(RUNS)).mappings().all()
    for row in rows:
        told = {**row, "outcome": row["outcome"] if row["outcome"] in OUTCOMES else "(another)"}
        yield [row["id"], numbers.get(row["connection"], "(not in the settings)"), *(plain(told[name]) for name in RUN_COLUMNS),
               own_words(row["message"])]  # fmt: skip


def _numbers(config: Config) -> dict[str, str]:
    """What each connection is called in the bundle."""
    return {name: f"number_{number}" for number, name in enumerate(sorted(config.settings.connections), 1)}


def _lines(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _csv(columns: tuple[str, ...], rows: Iterator[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
