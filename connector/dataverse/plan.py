"""How one block of a field map is read: which table, which properties, and in which of three ways."""

import hashlib
from dataclasses import dataclass
from enum import Enum

from connector.contract import Entity, StopEntity
from connector.dataverse.columns import LABEL, TABLE, Column, property_of, resolve
from connector.dataverse.parties import PARTY, Parties
from connector.dataverse.service import Service
from connector.dataverse.tables import Table, find_table, logical_name

MERGED, MASTER = "merged", "_masterid_value"
"""On accounts, contacts and leads: the row was merged into another, its master, and is kept as inactive."""


class Way(Enum):
    """How what has changed is found."""

    TRACKED = "tracked"
    """By the delta link that change tracking gives."""
    CHANGED = "changed"
    """By the column that says when a row changed; what is gone, by looking through all ids."""
    WHOLE = "whole"
    """Not at all: everything is read each time."""


@dataclass(frozen=True)
class Plan:
    """A block, ready to be read."""

    entity: Entity
    table: Table
    columns: tuple[Column, ...]
    way: Way
    changed: str | None
    """The property to filter on in the way CHANGED."""
    merges: bool
    """The table says which rows were merged into which."""
    parties: Parties | None
    url: str
    """The organisation's: a cursor of another is none of ours."""

    @property
    def select(self) -> str:
        """Everything that is asked for: the columns wanted and what is needed to understand a row."""
        needed = [self.table.key, *(column.selected for column in self.columns)]
        needed += [MERGED, MASTER] if self.merges else []
        needed += [PARTY] if self.parties else []
        return ",".join(dict.fromkeys(needed))

    @property
    def filter(self) -> str:
        """What holds for every row that is wanted; empty for all."""
        return self.parties.filter() if self.parties else ""

    @property
    def told(self) -> bool:
        """A row is known by the table's own id, so that deletions, merges and ids merely seen can be told."""
        return _told(self.entity, self.table, self.columns)

    def prefer(self, page_size: int) -> str:
        """The Prefer header, the same for every page of a read."""
        said = {column.said for column in self.columns} & {LABEL, TABLE} | ({TABLE} if self.parties else set())
        annotations = [f'odata.include-annotations="{",".join(sorted(said))}"'] if said else []
        return ",".join([f"odata.maxpagesize={page_size}", *annotations])

    def mark(self) -> str:
        """Differs for any other organisation, table, way or set of columns."""
        asked = (self.url, self.table.entity_set, self.way.value, self.changed, self.select, self.filter, self.prefer(1), self.merges)
        return hashlib.blake2b(repr(asked).encode(), digest_size=12).hexdigest()


def plan(service: Service, entity: Entity, url: str) -> Plan:
    """Looks the table and its columns up. Raises StopEntity that names what is not there."""
    table = find_table(service, entity.source)
    columns = tuple(resolve(table, entity.columns))
    parties = _parties(service, entity, table)
    changed = _changed(entity, table)
    merges = MERGED in table.attributes and property_of(table, "masterid") == MASTER
    return Plan(entity, table, columns, _way(entity, table, columns, changed), changed, merges, parties, url)


def _way(entity: Entity, table: Table, columns: tuple[Column, ...], changed: str | None) -> Way:
    """Parties are changed with their activity and bear no time of their own, and cannot be tracked: they are read whole."""
    if table.logical == "activityparty" or not _told(entity, table, columns):
        return Way.WHOLE
    if table.tracked:
        return Way.TRACKED
    return Way.CHANGED if changed else Way.WHOLE


def _told(entity: Entity, table: Table, columns: tuple[Column, ...]) -> bool:
    named = {column.name: column for column in columns}
    found = [named[name] for name in entity.ids if name in named]
    return [(column.selected, column.said) for column in found] == [(table.key, "")]


def _changed(entity: Entity, table: Table) -> str | None:
    """The field map's choice where it is a time, else Dataverse's own column."""
    for name in (entity.changed or "").strip().lower(), "modifiedon":
        attribute = table.attributes.get(name)
        if attribute is not None and attribute.type == "DateTime":
            return name
    return None


def _parties(service: Service, entity: Entity, table: Table) -> Parties | None:
    if table.logical == "activityparty":
        return Parties.of(entity.options, lambda name: logical_name(service, name))
    if entity.options:
        raise StopEntity(f"under 'connector', {', '.join(entity.options)} is not known for {entity.source}; take it out of the field map")
    return None
