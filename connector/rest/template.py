"""Texts and JSON with places to fill: what a parameter or a body of the YAML is."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PLACE = re.compile(r"\{([a-z_]+)\}")
PLACES = ("since", "size", "page", "offset", "cursor", "fields")
LEFT_OUT = object()
Filling = Mapping[str, Any]
"""What goes into the places; one without a value is None or absent."""


@dataclass(frozen=True)
class Template:
    """A parameter's or body's value. `tree` is a text, a list of texts (the parameter is repeated), or with `is_json` any JSON."""

    tree: Any
    is_json: bool = False
    base64: bool = False
    places: frozenset[str] = frozenset()

    @classmethod
    def read(cls, found: object) -> "Template":
        """From the YAML: a text, a list of texts, or `{json: TEXT, encode: base64}` with the JSON as its API documents it.

        Raises ValueError."""
        if isinstance(found, Template):
            return found
        if isinstance(found, Mapping):
            return cls._of_json(found)
        if not isinstance(found, str) and not (isinstance(found, list) and all(isinstance(one, str) for one in found)):
            raise ValueError("is neither a text, a list of texts nor {json: ...}")
        return cls(found, places=_places(found))

    @classmethod
    def _of_json(cls, found: Mapping[str, object]) -> "Template":
        text, encode = found.get("json"), found.get("encode", "none")
        if set(found) - {"json", "encode"} or not isinstance(text, str):
            raise ValueError("is neither a text nor {json: ..., encode: base64} with the JSON as one text")
        if encode not in ("none", "base64"):
            raise ValueError("encode: write base64 (the URL-safe one, RFC 4648 5), or leave it out")
        try:
            tree = json.loads(text)
        except ValueError as error:
            raise ValueError(f"json: is no JSON; look at its end or near character {getattr(error, 'pos', 0)}") from None
        return cls(tree, True, encode == "base64", _places(tree))

    def json_value(self, filling: Filling) -> Any:
        """The JSON with its places filled: a text that is nothing but a place becomes the value itself, a number for `"{size}"`;
        a member or element whose place has no value is left out, and LEFT_OUT is given where that is the whole."""
        return _filled(self.tree, filling)

    def texts(self, filling: Filling) -> list[str]:
        """What a parameter is sent as, once for each text; none where a place has no value."""
        if self.is_json:
            value = self.json_value(filling)
            if value is LEFT_OUT:
                return []
            text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
            return [urlsafe_b64encode(text.encode()).decode() if self.base64 else text]
        parts = self.tree if isinstance(self.tree, list) else [self.tree]
        if any(filling.get(place) is None for place in self.places):
            return []
        return [_inserted(part, filling) for part in parts]


def _places(tree: Any) -> frozenset[str]:
    if isinstance(tree, dict):
        return frozenset().union(*map(_places, tree.values()))
    if isinstance(tree, list):
        return frozenset().union(*map(_places, tree))
    found = frozenset(PLACE.findall(tree)) if isinstance(tree, str) else frozenset()
    if unknown := sorted(found - set(PLACES)):
        raise ValueError(f"holds {{{unknown[0]}}}; what can be filled in is {', '.join(f'{{{place}}}' for place in PLACES)}")
    return found


def _filled(tree: Any, filling: Filling) -> Any:
    if isinstance(tree, dict):
        found = {name: _filled(inner, filling) for name, inner in tree.items()}
        return {name: inner for name, inner in found.items() if inner is not LEFT_OUT}
    if isinstance(tree, list):
        return [inner for inner in (_filled(inner, filling) for inner in tree) if inner is not LEFT_OUT]
    if not isinstance(tree, str) or not PLACE.search(tree):
        return tree
    whole = PLACE.fullmatch(tree)
    if whole:
        value = filling.get(whole[1])
        return LEFT_OUT if value is None else value
    return LEFT_OUT if any(filling.get(place) is None for place in PLACE.findall(tree)) else _inserted(tree, filling)


def _inserted(text: str, filling: Filling) -> str:
    return PLACE.sub(lambda place: written(filling[place[1]]), text)


def written(value: Any) -> str:
    """A value inside a text: lists joined by commas, objects as JSON."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else str(value)
