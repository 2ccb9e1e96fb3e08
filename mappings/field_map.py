"""The field map: one YAML file per connection, Placebridge's fields on the left and the CRM's columns on the right.

Every key and value is read as text. `load` checks the whole file and reports every fault at once, each with its line and what to
write instead. The shape is a contract; docs/field-map.md describes it for the people who write one.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from mappings.field_map_parts import Block, FieldMapError, Guests, Part
from mappings.field_map_values import columns, constant, date_format, default, match, needs_one, separator, values
from mappings.field_map_yaml import Fault, Faults, Node, parse
from mappings.vocabulary import ENTITIES, FIELDS, TOOK_PART

BLOCK_KEYS = ("from", "id", "changed", "complete", "fields", "participants", "connector")
CONNECTOR = "connector"
"""What stands under this key, at the top or in a block, is for the connector alone and is handed to it as it stands."""
PART_KEYS = ("from", "join", "format", "values", "default", "value", "match", "split")
GUEST_KEYS = ("from", "join", "split", "match", "took_part")


@dataclass(frozen=True)
class FieldMap:
    """A checked field map: the blocks of each entity, in the order of the file."""

    blocks: dict[str, list[Block]] = field(default_factory=dict)
    options: dict[str, object] = field(default_factory=dict)
    """What the map says to the connector as a whole."""

    def version(self, entity: str) -> str:
        """Changes when anything that decides how an entity is read has changed, so that it is read again in full."""
        return hashlib.blake2b(repr((self.options, self.blocks.get(entity))).encode(), digest_size=8).hexdigest()


def load(path: Path) -> FieldMap:
    """Reads and checks a field map.

    Raises FieldMapError with every fault found, and OSError where the file cannot be opened."""
    return read(path.read_bytes(), path.name)


def read(text: bytes | str, name: str) -> FieldMap:
    """`load` for a map that is in memory; `name` stands before each fault."""
    faults = Faults(name)
    root = parse(text, faults)
    blocks: dict[str, list[Block]] = {}
    options: dict[str, object] = {}
    if root is not None:
        for key, node in root.entries(faults, "a mapping of entities, as in `business:`"):
            if key == CONNECTOR:
                options = _options(node, faults)
                continue
            if key not in ENTITIES:
                faults.unknown(node, key, (*ENTITIES, CONNECTOR), "is no entity")
                continue
            found = [_block(key, item, faults) for item in needs_one(node, faults, f"{key} is an empty list; it needs a block with `from`")]
            blocks[key] = [block for block in found if block]
        if not blocks and not faults:
            faults.add(root, "the field map is empty; it needs at least `business:` with `from`, `id` and `fields`")
    if faults:
        raise FieldMapError(faults.sorted())
    return FieldMap(blocks, options)


def _block(entity: str, node: Node, faults: Faults) -> Block | None:
    entries = dict(node.entries(faults, "a block with `from`, `id` and `fields`"))
    if not entries:
        if node.is_mapping():
            faults.add(node, f"{entity} is empty; it needs `from`, `id` and `fields`")
        return None
    for key, value in entries.items():
        if key not in BLOCK_KEYS:
            faults.unknown(value, key, BLOCK_KEYS, "is no key of a block")
    source = _required_text(entity, "from", "the file, table or path that holds the rows", node, entries, faults)
    ids = _ids(entity, node, entries, faults)
    fields = _fields(entity, node, entries, faults)
    guests = _guests(entity, entries.get("participants"), faults)
    changed = _part("", "changed", entries["changed"], faults) if "changed" in entries else None
    options = _options(entries[CONNECTOR], faults) if CONNECTOR in entries else {}
    return Block(entity, source, ids, fields, guests, changed, _complete(entries.get("complete"), faults), options)


def _options(node: Node, faults: Faults) -> dict[str, object]:
    found = node.plain(faults)
    if isinstance(found, dict):
        return found
    faults.add(node, "`connector` must be a mapping of what its connector understands; docs/rest.md shows one")
    return {}


def _required_text(entity: str, key: str, meaning: str, node: Node, entries: dict[str, Node], faults: Faults) -> str:
    value = entries.get(key)
    if value is None:
        faults.add(node, f"{entity} has no `{key}`; write `{key}:` and {meaning}")
        return ""
    return value.text(faults, f"`{key}`") or ""


def _ids(entity: str, node: Node, entries: dict[str, Node], faults: Faults) -> tuple[Part, ...]:
    value = entries.get("id")
    if value is None:
        if entity != "participant":
            faults.add(node, f"{entity} has no `id`; name the column that holds it, or a list of columns that together are unique")
        return ()
    items = needs_one(value, faults, "`id` is an empty list; name a column, or the columns that together are unique")
    parts = [_part("", "id", item, faults) for item in items]
    return tuple(part for part in parts if part)


def _complete(node: Node | None, faults: Faults) -> bool:
    if node is None:
        return True
    word = (node.text(faults, "`complete`") or "").casefold()
    if word not in {"yes", "no", "true", "false"}:
        faults.add(node, f"`complete` is '{word}'; write yes (a row that is gone is a deletion) or no (an extract)")
    return word in {"yes", "true"}


def _fields(entity: str, node: Node, entries: dict[str, Node], faults: Faults) -> dict[str, Part]:
    if "fields" not in entries:
        faults.add(
            node, f"{entity} has no `fields`; write `fields:` and one line for each field, ours on the left, their column on the right"
        )
        return {}
    fields: dict[str, Part] = {}
    named: set[str] = set()
    for name, value in entries["fields"].entries(faults, "fields, ours on the left and their column on the right"):
        if name not in FIELDS[entity]:
            faults.unknown(value, name, FIELDS[entity], f"is no field of {entity}")
            continue
        named.add(name)
        part = _part(entity, name, value, faults)
        if part:
            fields[name] = part
    _check_needed(entity, entries["fields"], named, faults)
    return fields


def _check_needed(entity: str, node: Node, fields: set[str], faults: Faults) -> None:
    if entity == "business" and "name" not in fields:
        faults.add(node, "business has no `name`; every business needs one")
    if entity == "person" and not {"name", "first_name", "last_name"} & fields:
        faults.add(node, "person has no name; map `name`, or `first_name` and `last_name`")
    if entity == "participant":
        if "engagement" not in fields:
            faults.add(node, "participant has no `engagement`; name the column that holds the engagement's id")
        if not {"person", "email", "name"} & fields:
            faults.add(node, "participant names nobody; map `person`, `email` or `name`")


def _part(entity: str, name: str, node: Node, faults: Faults) -> Part | None:
    """One value of the map: a column, or a mapping with `from` or `value`."""
    if node.is_text():
        column = node.text(faults, f"`{name}`")
        return Part(columns=(column,)) if column else None
    if node.is_list():
        faults.add(node, f"`{name}` is a list; to join columns write `{name}: {{from: [First column, Second column]}}`")
        return None
    entries = dict(node.entries(faults, f"a column for `{name}`"))
    for key, value in entries.items():
        if key not in PART_KEYS:
            faults.unknown(value, key, PART_KEYS, f"cannot be said of `{name}`")
    if ("from" in entries) == ("value" in entries):
        faults.add(node, f"`{name}` needs either `from` (a column) or `value` (a word for every row)")
        return None
    theirs = values(entity, name, entries.get("values"), faults)
    return Part(
        columns=columns(name, entries.get("from"), faults),
        constant=constant(entity, name, entries.get("value"), faults),
        join=entries["join"].raw(faults, "`join`") if "join" in entries else None,
        format=date_format(entity, name, entries.get("format"), faults),
        values=theirs,
        default=default(entity, name, entries.get("default"), dict(theirs), faults),
        match=match(entity, name, entries.get("match"), faults),
        split=separator(entity, name, entries.get("split"), faults),
    )


def _guests(entity: str, node: Node | None, faults: Faults) -> tuple[Guests, ...]:
    if node is None:
        return ()
    if entity != "engagement":
        faults.add(node, f"`participants` belongs under engagement, not under {entity}")
        return ()
    return tuple(guest for item in node.items() if (guest := _guest(item, faults)))


def _guest(node: Node, faults: Faults) -> Guests | None:
    if node.is_text():
        column = node.text(faults, "`participants`")
        return Guests(Part(columns=(column,)), None) if column else None
    entries = dict(node.entries(faults, "`participants` with `from`, `split`, `match` and `took_part`"))
    for key, value in entries.items():
        if key not in GUEST_KEYS:
            faults.unknown(value, key, GUEST_KEYS, "cannot be said of `participants`")
    if "from" not in entries:
        faults.add(node, "`participants` has no `from`; name the column that lists them")
        return None
    part = Part(
        columns=columns("participants", entries["from"], faults),
        join=entries["join"].raw(faults, "`join`") if "join" in entries else None,
        match=match("engagement", "person", entries.get("match"), faults),
        split=separator("engagement", "person", entries.get("split"), faults),
    )
    return Guests(part, _took_part(entries.get("took_part"), faults))


def _took_part(node: Node | None, faults: Faults) -> Part | None:
    if node is None:
        return None
    if not node.is_text():
        return _part("participant", "took_part", node, faults)
    word = (node.text(faults, "`took_part`") or "").casefold()
    if word not in TOOK_PART:
        faults.unknown(node, word, TOOK_PART, "is none of our words for `took_part` (for a column write `{from: column}`)")
    return Part(constant=word)


__all__ = ["Block", "Fault", "FieldMap", "FieldMapError", "Guests", "Part", "load", "read"]
