"""What joined records say together: one business or person from the fields of several records."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mappings.contact_points import postcode as normal_postcode
from mappings.places import NOWHERE, Area, Places
from mappings.pointing import full_name

SHAPE = 3
"""Goes up when `business_row` says more than it did, so that after an upgrade every business says it."""
_NUMBER = re.compile(r"\d[\d,\s]*")


@dataclass(frozen=True, slots=True)
class Held:
    """A live record with the connection that holds it."""

    id: int
    connection: str
    side: str
    source_id: str
    fields: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """Connection and source_id: unique, and the same whatever the order of rows."""
        return (self.connection, self.source_id)

    def text(self, name: str) -> str:
        """A field as text, empty where the CRM has none."""
        return str(self.fields.get(name, ""))


SIDES = ("council", "business", "register")


def in_order(records: Sequence[Held]) -> list[Held]:
    """Records in the order in which they are believed: the council's own first."""
    return sorted(records, key=lambda held: (SIDES.index(held.side) if held.side in SIDES else len(SIDES), held.key))


def first(records: Sequence[Held], name: str) -> str:
    """The first filled value of a field."""
    return next((text for held in records if (text := held.text(name))), "")


Areas = Mapping[str, Area]
"""Where postcodes lie, by postcode in its normal form."""


def place_of(records: Sequence[Held], places: Places, areas: Areas) -> str | None:
    """The place of a business from its records, in the order in which they are believed."""
    postcode = first(records, "postcode")
    area = areas.get(normal_postcode(postcode), NOWHERE)
    return places.of(first(records, "place"), first(records, "town"), postcode, area) or None


def business_row(business_id: str, records: Sequence[Held], company_number: str | None, places: Places, areas: Areas) -> dict[str, Any]:
    """A business from its records: closed only if all say so, several sites if any does."""
    ordered = in_order(records)
    place = place_of(ordered, places, areas)
    return {
        "id": business_id,
        "name": first(ordered, "name"),
        "company_number": company_number,
        "postcode": first(ordered, "postcode") or None,
        "town": first(ordered, "town") or None,
        "place": place,
        "place_by_records": place,
        "sector": first(ordered, "sector") or first(ordered, "industry") or None,
        "employees": max((number for held in ordered if (number := staff(held.text("employees"))) is not None), default=None),
        "closed": all(held.fields.get("status") == "closed" for held in ordered),
        "multi_site": any(held.fields.get("multi_site") == "true" for held in ordered),
        "gone": False,
        "merged_into": None,
        "other_names": _all_of(ordered, ("name", "trading_name", "previous_names"), re.compile(r"[|;]")) or None,
        "tags": _all_of(ordered, ("tags",), re.compile(r"[|;,]")) or None,
    }


def _all_of(records: Sequence[Held], names: Sequence[str], parted: re.Pattern[str]) -> str:
    """Every value of these fields, parted by a bar; of values that differ only in case the first."""
    kept: dict[str, str] = {}
    for part in (part.strip() for held in records for name in names for part in parted.split(held.text(name))):
        kept.setdefault(part.casefold(), part)
    return "|".join(part for part in kept.values() if part)


def staff(text: str) -> int | None:
    """The number of staff: of `50-99` the first, of `1,200` the whole."""
    found = _NUMBER.search(text)
    digits = re.sub(r"\D", "", found.group()) if found else ""
    return int(digits) if digits and len(digits) < 8 else None


def person_row(person_id: str, records: Sequence[Held]) -> dict[str, Any]:
    """A person from their records: not to be contacted if any says so."""
    ordered = in_order(records)
    return {
        "id": person_id,
        "name": max((full_name(held.fields) for held in ordered), key=_fullness),
        "do_not_contact": any(held.fields.get("do_not_contact") == "true" for held in ordered),
        "gone": False,
        "merged_into": None,
    }


def _fullness(name: str) -> int:
    """Whether a name has a first name longer than an initial; of equals, `max` keeps the first."""
    words = name.replace(".", " ").split()
    return min(len(words), 2) + (len(words[0]) > 1 if words else 0)
