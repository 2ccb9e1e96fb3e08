"""sectors.yaml, and a council's own sectors file over it (PLACEBRIDGE_SECTORS). Everything is read as text."""

from importlib.resources import files
from typing import Any, Final

import yaml

from mappings.field_map_yaml import Faults, Node, parse
from mappings.own_text import OwnFile
from mappings.sector_phrases import finder, split

PHRASES: Final = ("names", "plain_names")
LISTS: Final = ("words", "fair_words", *PHRASES, "types", "prefixes")
CODES: Final = ("sic", "fair_sic")
KEYS: Final = ("name", *LISTS, *CODES)
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def load(extra: OwnFile | None = None) -> dict[str, Any]:
    """The sectors that ship with a council's own over them: words, phrases and codes are added, a name replaces ours.

    Raises ValueError with every fault, each with its line and what to write instead, and OSError where the file cannot be opened."""
    held: dict[str, Any] = yaml.load(files("mappings").joinpath("sectors.yaml").read_bytes(), Loader=_LOADER)
    if extra is None:
        return held
    faults = Faults(extra.name)
    own = _read(extra.read_bytes(), tuple(held["sectors"]), faults)
    if faults:
        raise ValueError("\n".join(str(fault) for fault in faults.sorted()))
    held["not_names"] = ", ".join(part for part in (held["not_names"], own.pop("not_names", "")) if part)
    for found, entry in own.items():
        _add(held["sectors"][found], entry)
    return held


def _add(held: dict[str, Any], own: dict[str, Any]) -> None:
    for key, value in own.items():
        if key in CODES:
            held[key] = held.get(key, {}) | value
        elif key in LISTS and key in held:
            held[key] = f"{held[key]}, {value}"
        else:
            held[key] = value


def _read(text: bytes, sectors: tuple[str, ...], faults: Faults) -> dict[str, Any]:
    own: dict[str, Any] = {}
    root = parse(text, faults, "write `sectors:` and under it a sector with its words, or remove the setting")
    for key, node in root.entries(faults, "a mapping, as in `sectors:`") if root else ():
        if key == "not_names":
            own[key] = _phrases(node, key, faults)
        elif key != "sectors":
            faults.unknown(node, key, ("sectors", "not_names"), "is no part of the sectors file")
        else:
            for found, entry in node.entries(faults, "a mapping of sectors, each with words, names or codes"):
                if found not in sectors:
                    faults.unknown(entry, found, sectors, "is no sector")
                else:
                    own[found] = _entry(entry, faults)
    return own


def _entry(node: Node, faults: Faults) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for key, value in node.entries(faults, "what belongs to the sector, as in `words: anchor body`"):
        if key not in KEYS:
            faults.unknown(value, key, KEYS, "is no key of a sector")
        elif key in CODES:
            entry[key] = _codes(value, faults)
        else:
            entry[key] = _phrases(value, key, faults)
    return entry


def _phrases(node: Node, key: str, faults: Faults) -> str:
    if not node.is_text():
        faults.add(node, f"`{key}` must be one text with commas, not a list or a mapping")
        return ""
    text = node.text(faults, f"`{key}`") or ""
    for phrase in split(text) if key in (*PHRASES, "not_names") else ():
        try:
            finder([phrase])
        except ValueError as fault:
            faults.add(node, str(fault))
    return text


def _codes(node: Node, faults: Faults) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, value in node.entries(faults, 'codes with what they mean, as in `"84110": General public administration activities`'):
        if not (code.isdigit() and len(code) == 5):
            faults.add(value, f"'{code}' is no SIC code; write its five digits in quotes, as in \"84110\"")
        found[code] = value.text(faults, f"the meaning of {code}") or ""
    return found
