"""The program and the machine: versions, zone data, room on the disks."""

import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from placebridge import __version__
from placebridge.doctor.finding import Finding

OLDEST_SQLITE = (3, 35)
ROOM = 500_000_000
"""Bytes: what a sync of a large CRM writes before it is settled, and a backup."""


def versions() -> Iterator[Finding]:
    """Of the program, Python and SQLite."""
    said = f"placebridge {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.machine()}"
    old = sqlite3.sqlite_version_info < OLDEST_SQLITE
    yield Finding("program", said, "SQLite is too old; use a Python that brings 3.35 or newer, or PostgreSQL" if old else "")


def zone_data() -> Iterator[Finding]:
    """Whether this machine knows when clocks change: London has summer time."""
    try:
        zone = ZoneInfo("Europe/London")
    except (ZoneInfoNotFoundError, OSError, ValueError):
        yield Finding("zone data", "there is none", "install the system's package tzdata, or: pip install tzdata")
        return
    year = datetime.now(zone).year
    changes = datetime(year, 7, 1, 12, tzinfo=zone).utcoffset() != datetime(year, 1, 1, 12, tzinfo=zone).utcoffset()
    to_do = "" if changes else "London has no summer time in it; install the system's package tzdata anew"
    yield Finding(
        "zone data", f"package tzdata {_package('tzdata')}; Europe/London changes its clocks" if changes else "it is wrong", to_do
    )


def disks(folder: Path, database: Path | None, room: int = ROOM) -> Iterator[Finding]:
    """Room where the database is (SQLite's file: as much again, for a backup beside it) and for temporary files. `room`: bytes."""
    size = database.stat().st_size if database is not None and database.exists() else 0
    wanted = {_there(database.parent if database else folder): room + size, _there(Path(tempfile.gettempdir())): room}
    for place, least in wanted.items():
        free = shutil.disk_usage(place).free
        to_do = f"make room: {_size(least)} should be free; old *.backup files beside the database may go" if free < least else ""
        yield Finding("disk", f"{_size(free)} free at {place}", to_do)


def _there(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    folder = folder.resolve()
    return next(place for place in (folder, *folder.parents) if place.exists())


def _size(count: float) -> str:
    return f"{count / 1e9:,.1f} GB"


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return f"is not installed in {sys.prefix}"
