"""How a row that stands refused, or a notice, is mended: a sentence for each kind of reason, with the columns that it came from."""

import re
from dataclasses import dataclass

from mappings.field_map import Block, FieldMap, Part

MAP = "in the field map"


@dataclass(frozen=True)
class Mend:
    """What to do about a reason."""

    said: str
    columns: tuple[str, ...] = ()
    """The CRM's columns that it is about, as the field map names them; empty where none can be told."""


def mend(reason: str, entity: str, source: str | None, field_map: FieldMap | None) -> Mend:
    """What to do about a rejected row. `source`: the file, table or path that it came from."""
    block = _block(field_map, entity, source)
    if reason == "it has no id":
        return Mend("Fill in its id in the CRM, or name other columns under `id` in the field map.", _of(block.ids if block else ()))
    if reason == "it has no name":
        return Mend("Fill in its name in the CRM, or map the column that holds it.", _named(block, "name", "first_name", "last_name"))
    if found := re.match(r"(\w+) '.*' is no date", reason):
        said = f'Correct the date in the CRM. If all dates look so, write their `format` for {found[1]} {MAP}, as in "%d/%m/%Y".'
        return Mend(said, _named(block, found[1]))
    if reason.startswith("another row has the same id"):
        return Mend(
            "Remove one of the two rows in the CRM. If they are two things, name more columns under `id`, so that each has its own.",
            _of(block.ids if block else ()),
        )
    if reason == "it names no engagement":
        return Mend("Fill in which engagement it belongs to, or map the column that says so.", _named(block, "engagement"))
    if reason == "it names nobody":
        return Mend("Fill in who took part, or map the column that names them.", _named(block, "person", "email", "name"))
    if reason.endswith("is in no file"):
        return Mend(
            "The engagement is not among those that were read: add it to the export, or leave this row out of its own."
            " Where both are there, their ids are spelt differently.",
            _named(block, "engagement"),
        )
    return Mend("Mend the row where it came from. The next run reads it again and this entry goes.")


def mend_notice(message: str, entity: str, field_map: FieldMap | None) -> Mend:
    """What to do about what was noticed of rows that were kept."""
    found = re.match(r"(?:more of )?(\w+)\b", message)
    field = found[1] if found else ""
    blocks = field_map.blocks.get(entity, []) if field_map else []
    parts = [block.fields[field] for block in blocks if field in block.fields]
    parts += [guest.part for block in blocks for guest in block.guests if field == "participants"]
    columns = _of(tuple(parts))
    if "`values` can map it" in message:
        return Mend(f"Say which of our words it means: write it under `values` of {field} {MAP}.", columns)
    if "is no date" in message:
        return Mend(f"Correct the date in the CRM, or write the `format` of {field} {MAP}.", columns)
    if "fits" in message:
        return Mend("Give one of the two another name in the CRM, or point by id instead of by name.", columns)
    if "points at no" in message:
        said = "It is mended by itself when the other record comes. If it never does, look how the two are spelt."
        return Mend(said, columns)
    return Mend("Nothing has to be done. If it should not be so, look at the export.")


def _block(field_map: FieldMap | None, entity: str, source: str | None) -> Block | None:
    blocks = field_map.blocks.get(entity, []) if field_map else []
    return next((block for block in blocks if block.source == source), blocks[0] if len(blocks) == 1 else None)


def _named(block: Block | None, *fields: str) -> tuple[str, ...]:
    return _of(tuple(block.fields[name] for name in fields if name in block.fields)) if block else ()


def _of(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for part in parts for column in part.columns))
