"""themes.yaml and resources.yaml, and a council's own themes file over them (PLACEBRIDGE_THEMES). Everything is read as text."""

import re
from importlib.resources import files
from typing import Any, Final

import yaml

from mappings.field_map_yaml import Faults, Node, parse
from mappings.note_reading import reader
from mappings.own_text import OwnFile
from mappings.phrase_syntax import Compiler, split_list
from mappings.theme_scores import WEIGHTS

KEYS: Final = ("name", "covers", "missions", "words", *WEIGHTS)
MISSIONS: Final = tuple(str(number) for number in range(1, 13))
_ID = re.compile(r"[a-z0-9_]+")
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
Entries = dict[str, dict[str, Any]]


def entries(which: str, extra: OwnFile | None = None) -> Entries:
    """The `themes` or `resources` that ship, with those of a council's file over them: phrases are added, the rest replaces ours.

    Raises ValueError with every fault, each with its line and what to write instead, and OSError where the file cannot be opened."""
    shipped: Entries = yaml.load(files("mappings").joinpath(f"{which}.yaml").read_bytes(), Loader=_LOADER)[which]
    if extra is None:
        return shipped
    faults = Faults(extra.name)
    own = _read(extra.read_bytes(), which, faults, tuple(shipped))
    if faults:
        raise ValueError("\n".join(str(fault) for fault in faults.sorted()))
    for found, entry in own.items():
        held = shipped.setdefault(found, {})
        joined = {kind: f"{held[kind]}, {entry[kind]}" for kind in (*WEIGHTS, "words") if kind in entry and kind in held}
        shipped[found] = held | entry | joined
    return shipped


def _read(text: bytes, which: str, faults: Faults, shipped: tuple[str, ...]) -> Entries:
    root = parse(text, faults, f"write `{which}:` and under it a theme with a `name` and `strong` phrases, or remove the setting")
    own: Entries = {}
    for key, node in root.entries(faults, f"a mapping, as in `{which}:`") if root else ():
        if key != which:
            faults.unknown(node, key, (which,), "is no part of the themes file")
            continue
        for found, entry in node.entries(faults, "a mapping of themes, each with a `name` and phrases"):
            own[found] = _entry(found, entry, faults, found in shipped)
    return own


def _entry(found: str, node: Node, faults: Faults, is_shipped: bool) -> dict[str, Any]:
    if not _ID.fullmatch(found):
        faults.add(node, f"'{found}' is no id of a theme; write small letters, digits and _, as in night_economy")
    entry: dict[str, Any] = {}
    keys = dict(node.entries(faults, f"what belongs to '{found}', as in `strong: late bus, night bus`"))
    for key, value in keys.items():
        if key == "missions":
            entry[key] = _missions(value, faults)
        elif key not in KEYS:
            faults.unknown(value, key, KEYS, "is no key of a theme")
        elif (text := _text(key, value, faults)) is not None:
            entry[key] = text
            if key in WEIGHTS:
                _check(text, value, faults)
    if not is_shipped and "name" not in keys:
        faults.add(node, f"'{found}' has no `name`; write `name:` and the theme as people say it")
    return entry


def _text(key: str, node: Node, faults: Faults) -> str | None:
    if key in {*WEIGHTS, "words"} and not node.is_text():
        faults.add(node, f"`{key}` must be one text with commas, as in `{key}: late bus, night bus`, not a list or a mapping")
        return None
    return node.text(faults, f"`{key}`")


def _missions(node: Node, faults: Faults) -> list[str]:
    found = [text for item in node.items() if (text := item.text(faults, "a mission")) is not None]
    for text in found:
        if text not in MISSIONS:
            faults.add(node, f"'{text}' is no mission; write numbers from 1 to 12, as in [3, 8]")
    return found


def _check(text: str, node: Node, faults: Faults) -> None:
    compiler: Compiler = reader().compiler()
    for phrase in split_list(text):
        compiler.one(phrase)
    for message in compiler.wrong:
        faults.add(node, message)
