"""A field map's columns as Dataverse's properties.

A column is written by its logical name. A lookup may be written as it is shown to admins (`parentcustomerid`) or as the API gives it
(`_parentcustomerid_value`). Behind an @ stands what Dataverse says of the value: `statuscode@label` is the choice's label or the name of
the row that a lookup points at, `_regardingobjectid_value@table` that row's table."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from connector.contract import StopEntity
from connector.dataverse.tables import LOOKUPS, Attribute, Table

LABEL = "OData.Community.Display.V1.FormattedValue"
TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname"
"""https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/select-columns#formatted-values"""
SAID = {"label": LABEL, LABEL.lower(): LABEL, "table": TABLE, TABLE.lower(): TABLE}
ROLE = "role"
"""`participationtypemask@role`: our word for the number, the same in every language. See parties."""


@dataclass(frozen=True)
class Column:
    """One column of the field map."""

    name: str
    """As the field map spells it."""
    selected: str
    """The property that is asked for."""
    said: str = ""
    """The annotation that is wanted instead of the value; `role` for the participation's word."""

    @property
    def key(self) -> str:
        """Where the value stands in a row's JSON."""
        return f"{self.selected}@{self.said}" if self.said in {LABEL, TABLE} else self.selected


def resolve(table: Table, names: Iterable[str]) -> list[Column]:
    """The columns of that table. Raises StopEntity that names each one that is not there, with near matches."""
    found, missing = [], []
    for name in names:
        column = _resolved(table, name)
        found += [column] if column else []
        missing += [] if column else [_missing(table, name)]
    if missing:
        raise StopEntity(f"{table.entity_set} cannot be read: {'; '.join(missing)}; correct the field map")
    return found


def property_of(table: Table, name: str) -> str | None:
    """The property that holds a column, by its logical name or already that property's; None where the table has no such column."""
    inner = name.removeprefix("_").removesuffix("_value") if name.startswith("_") and name.endswith("_value") else ""
    if inner and _type(table, inner) in LOOKUPS:
        return name
    kind = _type(table, name)
    if kind is None or kind == "PartyList":
        return None
    return f"_{name}_value" if kind in LOOKUPS else name


def not_offered(table: Table, columns: Iterable[Column], words: str) -> str | None:
    """Which of our columns the service has refused by name, in an admin's words; None when it is about something else."""
    named = [column for column in columns if f"'{column.selected}'" in words]
    if not named:
        return None
    return "; ".join(f"column {column.name} cannot be read by itself{_instead(table, column.selected)}" for column in named)


def _resolved(table: Table, name: str) -> Column | None:
    base, _, said = name.strip().lower().partition("@")
    if said == ROLE:
        ours = table.logical == "activityparty" and base == "participationtypemask"
        return Column(name, base, ROLE) if ours else None
    found = property_of(table, base)
    if found is None or (said and said not in SAID):
        return None
    return Column(name, found, SAID[said] if said else "")


def _missing(table: Table, name: str) -> str:
    base, _, said = name.strip().lower().partition("@")
    if _type(table, base) == "PartyList":
        return f"column {name} is a list of people, which Dataverse keeps in the table activityparties: read them in a participant block"
    if "." in base or "/" in base:
        return f"column {name} is another table's; name the lookup, and read that table in a block of its own"
    if said and said != ROLE and property_of(table, base) is not None:
        return f"column {name} is not known; behind the @ may stand label or table"
    near = get_close_matches(base, table.attributes, n=3, cutoff=0.6)
    return f"column {name} is not there" + (f" ({' or '.join(near)}?)" if near else "")


def _instead(table: Table, name: str) -> str:
    described = table.attributes.get(name, Attribute("")).part_of
    return f"; write {described}@label, or {described}@table" if described else ""


def _type(table: Table, name: str) -> str | None:
    found = table.attributes.get(name)
    return None if found is None else found.type
