"""What a connection is called and on which side it stands, by the names of its folder and files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from placebridge.guessing.words import plain

COUNCIL = ("council", "borough", "county", "city", "district", "authority", "unitary", "mca", "local government", "regeneration", "economic development")  # fmt: skip
BUSINESS = ("chamber", "business", "bic", "bitc", "network", "federation", "fsb", "bid", "growth hub", "growth company", "cbi", "members", "membership", "institute", "partnership")  # fmt: skip
IN_FILES_OF_BOTH = {"business", "members", "partnership", "city", "district", "county"}
"""Words that say nothing where they stand in the name of a file."""


@dataclass(frozen=True)
class Side:
    """Council or business, and whether a name said so."""

    word: str
    assumed: bool


def connection_name(folder: Path, taken: Iterable[str] = ()) -> str:
    """A name that a setting may hold: letters, digits and single underscores."""
    name = re.sub(r"[\W_]+", "_", folder.resolve().name.casefold(), flags=re.ASCII).strip("_") or "crm"
    held, number = set(taken), 2
    found = name
    while found in held:
        found, number = f"{name}_{number}", number + 1
    return found


def side_of(folder: Path, files: Iterable[str]) -> Side:
    """The side that the folder's name says, else the files'; a council's where nothing says it, since most who set this up work there."""
    return _said(folder.resolve().name, set()) or _said(" ".join(files), IN_FILES_OF_BOTH) or Side("council", assumed=True)


def _said(text: str, ignored: set[str]) -> Side | None:
    said = f" {plain(text)} "
    for side, words in (("business", BUSINESS), ("council", COUNCIL)):
        if any(f" {word} " in said for word in words if word not in ignored):
            return Side(side, assumed=False)
    return None
