"""The whole field maps of docs/rest.md, as a connector is given them."""

import re
from pathlib import Path
from typing import Any

import yaml

from connector.contract import Entity

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "rest.md").read_text(encoding="utf-8")


def example(name: str) -> dict[str, Any]:
    """A field map by its file's name; every scalar is text."""
    (found,) = re.findall(rf"```yaml\n# {name}\.yaml\n(.*?)```", TEXT, re.DOTALL)
    return yaml.load(found, yaml.BaseLoader)


def entities(field_map: dict[str, Any]) -> dict[str, Entity]:
    """Its blocks by entity kind; of several, the last."""
    blocks = [(kind, block) for kind, said in field_map.items() if kind != "connector" for block in (said if isinstance(said, list) else [said])]
    return {kind: _entity(kind, block) for kind, block in blocks}


def _entity(kind: str, block: dict[str, Any]) -> Entity:
    named = [value if isinstance(value, str) else value.get("from") for value in block["fields"].values()]
    columns = tuple(dict.fromkeys([block["id"], block["changed"], *(name for name in named if name)]))
    return Entity(kind, block["from"], columns, block["changed"], (block["id"],), options=block.get("connector", {}))


def column(held: Any, entity: Entity, name: str) -> dict[str, Any]:
    """A column's cells by id."""
    at = entity.columns.index(name)
    return {key: row[at] for key, row in held.rows.items()}
