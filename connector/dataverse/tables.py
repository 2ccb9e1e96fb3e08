"""What Dataverse says of a table: its names, its key, its columns, and whether its changes are tracked.

https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query-metadata-web-api"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from connector.contract import StopEntity
from connector.dataverse.service import Service, quoted
from connector.http import Answer, field

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
ABOUT = "LogicalName,EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled,CanChangeTrackingBeEnabled,Privileges"
LOOKUPS = {"Lookup", "Customer", "Owner"}
"""AttributeType of a column that points at another row and is read as `_name_value`."""


@dataclass(frozen=True)
class Attribute:
    """A column by its definition."""

    type: str
    """AttributeType, such as String, Picklist, Lookup, DateTime."""
    part_of: str | None = None
    """The column that it only describes, as `statuscodename` does `statuscode`."""


@dataclass(frozen=True)
class Table:
    """A table by its definition."""

    logical: str
    """`account`."""
    entity_set: str
    """`accounts`, as it stands in addresses."""
    key: str
    """The column that holds a row's id."""
    tracked: bool
    trackable: bool
    """Change tracking is on, or could be turned on."""
    read_privilege: str | None
    """Such as prvReadAccount."""
    attributes: Mapping[str, Attribute]
    """By logical name."""


def find_table(service: Service, source: str) -> Table:
    """The table whose entity set name or logical name is `source`, in any case.

    Raises StopEntity with near matches when there is none, and what the door raises."""
    return _table(service, _definition(service, source))


def logical_name(service: Service, source: str) -> str:
    """The logical name of the table that `source` names. Raises as `find_table`."""
    return field(_definition(service, source), "LogicalName", str)


def _definition(service: Service, source: str) -> dict[str, object]:
    name = source.strip().lower()
    chosen = f"EntitySetName eq {quoted(name)} or LogicalName eq {quoted(name)}"
    asked = {"$select": ABOUT, "$filter": chosen}
    found = _values(service.get("EntityDefinitions", f"{source}, its definition", asked)) if NAME.fullmatch(name) else []
    if not found:
        raise StopEntity(f"there is no table {source} in this organisation; {_near(name, _names(service))}")
    return next((one for one in found if one.get("EntitySetName") == name), found[0])


def _table(service: Service, definition: dict[str, object]) -> Table:
    logical = field(definition, "LogicalName", str)
    return Table(
        logical,
        field(definition, "EntitySetName", str),
        field(definition, "PrimaryIdAttribute", str),
        field(definition, "ChangeTrackingEnabled", (bool, type(None)), default=False) or False,
        field(definition, ("CanChangeTrackingBeEnabled", "Value"), bool, default=True),
        _read_privilege(definition),
        _attributes(service, logical),
    )


def _attributes(service: Service, logical: str) -> dict[str, Attribute]:
    """Every column that can be read."""
    path = f"EntityDefinitions(LogicalName={quoted(logical)})/Attributes"
    answer = service.get(path, f"{logical}, its columns", {"$select": "LogicalName,AttributeType,AttributeOf,IsValidForRead"})
    return {
        field(one, "LogicalName", str): Attribute(
            field(one, "AttributeType", (str, type(None)), default=None) or "", field(one, "AttributeOf", (str, type(None)), default=None)
        )
        for one in _values(answer)
        if field(one, "IsValidForRead", (bool, type(None)), default=True) is not False
    }


def _read_privilege(definition: dict[str, object]) -> str | None:
    privileges = field(definition, "Privileges", (list, type(None)), default=None) or []
    named = [one.get("Name") for one in privileges if isinstance(one, dict) and one.get("PrivilegeType") == "Read"]
    return next((name for name in named if isinstance(name, str)), None)


def _names(service: Service) -> list[str]:
    answer = service.get("EntityDefinitions", "the list of tables", {"$select": "EntitySetName"})
    return [name for one in _values(answer) if isinstance(name := one.get("EntitySetName"), str)]


def _values(answer: Answer) -> list[dict[str, object]]:
    return [field(answer.data, ("value", number), dict) for number in range(len(field(answer.data, "value", list)))]


def _near(name: str, names: list[str]) -> str:
    found = get_close_matches(name, names, n=3, cutoff=0.6)
    return f"correct 'from' in the field map: {' or '.join(found)}?" if found else "correct 'from' in the field map"
