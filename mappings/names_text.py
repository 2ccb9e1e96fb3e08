"""Text folded for comparing, and the lists in names.yaml."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_SPECIAL = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "þ": "th", "ð": "d", "ı": "i", "&": " and ", "+": " and "}
)
_DROPPED = re.compile(r"['’‘`´\\]")
_OTHER = re.compile(r"[^a-z0-9]+")


@cache
def lists() -> dict[str, Any]:
    """The content of names.yaml."""
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def word_set(name: str) -> frozenset[str]:
    """One list of names.yaml as a set."""
    return frozenset(lists()[name])


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces; '&' is 'and'."""
    plain = text.casefold().translate(_SPECIAL)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold().translate(_SPECIAL)
    return _OTHER.sub(" ", _DROPPED.sub("", plain)).strip()
