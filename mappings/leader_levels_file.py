"""leader_levels.yaml, and a council's own titles file of the same shape over it (PLACEBRIDGE_TITLES). Everything is read as text."""

from importlib.resources import files
from typing import Any, Final

import yaml

from mappings.field_map_yaml import Faults, Node, parse
from mappings.own_text import OwnFile
from mappings.title_text import plain

TITLE_LISTS: Final = ("words", "not_after", "not_before")
FLAGS: Final = ("bare", "chairs", "trades_follow")
TITLE_KEYS: Final = ("level", "because", "alone", *TITLE_LISTS, *FLAGS)
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def rules_with(extra: OwnFile | None, levels: tuple[str, ...]) -> dict[str, Any]:
    """The shipped rules with those of a council's file over them; its titles stand under `own` too.

    Raises ValueError with every fault, each with its line and what to write instead, and OSError where the file cannot be opened."""
    rules: dict[str, Any] = yaml.load(files("mappings").joinpath("leader_levels.yaml").read_bytes(), Loader=_LOADER)
    if extra is None:
        return rules
    faults = Faults(extra.name)
    own = _read(extra.read_bytes(), faults, rules, levels)
    if faults:
        raise ValueError("\n".join(str(fault) for fault in faults.sorted()))
    for key, value in own.items():
        rules[key] = rules[key] | value if isinstance(value, dict) else [*value, *rules[key]]
    return rules | {"own": own.get("titles", [])}


def _read(text: bytes, faults: Faults, known: dict[str, Any], levels: tuple[str, ...]) -> dict[str, Any]:
    root = parse(text, faults, "write `titles:` with a list of `level` and `words`, or remove the setting")
    own: dict[str, Any] = {}
    for key, node in root.entries(faults, "a mapping, as in `titles:`") if root else ():
        if key not in known:
            faults.unknown(node, key, tuple(known), "is no part of the titles file")
        elif key == "abbreviations":
            own[key] = _abbreviations(node, faults)
        elif key == "titles":
            own[key] = [entry for item in node.items() if (entry := _title(item, faults, levels))]
        else:
            own[key] = _texts(node, f"`{key}`", faults)
    return own


def _abbreviations(node: Node, faults: Faults) -> dict[str, str]:
    entries = node.entries(faults, "what people write and what it stands for, as in `md: managing director`")
    return {short: long for short, value in entries if (long := value.text(faults, f"what '{short}' stands for"))}


def _texts(node: Node, what: str, faults: Faults) -> list[str]:
    found = []
    for item in node.items():
        text = item.text(faults, f"each word of {what}")
        if text and not plain(text):
            faults.add(item, f"'{text}' holds no letter or digit; write words as they stand in titles")
        elif text:
            found.append(text)
    return found


def _title(node: Node, faults: Faults, levels: tuple[str, ...]) -> dict[str, Any] | None:
    entries = dict(node.entries(faults, "a title with `level` and `words`, as in `- {level: senior_leader, words: [clerk to the board]}`"))
    if not entries:
        return None
    for needed in ("level", "words"):
        if needed not in entries:
            faults.add(node, f"this title has no `{needed}`; write `level:` and the level, `words:` and a list of titles")
    found: dict[str, Any] = {}
    for key, value in entries.items():
        if key in TITLE_LISTS:
            found[key] = _texts(value, f"`{key}`", faults)
        elif key in {"level", "alone"}:
            found[key] = _level(value, key, faults, levels)
        elif key == "because":
            found[key] = value.text(faults, "`because`")
        elif key in FLAGS:
            found[key] = _flag(value, key, faults)
        else:
            faults.unknown(value, key, TITLE_KEYS, "is no key of a title")
    return found


def _level(node: Node, key: str, faults: Faults, levels: tuple[str, ...]) -> str:
    text = node.text(faults, f"`{key}`") or ""
    if text and text not in levels:
        faults.add(node, f"'{text}' is no level; write one of {', '.join(levels)}")
    return text


def _flag(node: Node, key: str, faults: Faults) -> bool:
    text = node.text(faults, f"`{key}`") or ""
    if text and text not in {"true", "false"}:
        faults.add(node, f"`{key}` is '{text}'; write true, or leave the line out")
    return text == "true"
