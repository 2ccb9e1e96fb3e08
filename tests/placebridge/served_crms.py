"""Settings of connections to stand-ins on loopback, and field maps for them: for commands on CRMs that are read over HTTP."""

import re
from collections.abc import Mapping
from pathlib import Path

from connector.contract import Entity

DOCS = Path(__file__).resolve().parents[2] / "docs"


def example(page: str, heading: str = "") -> str:
    """The first field map of a page of the docs, or the first after a heading."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(.*?)```", text[text.index(heading) :], re.DOTALL)
    assert found
    return found[1]


def lines(name: str, kind: str, side: str, settings: Mapping[str, object]) -> str:
    """A connection's lines of config.env; its field map is NAME.yaml."""
    key = f"PLACEBRIDGE_CONNECTIONS__{name.upper()}__"
    told = {"kind": kind, "side": side, "mapping": f"{name}.yaml", **settings}
    return "".join(f"{key}{setting.upper()}={value}\n" for setting, value in told.items())


def plain_map(entities: list[Entity]) -> str:
    """A field map that takes the first column beside the id for a name, or for an engagement's subject."""
    blocks = []
    for entity in entities:
        (other, *_) = [column for column in entity.columns if column not in {*entity.ids, entity.changed}]
        field = "subject" if entity.kind == "engagement" else "name"
        changed = f", changed: {entity.changed}" if entity.changed else ""
        blocks.append(f"{entity.kind}: {{from: {entity.source}, id: {entity.ids[0]}{changed}, fields: {{{field}: {other}}}}}\n")
    return "".join(blocks)
