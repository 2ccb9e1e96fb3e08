"""Versions: texts that admins save on the page in the place of a file. The newest holds and wins over the file, and none is ever lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import Connection, func, insert, inspect, select, update

from jobs.audit import note
from jobs.refused import Refused
from jobs.schedules.plans import add, due_run, row_of
from mappings import field_map
from mappings.leader_levels import LeaderLevels
from mappings.own_text import OwnText
from mappings.places import Places
from mappings.policy_rules import PolicyRules
from mappings.sectors import Sectors
from mappings.themes import Themes
from store import bulk
from store.database import Database
from store.lease import STAGES
from store.tables import SettingVersion

version = bulk.table_of(SettingVersion)

FIELD_MAP = "field_map"
RULES = ("themes", "policy", "places", "titles", "sectors")
"""A council's own rules, by the name of their setting."""
KINDS = (FIELD_MAP, *RULES)
NAMES = {FIELD_MAP: "field map", "themes": "themes", "policy": "policy", "places": "places", "titles": "titles", "sectors": "sectors"}
LARGEST = 150_000
"""Letters of a text; the longest field maps have a tenth of it."""

Key = tuple[str, str]
"""Kind, and the connection whose field map it is (empty for rules)."""


@dataclass(frozen=True)
class Version:
    """A text that was saved."""

    id: int
    number: int
    """Counted from 1 within its kind and connection."""
    kind: str
    connection: str
    text: str | None
    """None: from then on the file held again."""
    who: str
    saved_at: datetime

    @property
    def name(self) -> str:
        """What stands before a fault in it."""
        return f"{NAMES[self.kind]}{f' of {self.connection}' if self.connection else ''}, version {self.number}"

    def as_file(self) -> OwnText:
        """The text as rules and field maps read one."""
        return OwnText(self.name, self.text or "")


def in_force(store: Database) -> dict[Key, Version]:
    """The newest version of everything that has one and does not follow its file again. Nothing where the database is not there yet, or is
    older than versions are. Raises StoreError as `migrate.held` does."""
    from store.migrate import held

    if (store.file is not None and not store.file.exists()) or held(store) is None:
        return {}
    with store.reading() as connection:
        if not inspect(connection).has_table(version.name):
            return {}
        rows = connection.execute(select(version).order_by(version.c.id)).all()
    found: dict[Key, Version] = {}
    for row in rows:
        key = (row.kind, row.connection)
        found[key] = _version(row, found[key].number + 1 if key in found else 1)
    return {key: one for key, one in found.items() if one.text is not None}


def history(store: Database, kind: str, name: str = "") -> list[Version]:
    """Every version, the newest first."""
    with store.reading() as connection:
        return _history(connection, kind, name)


def newest_id(store: Database) -> int:
    """Changes whenever any rules do."""
    query = select(version.c.id).where(version.c.kind != FIELD_MAP).order_by(version.c.id.desc()).limit(1)
    with store.reading() as connection:
        return connection.scalar(query) or 0


def checked(kind: str, text: str, name: str) -> object:
    """What a text means: a FieldMap, Themes, PolicyRules, Places, LeaderLevels or Sectors. `name` stands before each fault.

    Raises ValueError with a line for each fault."""
    if len(text) > LARGEST:
        raise ValueError(f"{name}: this is longer than {LARGEST:,} letters; leave out what does not belong here")
    _demand_plain(text, name)
    of_kind: Mapping[str, Any] = {
        FIELD_MAP: lambda own: field_map.read(own.text, own.name),
        "themes": Themes.load,
        "policy": PolicyRules.load,
        "places": Places.load,
        "titles": LeaderLevels.load,
        "sectors": Sectors.load,
    }
    found: object = of_kind[kind](OwnText(name, text))
    return found


def save(store: Database, key: Key, text: str | None, who: str, now: datetime, begun_from: int) -> int:
    """Saves a version, which holds from the next run on (None: the file holds again); returns its number.

    `begun_from`: the id of the version that whoever saves has seen as the newest, 0 for none. Raises Refused for a text with faults, and
    where somebody saved another version meanwhile."""
    kind, name = key
    if text is not None:
        text = "\n".join(text.splitlines()) + "\n"
        try:
            checked(kind, text, NAMES[kind])
        except ValueError as fault:
            raise Refused(f"It has mistakes, so it was not saved: {fault}") from None
    with store.connect() as connection:
        if not store.is_sqlite:  # one at a time saves; on SQLite every writing transaction is alone
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("placebridge-versions", 0))))
        before = _history(connection, kind, name)
        newest = before[0] if before else None
        if (newest.id if newest else 0) != begun_from:
            raise Refused(
                f"{newest.who if newest else 'Somebody'} saved another version while you worked on yours, so yours was not saved."
                " Open the page again in another tab, and take over what you changed"
            )
        if text == (newest.text if newest else None):
            raise Refused("Nothing was changed, so there is no new version to save")
        values = {"kind": kind, "connection": name, "text": text, "who": who, "saved_at": now}
        connection.execute(insert(version).values(**values))
        number = len(before) + 1
        action = "version save" if text is not None else "version reset"
        note(connection, who, action, name or kind, now, f"{NAMES[kind]}, version {number}")
        if kind != FIELD_MAP:
            _ask_stages(connection, now)
    return number


def _ask_stages(connection: Connection, now: datetime) -> None:
    """What rules decide is worked out anew without waiting for a pull."""
    waiting = due_run.c.connection == STAGES, due_run.c.state == "waiting"
    if not connection.execute(update(due_run).where(*waiting).values(not_before=now, attempts=0)).rowcount:
        add(connection, row_of(STAGES, now, "changed", now))


def _history(connection: Connection, kind: str, name: str) -> list[Version]:
    query = select(version).where(version.c.kind == kind, version.c.connection == name).order_by(version.c.id)
    found = [_version(row, number) for number, row in enumerate(connection.execute(query), 1)]
    return found[::-1]


def _version(row: Any, number: int) -> Version:
    return Version(row.id, number, row.kind, row.connection, row.text, row.who, row.saved_at)


def _demand_plain(text: str, name: str) -> None:
    """Raises ValueError for lines that stand for others which stand for others: a few of them can mean more than memory holds."""
    depth, anchored = 0, list[int]()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) and anchored:
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise ValueError(f"{name}, line {line}: `*{event.anchor}` stands within lines"
                                 " that have a name of their own (&); write the lines out")  # fmt: skip
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if event.anchor:
                    anchored.append(depth)
            elif isinstance(event, yaml.CollectionEndEvent):
                if anchored and anchored[-1] == depth:
                    anchored.pop()
                depth -= 1
    except (yaml.YAMLError, RecursionError):
        return  # whoever reads it says what is wrong
