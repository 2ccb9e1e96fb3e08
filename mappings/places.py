"""Places: which place a business belongs to.

A CRM's own word goes first; else a council's places file, by postcode or town; else the town; else the postcode's district.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mappings.field_map_yaml import Faults, Node, parse


@dataclass(frozen=True)
class Places:
    """A council's places. Without a file, towns are places."""

    by_postcode: Mapping[str, str] = field(default_factory=dict)
    """Postcode areas, districts or sectors in capitals without spaces (ZX1, ZX12A), longest match first."""
    by_town: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None = None) -> "Places":
        """Reads a places file: `Name of place: {postcodes: [ZX1, ZX2 3], towns: [Thornley]}`.

        Raises ValueError with every fault found, and OSError where the file cannot be opened."""
        if path is None:
            return cls()
        faults = Faults(path.name)
        root = parse(path.read_bytes(), faults)
        by_postcode: dict[str, str] = {}
        by_town: dict[str, str] = {}
        for place, node in root.entries(faults, "places, as in `Thornley: {postcodes: [ZX1], towns: [Thornley]}`") if root else ():
            for key, listed in node.entries(faults, "`postcodes` and `towns` of the place"):
                if key not in {"postcodes", "towns"}:
                    faults.unknown(listed, key, ("postcodes", "towns"), "cannot be said of a place")
                    continue
                _add(by_postcode if key == "postcodes" else by_town, place, listed, faults)
        if faults:
            raise ValueError("\n".join(str(fault) for fault in faults.sorted()))
        return cls(by_postcode, by_town)

    @property
    def version(self) -> str:
        """Changes when any place does."""
        return hashlib.blake2b(repr((sorted(self.by_postcode.items()), sorted(self.by_town.items()))).encode(), digest_size=8).hexdigest()

    def of(self, place: str = "", town: str = "", postcode: str = "") -> str:
        """The place of a business, or an empty text where nothing tells."""
        code = postcode.replace(" ", "").upper()
        for length in range(len(code), 1, -1):
            if not place and code[:length] in self.by_postcode and _whole(code, length):
                return self.by_postcode[code[:length]]
        known = self.by_town.get((place or town).strip().casefold())
        return known or place.strip() or town.strip() or code[:-3]


def _whole(code: str, length: int) -> bool:
    """Whether the first letters end where a part of the postcode does, so that ZX1 does not take ZX12 3AB."""
    return length in {len(code), len(code) - 2, len(code) - 3} or (length == _area(code))


def _area(code: str) -> int:
    return next((index for index, letter in enumerate(code) if letter.isdigit()), len(code))


def _add(into: dict[str, str], place: str, listed: Node, faults: Faults) -> None:
    for item in listed.items():
        text = (item.text(faults, "a postcode or town") or "").strip()
        key = text.replace(" ", "").upper() if any(letter.isdigit() for letter in text) else text.casefold()
        if key in into and into[key] != place:
            faults.add(item, f"'{text}' belongs to {into[key]} already; leave it with one place")
        elif key:
            into[key] = place
