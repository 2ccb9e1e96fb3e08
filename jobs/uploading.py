"""An upload: a file that somebody sends through the page is laid out beside the exports, tried, and only then takes its place among them.

It waits in a hidden folder within the connection's own, so that it can take its place at once or not at all. The files beside it are there
too, as links, so that what is tried is the connection as it would be.
"""

import fnmatch
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import select

from connector.contract import ConnectorError, StopEntity
from connector.files.folder import find
from connector.files.naming import WILD, relative, split_sheet
from connector.http import SlidingBudget
from jobs.audit import note
from jobs.pull import as_entity
from jobs.pulling import Options, Result, pull_alone
from jobs.refused import Refused
from jobs.schedules.plans import ask
from jobs.setup import Configured
from mappings.field_map import Block, FieldMap
from store import bulk
from store.database import Database
from store.lease import hold
from store.lock import Locked
from store.tables import Connection as ConnectionRow
from store.tables import Reject

connections, reject = bulk.table_of(ConnectionRow), bulk.table_of(Reject)

WAITING = ".placebridge-upload-"
NEW, WHOLE = "new", "whole"
"""Folders within it: the file alone, and the connection as it would be."""
KEPT_SECONDS = 24 * 3600
"""An upload of which nobody has decided for so long goes."""
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
TOKEN = re.compile(r"[0-9a-f]{32}")
BLOCK = 1 << 20
REFUSED_SHOWN = 20


@dataclass(frozen=True)
class Wanted:
    """A file that a field map names."""

    pattern: str
    """Its name, or a glob."""
    entities: tuple[str, ...]
    is_glob: bool


@dataclass(frozen=True)
class Waiting:
    """An upload of which nobody has decided yet."""

    token: str
    name: str
    """Relative to the connection's folder, with forward slashes."""
    bytes: int
    replaces: bool
    """Whether a file of this name is there."""


@dataclass(frozen=True)
class Rehearsed:
    """What a run would do with the file in its place."""

    result: Result
    refused: tuple[tuple[str, str], ...]
    """Id and reason of the first rows that would stand refused."""


def wanted(field_map: FieldMap) -> list[Wanted]:
    """The files that a field map names, each once."""
    found: dict[str, list[str]] = {}
    for block in _blocks(field_map):
        with suppress(StopEntity):
            found.setdefault(_pattern(block), []).append(block.entity)
    return [Wanted(pattern, tuple(dict.fromkeys(kinds)), bool(WILD.search(pattern))) for pattern, kinds in found.items()]


def name_for(field_map: FieldMap, sent: str, chosen: str) -> str:
    """The name that an uploaded file gets: `chosen`, a file that the map names; for a glob the name that it came with. Raises Refused."""
    own = sent.replace("\\", "/").rpartition("/")[2].strip()
    if not own:
        raise Refused("Choose a file to upload")
    files = {found.pattern: found for found in wanted(field_map)}
    if chosen not in files:
        raise Refused(f"Choose which file it is: {', '.join(files)}")
    if not files[chosen].is_glob:
        return _demand_ending(chosen, own)
    folder, _, pattern = chosen.rpartition("/")
    if WILD.search(folder):
        raise Refused(f"{chosen} means files in several folders, so a file cannot be uploaded for it")
    if own.startswith((".", "~$")) or any(ord(letter) < 32 or letter in '<>:"|?*' for letter in own) or len(own) > 120:
        raise Refused(
            "The file's name has letters that it cannot have here; give it a plain name, such as visits-2026.csv"
        )
    if not fnmatch.fnmatchcase(own, pattern):
        raise Refused(f"The file is called {own}, but its name has to fit {pattern}; rename it and upload it again")
    return _demand_ending(f"{folder}/{own}" if folder else own, own)


