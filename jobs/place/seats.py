"""Seats: what is worked out of a business for the picture of its place. Its sector, the themes it is at the table for, what it offers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from jobs.facts import Known
from jobs.members import Held, first, in_order
from jobs.rules import Rules
from mappings.names_text import fold
from mappings.policy import Judged, met_somebody, who_took_part
from mappings.sectors import Organisation, Seat, Sectors, folded, tagged
from mappings.themes import Resources

WHOLE = ""
"""In the place of a theme: whatever the theme."""
SIZES = (("large", 250), ("medium", 50), ("small", 10), ("micro", 0))
"""Size bands by the least number of staff, as the Office for National Statistics has them."""


@dataclass(frozen=True)
class SeatRules:
    """The rules that seats are worked out by, beside the flag policy."""

    sectors: Sectors
    resources: Resources

    @classmethod
    def of(cls, rules: Rules) -> "SeatRules":
        """Those among all rules."""
        return cls(rules.sectors, rules.resources)

    @property
    def version(self) -> str:
        """Changes when a seat could come out otherwise."""
        return f"{self.sectors.version} {self.resources.version}"

    @cached_property
    def resource_words(self) -> Mapping[str, str]:
        """The resources by what a CRM's tag may call them."""
        return {fold(word): found for found in self.resources.ids for word in (found, self.resources.name(found))}


@dataclass(frozen=True)
class Seated:
    """One business's rows: `seat`, `seat_theme` and `offer`. A closed business has a seat and nothing beside."""

    seat: dict[str, Any]
    themes: list[dict[str, Any]]
    offers: list[dict[str, Any]]


def size_of(employees: int | None) -> str:
    """The band of a number of staff, empty where it is not known."""
    return next((band for band, least in SIZES if employees is not None and employees >= least), "")


def seat(known: Known, judged: Judged | None, as_of: date, rules: SeatRules) -> Seated:
    """The rows of one business as of a day."""
    ordered = in_order(known.records)
    sector = rules.sectors.of(_organisation(known, ordered))
    row = {"business_id": known.id, "sector": sector.sector, "trust": sector.trust, "because": sector.because}
    if judged is None:
        return Seated(row, [], [])
    return Seated(row, list(_themes(known, judged, sector)), _offers(known, ordered, as_of, rules))


def _organisation(known: Known, records: Sequence[Held]) -> Organisation:
    words = [(field, text) for field in ("sector", "industry") for held in records if (text := held.text(field))]
    words += [tag for held in records for tag in tagged(held.text("tags"))]
    company = known.company
    return Organisation(
        name=known.name,
        words=tuple(words),
        charity_number=first(records, "charity_number"),
        company_number=first(records, "company_number"),
        company_type=company.type if company else "",
        sic_codes=company.sic_codes if company else (),
    )


def _themes(known: Known, judged: Judged, sector: Seat) -> Iterator[dict[str, Any]]:
    shared = {
        "business_id": known.id,
        "place": known.place,
        "sector": sector.sector,
        "size": size_of(known.facts.employees),
        "engaged": judged.state == "engaged",
    }
    met, led, leaders = set[str](), set[str](), {leader.person for leader in judged.leaders}
    for touch in judged.in_window:
        if met_somebody(touch):
            about = (WHOLE, *known.themes.get(touch.id, ()))
            met.update(about)
            led.update(() if leaders.isdisjoint(who_took_part([touch])) else about)
    for theme in (WHOLE, *known.facts.themes):
        yield shared | {"theme": theme, "met": theme in met, "led": theme in led}


def _offers(known: Known, records: Sequence[Held], as_of: date, rules: SeatRules) -> list[dict[str, Any]]:
    days: dict[str, list[date]] = defaultdict(list)
    for touch in known.facts.touches if known.resources else ():
        if touch.id in known.resources and touch.is_done(as_of) and touch.day:
            for resource in known.resources[touch.id]:
                days[resource].append(touch.day)
    tags: dict[str, str] = {}
    for held in records:
        for _, tag in tagged(held.text("tags")):
            if found := rules.resource_words.get(folded(tag)):
                tags.setdefault(found, tag)
    return [
        {
            "business_id": known.id,
            "resource": found,
            "times": len(days[found]),
            "last_on": max(days[found], default=None),
            "tag": tags.get(found, ""),
        }
        for found in sorted({*days, *tags})
    ]
