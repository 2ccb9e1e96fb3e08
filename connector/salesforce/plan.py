"""How one entity is read: which fields, by which clock, and whether changes can be told from the rest."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from connector.contract import Entity, Row, StopEntity, Value
from connector.salesforce.schema import Described, Path, Schema
from connector.salesforce.soql import Query, literal

CLOCKS = ("SystemModstamp", "LastModifiedDate")
"""What says when a row last changed. SystemModstamp is indexed and moves for automation too (Object Reference, "System Fields")."""
ID = Path(("Id",), "id")


@dataclass(frozen=True)
class Plan:
    """The reading of one entity."""

    entity: Entity
    source: str
    """The object's name, as Salesforce spells it."""
    paths: tuple[Path, ...]
    """All that is asked for: the columns, each once, then what the connector needs itself."""
    places: tuple[int, ...]
    """Where each of the entity's columns is in `paths`."""
    clock: str | None
    marks_deletions: bool
    """It has IsDeleted."""
    logs_deletions: bool
    """Salesforce keeps a log of what was deleted of it."""
    by_id: bool
    """The field map's id is Salesforce's own, so that deletions, merges and changes can be told."""
    where: str | None

    @property
    def incremental(self) -> bool:
        """Whether changes can be read alone."""
        return self.by_id and self.clock is not None

    @property
    def always_sweeps(self) -> bool:
        """Whether each reading of changes asks for all ids: nothing else tells what is gone, or no longer meets the condition."""
        return self.where is not None or not (self.marks_deletions or self.logs_deletions)

    @property
    def mark(self) -> str:
        """Differs when a cursor of another reading must not be used: other columns, ids, or condition."""
        told = repr((self.source, self.entity.columns, self.entity.ids, self.where, [path.soql for path in self.paths]))
        return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

    def rows(self, since: float | None) -> Query:
        """All rows that are there, or those that changed since that time (seconds since 1970), deleted ones too."""
        if since is None:
            return self._query(tuple(path.soql for path in self.paths), self._living(), self.clock)
        changed = f"{self.clock} >= {literal(since)}"
        return self._query(tuple(path.soql for path in self.paths), (changed,), self.clock)

    def ids(self) -> Query:
        """The ids of all rows that are there."""
        return self._query(("Id",), self._living(), None)

    def row(self, cells: Sequence[Value]) -> Row:
        """The entity's columns out of a batch's cells."""
        return tuple(cells[place] for place in self.places)

    def value(self, cells: Sequence[Value], name: str) -> Value:
        """A field of the connector's own; None where the object has none of that name."""
        return next((cells[at] for at, path in enumerate(self.paths) if path.soql == name), None)

    def _living(self) -> tuple[str, ...]:
        return ("IsDeleted = false",) if self.marks_deletions else ()

    def _query(self, fields: tuple[str, ...], conditions: tuple[str, ...], clock: str | None) -> Query:
        where = (f"({self.where})",) if self.where else ()
        return Query(self.source, fields, (*conditions, *where), clock)


def plan_of(schema: Schema, entity: Entity) -> Plan:
    """Raises StopEntity that says what to correct in the field map or to permit."""
    described = schema.described(entity.source)
    if not described.queryable:
        raise StopEntity(f"{described.name} cannot be queried; name another object in 'from'")
    columns = schema.paths(entity.source, entity.columns)
    clock = next((name for name in CLOCKS if described.has(name)), None)
    own = [name for name in ("Id", clock, "IsDeleted", "MasterRecordId") if name and described.has(name)]
    paths = list(dict.fromkeys([*columns, *(_own(described, name) for name in own)]))
    ids = schema.paths(entity.source, entity.ids)
    return Plan(
        entity,
        described.name,
        tuple(paths),
        tuple(paths.index(path) for path in columns),
        clock,
        described.has("IsDeleted"),
        described.logs_deletions,
        ids == [_own(described, "Id")],
        _where(entity),
    )


def _own(described: Described, name: str) -> Path:
    return Path((name,), described.fields[name.lower()].type)


def _where(entity: Entity) -> str | None:
    unknown = [name for name in entity.options if name != "where"]
    if unknown:
        raise StopEntity(f"{entity.source}: '{unknown[0]}' is nothing that 'connector' takes; 'where', a condition in SOQL, is")
    where = entity.options.get("where")
    if where is None:
        return None
    if not isinstance(where, str) or not where.strip():
        raise StopEntity(f"{entity.source}: 'where' wants a condition in SOQL, as in IsChild = false")
    return where.strip()