def _demand_ending(name: str, own: str) -> str:
    ending = Path(own).suffix.lower()
    if ending not in ENDINGS:
        raise Refused(f"{own} is no CSV and no XLSX; save it as one and upload it again")
    if (Path(name).suffix.lower() in {".xlsx", ".xlsm"}) != (ending in {".xlsx", ".xlsm"}):
        raise Refused(f"{own} is another kind of file than {name}; save it as {Path(name).suffix.lstrip('.').upper()} and upload it again")
    return name


def lay_out(of: Configured, field_map: FieldMap, name: str, content: BinaryIO) -> Waiting:
    """Puts an upload where it waits, and looks whether it can be read as the field map says. Raises Refused, and nothing then waits."""
    folder = _folder(of)
    _demand_inside(folder, name)
    with _faults(folder):
        _forget_old(folder)
        token = secrets.token_hex(16)
        place = folder / f"{WAITING}{token}"
        place.mkdir(mode=0o700)
    try:
        with _faults(folder):
            own = place / NEW / name
            own.parent.mkdir(parents=True)
            with own.open("wb") as out:
                shutil.copyfileobj(content, out, BLOCK)
            _link_all(folder, place / WHOLE, field_map, name, own)
        _demand_readable(of, field_map, place / WHOLE, name)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return Waiting(token, name, own.stat().st_size, (folder / name).exists())


def find_waiting(of: Configured, token: str) -> Waiting:
    """An upload that waits. Raises Refused where there is none."""
    folder = _folder(of)
    place = folder / f"{WAITING}{token}"
    if TOKEN.fullmatch(token) and place.is_dir():
        for path in (place / NEW).rglob("*"):
            if path.is_file():
                name = path.relative_to(place / NEW).as_posix()
                return Waiting(token, name, path.stat().st_size, (folder / name).exists())
    raise Refused("This upload is not there any more: it was kept or thrown away, or a day has gone by. Upload the file again")


def rehearse(store: Database, of: Configured, field_map: FieldMap, waiting: Waiting, zone: ZoneInfo) -> Rehearsed:
    """What the next run would do with the file in its place; everything is undone. Raises Refused where a run is under way."""
    if of.source_at is None:
        raise Refused(of.why_no_upload)
    place = _folder(of) / f"{WAITING}{waiting.token}" / WHOLE
    # A database of its own: what is rehearsed on one is seen by all that use it.
    with closing(Database(store.url.render_as_string(hide_password=False))) as own:
        try:
            with hold(own, [of.name]), own.rehearsal():
                result = pull_alone(own, of.source_at(field_map, place), Options(zone, rehearsal=True))
                return Rehearsed(result, _refused(own, of.name))
        except Locked:
            raise Refused(f"{of.name} is being read at this moment; wait until that run has ended, then look again") from None


