"""Places: which place a business belongs to.

A CRM's own word goes first; else a council's places file, by postcode, town or district; else the town; else the district that the
postcode lies in, where it was looked up; else the postcode's first half.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from mappings.field_map_yaml import Faults, Node, parse
from mappings.own_text import OwnFile


@dataclass(frozen=True, slots=True)
class Area:
    """What is known of where a postcode lies: a council district and a ward, by name and code."""

    district: str = ""
    district_code: str = ""
    ward_code: str = ""


NOWHERE = Area()
LISTS = ("postcodes", "towns", "districts")


@dataclass(frozen=True)
class Places:
    """A council's places. Without a file, towns are places."""

    by_postcode: Mapping[str, str] = field(default_factory=dict)
    """Postcode areas, districts or sectors in capitals without spaces (ZX1, ZX12A), longest match first."""
    by_town: Mapping[str, str] = field(default_factory=dict)
    by_district: Mapping[str, str] = field(default_factory=dict)
    """By a district's name or code, or a ward's code; a place that is called as a district is that district's."""

    @classmethod
    def load(cls, path: OwnFile | None = None) -> "Places":
        """Reads a places file: `Name of place: {postcodes: [ZX1, ZX2 3], towns: [Thornley], districts: [Thornley Vale, E07000999]}`.

        Raises ValueError with every fault found, and OSError where the file cannot be opened."""
        if path is None:
            return cls()
        faults = Faults(path.name)
        root = parse(path.read_bytes(), faults)
        found: dict[str, dict[str, str]] = {name: {} for name in LISTS}
        named: list[str] = []
        for place, node in root.entries(faults, "places, as in `Thornley: {postcodes: [ZX1], towns: [Thornley]}`") if root else ():
            for key, listed in node.entries(faults, "`postcodes`, `towns` and `districts` of the place"):
                if key in LISTS:
                    _add(found[key], place, listed, faults)
                else:
                    faults.unknown(listed, key, LISTS, "cannot be said of a place")
            named.append(place)
        if faults:
            raise ValueError("\n".join(str(fault) for fault in faults.sorted()))
        by_name = {place.casefold(): place for place in named}
        return cls(found["postcodes"], found["towns"], by_name | found["districts"])

    @property
    def version(self) -> str:
        """Changes when any place does."""
        said = [sorted(held.items()) for held in (self.by_postcode, self.by_town, self.by_district)]
        return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()

    def of(self, place: str = "", town: str = "", postcode: str = "", area: Area = NOWHERE) -> str:
        """The place of a business, or an empty text where nothing tells. `area` is where its postcode lies."""
        code = postcode.replace(" ", "").upper()
        for length in range(len(code), 1, -1):
            if not place and code[:length] in self.by_postcode and _whole(code, length):
                return self.by_postcode[code[:length]]
        known = self.by_town.get((place or town).strip().casefold())
        return known or place.strip() or self._of_area(area) or town.strip() or area.district or code[:-3]

    def _of_area(self, area: Area) -> str:
        """A listed ward is nearer than a listed district."""
        said = (area.ward_code.upper(), area.district_code.upper(), area.district.casefold())
        return next((self.by_district[key] for key in said if key and key in self.by_district), "")


def _whole(code: str, length: int) -> bool:
    """Whether the first letters end where a part of the postcode does, so that ZX1 does not take ZX12 3AB."""
    return length in {len(code), len(code) - 2, len(code) - 3} or (length == _area(code))


def _area(code: str) -> int:
    return next((index for index, letter in enumerate(code) if letter.isdigit()), len(code))


def _add(into: dict[str, str], place: str, listed: Node, faults: Faults) -> None:
    for item in listed.items():
        text = (item.text(faults, "a postcode, town or district") or "").strip()
        key = text.replace(" ", "").upper() if any(letter.isdigit() for letter in text) else text.casefold()
        if key in into and into[key] != place:
            faults.add(item, f"'{text}' belongs to {into[key]} already; leave it with one place")
        elif key:
            into[key] = place
