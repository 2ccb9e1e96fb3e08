"""What objects there are and which fields, as the signed-in user sees them; and the field map's columns found among them.

Source: REST API Developer Guide, "sObject Describe" (resources_sobject_describe); Object Reference, "Name" (the fields of a relationship
that may lead to several objects) and "Compound Fields"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from connector.contract import StopEntity
from connector.http import field
from connector.salesforce.org import Org

COMPOUND = {"address", "location"}
DEEPEST = 5
"""Relationships that a path may walk (SOQL and SOSL Reference, "Understanding Relationship Query Limitations")."""
SEVERAL = "Name"
"""The object whose fields a relationship has that leads to several objects."""


@dataclass(frozen=True)
class Field:
    """One field."""

    name: str
    type: str
    relation: str = ""
    """Account for AccountId; empty where it leads nowhere."""
    targets: tuple[str, ...] = ()
    part_of: str = ""
    """The compound field that it is a part of."""


@dataclass(frozen=True)
class Described:
    """One object; the names are in lower case, for SOQL knows no cases."""

    name: str
    fields: Mapping[str, Field]
    relations: Mapping[str, Field]
    queryable: bool
    logs_deletions: bool

    def has(self, name: str) -> bool:
        return name.lower() in self.fields


@dataclass(frozen=True)
class Path:
    """A column, found: the names to walk, spelled as Salesforce spells them, and the type of what is there."""

    names: tuple[str, ...]
    type: str

    @property
    def soql(self) -> str:
        return ".".join(self.names)


class Schema:
    """Describes objects, each once. It serves one read, so that what an admin changes is seen by the next."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._known: dict[str, Described] = {}

    def described(self, name: str) -> Described:
        """Raises StopEntity, with near matches, for an object that is unknown or hidden."""
        if name not in self._known:
            self._known[name] = self._describe(name)
        return self._known[name]

    def paths(self, name: str, columns: Iterable[str]) -> list[Path]:
        """Each column's path. Raises StopEntity that names every column that cannot be read."""
        found, wrong = [], []
        for column in columns:
            path = self._path(name, column)
            if isinstance(path, Path):
                found.append(path)
            else:
                wrong.append(path)
        if wrong:
            raise StopEntity(
                f"{name}: {'; '.join(wrong)}. Correct the field map, or give the run-as user's permission set read access to "
                f"{'that field' if len(wrong) == 1 else 'those fields'}"
            )
        return found

    def _describe(self, name: str) -> Described:
        if not name.replace("_", "").isalnum() or not name.isascii():
            raise StopEntity(f"'{name}' is no object's name; write its API name into 'from', as in Account or Visit__c")
        answer = self._org.get(f"sobjects/{name}/describe", f"describe {name}", accept={404})
        if answer.status == 404:
            raise StopEntity(
                f"{name}: there is no such object that the run-as user may see{self._near(name)}. Correct 'from' in the field map, "
                f"or give the user's permission set read access to {name}"
            )
        fields = [_field(one) for one in field(answer.data, "fields", list)]
        return Described(
            field(answer.data, "name", str),
            {one.name.lower(): one for one in fields},
            {one.relation.lower(): one for one in fields if one.relation},
            field(answer.data, "queryable", bool, default=True),
            field(answer.data, "replicateable", bool, default=False),
        )

    def _near(self, name: str) -> str:
        listed = field(self._org.get("sobjects", "list of objects").data, "sobjects", list)
        return _meant(name, [field(one, "name", str) for one in listed])

    def _path(self, name: str, column: str) -> Path | str:
        """The path, or what is wrong with the column."""
        at, names = self.described(name), list[str]()
        *steps, last = column.split(".")
        if len(steps) > DEEPEST:
            return f"'{column}' walks more than {DEEPEST} relationships"
        for step in steps:
            relation = at.relations.get(step.lower())
            if relation is None:
                return _no_relation(at, step, column)
            names.append(relation.relation)
            at = self.described(relation.targets[0] if len(relation.targets) == 1 else SEVERAL)
        there = at.fields.get(last.lower())
        if there is None:
            owner = f" of {at.name}" if steps else ""
            return f"no field '{column}'{owner} that the user may see{_meant(last, [one.name for one in at.fields.values()])}"
        if there.type in COMPOUND:
            return _in_parts(at, there, column)
        return Path((*names, there.name), there.type)


def _field(told: object) -> Field:
    targets = [str(one) for one in field(told, "referenceTo", list, default=[])]
    return Field(
        field(told, "name", str),
        field(told, "type", str),
        field(told, "relationshipName", (str, type(None)), default=None) or "",
        tuple(targets),
        field(told, "compoundFieldName", (str, type(None)), default=None) or "",
    )


def _no_relation(at: Described, step: str, column: str) -> str:
    compound = at.fields.get(step.lower())
    if compound is not None and compound.type in COMPOUND:
        return _in_parts(at, compound, column)
    if compound is not None and compound.relation:
        return f"'{column}' walks by a field; write {compound.relation} in place of {compound.name}"
    return f"no relationship '{step}' of {at.name} for '{column}'{_meant(step, [one.relation for one in at.relations.values()])}"


def _in_parts(at: Described, compound: Field, column: str) -> str:
    parts = ", ".join(one.name for one in at.fields.values() if one.part_of == compound.name)
    return f"'{column}' is made of parts; name those you want: {parts or 'its own fields'}"


def _meant(word: str, names: list[str]) -> str:
    by_lower = {name.lower(): name for name in names}
    near = get_close_matches(word.lower(), list(by_lower), n=3)
    return f" (did you mean {' or '.join(by_lower[name] for name in near)}?)" if near else ""