def keep(store: Database, of: Configured, field_map: FieldMap, token: str, who: str, now: datetime) -> str:
    """The file takes its place; the one that was there stays beside it as .1, in the place of an older one. A run is asked for.

    Returns the name under which the old one is kept, empty where there was none. Raises Refused."""
    waiting, folder = find_waiting(of, token), _folder(of)
    _demand_inside(folder, waiting.name)
    place, target = folder / f"{WAITING}{token}", folder / waiting.name
    aside = _aside(field_map, waiting.name) if target.exists() else ""
    with _faults(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        if aside:
            _link(target, place / "old")
            os.replace(place / "old", folder / aside)
        os.replace(place / NEW / waiting.name, target)
        shutil.rmtree(place, ignore_errors=True)
    with store.connect() as connection:
        note(connection, who, "upload keep", of.name, now, f"{waiting.bytes} bytes")
    ask(store, of.name, who, now)
    return aside


def throw_away(store: Database, of: Configured, token: str, who: str, now: datetime) -> None:
    """Forgets an upload. Raises Refused where there is none."""
    find_waiting(of, token)
    shutil.rmtree(_folder(of) / f"{WAITING}{token}", ignore_errors=True)
    with store.connect() as connection:
        note(connection, who, "upload throw away", of.name, now)


def _blocks(field_map: FieldMap) -> Iterator[Block]:
    return (block for held in field_map.blocks.values() for block in held)


def _pattern(block: Block) -> str:
    return split_sheet(relative(block.source), lambda name: False)[0]


def _folder(of: Configured) -> Path:
    if of.folder is None:
        raise Refused(of.why_no_upload or f"{of.name} has no folder to upload to")
    if not of.folder.is_dir():
        raise Refused(f"The folder {of.folder} is not there; make it, or correct the connection's PATH in the settings")
    return of.folder


def _demand_inside(folder: Path, name: str) -> None:
    """Raises Refused for a name by which a file outside of the folder would be written."""
    try:
        plain = relative(name)
    except StopEntity as fault:
        raise Refused(str(fault)) from None
    root, target = folder.resolve(), folder / plain
    if plain != name or target.is_symlink() or not target.parent.resolve().is_relative_to(root) or target.is_dir():
        raise Refused(f"{name} is a link or a folder on this machine, so nothing is written there; put a file in its place first")


def _link_all(folder: Path, place: Path, field_map: FieldMap, name: str, own: Path) -> None:
    """The connection's folder as it would be."""
    for block in _blocks(field_map):
        with suppress(ConnectorError):
            for found in find(folder, block.source):
                if found.name != name:
                    _link(found.path, place / found.name)
    _link(own, place / name)


def _link(path: Path, target: Path) -> None:
    """The same file under another name; a copy where the disk knows no such links."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path.resolve(), target)
    except OSError:
        shutil.copy2(path, target)


def _demand_readable(of: Configured, field_map: FieldMap, place: Path, name: str) -> None:
    """Raises Refused with what the connector's own reader says of the file."""
    if of.source_at is None:
        raise Refused(of.why_no_upload)
    blocks = [block for block in _blocks(field_map) if fnmatch.fnmatchcase(name, _pattern(block))]
    try:
        connector = of.source_at(field_map, place).open(SlidingBudget)
    except ConnectorError as fault:
        raise Refused(str(fault)) from None
    try:
        wrong = [finding.detail for finding in connector.check([as_entity(block) for block in blocks]) if not finding.ok]
    finally:
        connector.close(stored=False)
    if wrong:
        raise Refused(f"The file cannot be read as the field map says, so it was not taken: {'; '.join(dict.fromkeys(wrong))}")


def _refused(store: Database, name: str) -> tuple[tuple[str, str], ...]:
    query = (
        select(reject.c.source_id, reject.c.reason)
        .join(connections, connections.c.id == reject.c.connection_id)
        .where(connections.c.name == name, reject.c.stage == "read")
        .order_by(reject.c.id)
        .limit(REFUSED_SHOWN)
    )
    with store.reading() as connection:
        return tuple((row.source_id, row.reason) for row in connection.execute(query))


def _aside(field_map: FieldMap, name: str) -> str:
    """The name for the file that was there: one that no source of the map means."""
    folder, _, last = name.rpartition("/")
    for aside in (f"{last}.1", f".{last}.1"):
        full = f"{folder}/{aside}" if folder else aside
        if not any(fnmatch.fnmatchcase(full, _pattern(block)) for block in _blocks(field_map)):
            return full
    return f"{folder}/.{last}.1" if folder else f".{last}.1"  # a wildcard means no hidden file


def _forget_old(folder: Path) -> None:
    for place in folder.glob(f"{WAITING}*"):
        if TOKEN.fullmatch(place.name.removeprefix(WAITING)) and time.time() - place.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _faults(folder: Path) -> Iterator[None]:
    """Says what to do where the folder cannot be written."""
    try:
        yield
    except OSError as fault:
        raise Refused(
            f"Nothing can be written in {folder} ({fault.strerror or 'the system gave no reason'}): let the program's user write there,"
            " make room on the disk, and see that nobody has the file open. Nothing was changed"
        ) from None
