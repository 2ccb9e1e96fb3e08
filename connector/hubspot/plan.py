"""What an entity needs of HubSpot: which properties, which associations, and whether a read may be incremental."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from connector.contract import Entity, StopEntity

ID_COLUMNS = ("id", "hs_object_id")
"""Names by which a field map may call HubSpot's own id."""
CONTACTS = {"contacts", "contact", "0-1"}
MERGED = ("hs_merged_object_ids", "hs_calculated_merged_vids")
"""Properties that name the records which were merged into one; the second is a contact's."""
LINKS = "associations."
NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True)
class Plan:
    """One entity, as it is read."""

    source: str
    columns: tuple[str, ...]
    named: tuple[str, ...]
    """The properties that the field map names."""
    associated: tuple[str, ...]
    """The types whose ids it wants: `companies` of `associations.companies`."""
    stamp: str
    """The property that says when a record was last changed ("Search the CRM": contacts have a name of their own for it)."""
    by_id: bool
    """The field map's id is HubSpot's own, so that deletions, merges and changes can be told by it."""
    complete: bool

    @property
    def properties(self) -> tuple[str, ...]:
        """All that is asked for with a record; HubSpot leaves out those that an object does not have."""
        return tuple(dict.fromkeys((*self.named, self.stamp, *MERGED)))

    @property
    def mark(self) -> str:
        """Equal for equal plans; stands in cursors."""
        return hashlib.sha256(json.dumps([self.source, self.columns, self.by_id, self.complete]).encode()).hexdigest()[:16]


def plan_of(entity: Entity) -> Plan:
    """How the entity is read. Raises StopEntity for names that HubSpot cannot have."""
    links = tuple(column.removeprefix(LINKS) for column in entity.columns if column.startswith(LINKS))
    for name in (entity.source, *links):
        if not NAME.fullmatch(name):
            raise StopEntity(
                f"{entity.source}: an object is named like companies, contacts, meetings or 2-1234567; correct 'from' in the field map"
            )
    named = tuple(column for column in entity.columns if not column.startswith(LINKS) and column not in ID_COLUMNS)
    by_id = len(entity.ids) == 1 and entity.ids[0] in ID_COLUMNS
    return Plan(entity.source, entity.columns, named, links, stamp_of(entity.source), by_id, entity.complete)


def stamp_of(source: str) -> str:
    """The property that says when a record of that object was last changed."""
    return "lastmodifieddate" if source.lower() in CONTACTS else "hs_lastmodifieddate"


def missing(plan: Plan, there: Mapping[str, str]) -> list[str]:
    """A sentence's part for each property that the field map names and the object does not have, with what may be meant.

    `there`: labels by property name. HubSpot leaves such properties out of its answers without a word, so they are looked up."""
    return [f"{name}{_near(name, there)}" for name in plan.named if name not in there]


def require_properties(plan: Plan, there: Mapping[str, str]) -> None:
    """Raises StopEntity, naming them, when properties are missing."""
    lacking = missing(plan, there)
    if lacking:
        raise StopEntity(f"{plan.source}: HubSpot has no property named {', '.join(lacking)}; correct the field map")


def _near(name: str, there: Mapping[str, str]) -> str:
    """People write the label, as HubSpot's pages show it, or misspell the name."""
    called = [one for one, label in there.items() if label.casefold() == name.casefold()]
    near = called or get_close_matches(name.casefold(), list(there), n=3, cutoff=0.6)
    return f" (is it {' or '.join(near)}?)" if near else ""
