"""A place's name as one part of an address. Names hold spaces, slashes and accents, and servers on the way read some letters as theirs."""

import re
from typing import Final

NOWHERE: Final = "~"
"""Stands for businesses of which no place is known."""


def key_of(place: str) -> str:
    """What a place is called in an address, before it is percent-encoded: without a slash, a backslash or dots that lead elsewhere."""
    return re.sub(r"[~%/\\\x00-\x1f\x7f]|^\.+", _hidden, place) or NOWHERE


def place_of(key: str) -> str:
    """The place that a key stands for; of one that we did not make, the key itself."""
    return "" if key == NOWHERE else re.sub(r"~([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), key)


def _hidden(found: re.Match[str]) -> str:
    return "".join(f"~{ord(letter):02x}" for letter in found[0])
