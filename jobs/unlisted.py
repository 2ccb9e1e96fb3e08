"""Not in any CRM: a place's active companies that no connection holds, and how much of each sector is known at all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, or_, select

from jobs.adding import added_numbers
from jobs.merged_ids import unmerged
from mappings.sic import SECTIONS, SIZES, section, size
from store import bulk
from store.tables import Business, RegisterCompany, Stage

company, business, stage = bulk.table_of(RegisterCompany), bulk.table_of(Business), bulk.table_of(Stage)

NO_SECTION = ""
"""Companies without a code that tells: it has no name of a section."""


@dataclass(frozen=True)
class Share:
    """How many companies there are, and how many of them some CRM holds."""

    key: str
    name: str
    active: int
    known: int

    @property
    def percent(self) -> int:
        """Known ones of a hundred, rounded down, so that only all of them are 100."""
        return self.known * 100 // self.active if self.active else 0


@dataclass(frozen=True)
class Census:
    """A place's active companies, by section of the classification and by size."""

    total: Share
    sections: list[Share]
    sizes: list[Share]


@dataclass(frozen=True)
class Unknown:
    """A company that no CRM holds."""

    number: str
    name: str
    postcode: str
    section: str
    size: str
    is_added: bool
    """Somebody has put it on the list, which the next run shows."""


def loaded(connection: Connection) -> datetime | None:
    """When the register was loaded; None where none is."""
    held = connection.scalar(select(stage.c.worked_from).where(stage.c.name == "register"))
    return datetime.fromisoformat(held["loaded_at"]) if held else None


def is_placed_by(connection: Connection, places_version: str) -> bool:
    """Whether the register's companies lie in places by the rules as they are now; else it is to be loaded again."""
    held = connection.scalar(select(stage.c.worked_from).where(stage.c.name == "register")) or {}
    return held.get("places") == places_version


def census(connection: Connection, place: str) -> Census:
    """How many active companies a place has and how many are known."""
    first = func.substr(company.c.sic, literal_column("1"), literal_column("5")).label("first")
    query = (
        select(first, company.c.accounts, func.count(), func.count(business.c.id))
        .select_from(company.outerjoin(business, _KNOWN))
        .where(*_active_in(place))
        .group_by(first, company.c.accounts)
    )
    by_section: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_size: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for code, accounts, active, known in connection.execute(query):
        found = section(code)
        for counts in (by_section[found.letter if found else NO_SECTION], by_size[size(accounts)]):
            counts[0] += active
            counts[1] += known
    letters = {found.letter: found.name for found in SECTIONS} | {NO_SECTION: "No sector given"}
    return Census(
        Share("", "All", *(sum(counts[index] for counts in by_section.values()) for index in (0, 1))),
        [Share(key, name, *by_section[key]) for key, name in letters.items() if key in by_section],
        [Share(key, name, *by_size[key]) for key, (name, _) in SIZES.items() if key in by_size],
    )


def unknown(connection: Connection, place: str, letter: str, band: str, limit: int, offset: int) -> tuple[list[Unknown], int]:
    """One page of a place's companies that no CRM holds, the largest first, and how many there are. `letter`, `band`: only those."""
    source = company.outerjoin(business, _KNOWN)
    wanted = [*_active_in(place), business.c.id.is_(None), *_in_section(letter), *_of_size(band)]
    total = connection.scalar(select(func.count()).select_from(source).where(*wanted)) or 0
    rank = case(
        *((company.c.accounts.in_(_spellings(kinds)), number) for number, (_, kinds) in enumerate(SIZES.values())), else_=len(SIZES)
    )
    columns = (company.c.number, company.c.name, company.c.postcode, company.c.sic, company.c.accounts)
    ordered = select(*columns).select_from(source).where(*wanted).order_by(rank, company.c.name, company.c.number)
    rows = connection.execute(ordered.limit(limit).offset(offset)).all()
    added = added_numbers(connection, [row.number for row in rows])
    return [_unknown(row, row.number in added) for row in rows], total


def _unknown(row: Any, is_added: bool) -> Unknown:
    found = section(row.sic[:5])
    return Unknown(row.number, row.name, row.postcode, found.name if found else "", SIZES[size(row.accounts)][0], is_added)


_KNOWN = and_(business.c.company_number == company.c.number, ~business.c.gone, unmerged(business))


def _active_in(place: str) -> tuple[ColumnElement[bool], ...]:
    return company.c.place == place, or_(company.c.status.like("Active%"), company.c.status == "active")


def _in_section(letter: str) -> list[ColumnElement[bool]]:
    found = next((found for found in SECTIONS if found.letter == letter), None)
    if found is None:
        return []
    division = func.substr(company.c.sic, 1, 2)
    return [division >= f"{found.first:02}", division <= f"{found.last:02}", company.c.sic != "99999"]


def _of_size(band: str) -> list[ColumnElement[bool]]:
    return [company.c.accounts.in_(_spellings(SIZES[band][1]))] if band in SIZES else []


def _spellings(kinds: Iterable[str]) -> list[str]:
    """As the published file has them, which is in capitals, and as other files may."""
    return sorted({spelling for kind in kinds for spelling in (kind, kind.capitalize(), kind.title())})
