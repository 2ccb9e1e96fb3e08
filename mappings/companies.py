"""What Companies House says of a company, and which of its officers lead it: pure, over the facts that were kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from mappings.person_names import PersonName, name_level, person_name

LEADING: Final = (
    "director", "managing-officer", "llp-designated-member", "llp-member", "general-partner-in-a-limited-partnership", "cic-manager",
    "member-of-a-management-organ", "member-of-an-administrative-organ", "manager-of-an-eeig",
)  # fmt: skip
"""Roles of people who run a company, those to approach first at the front. Secretaries, nominees, limited partners, supervisory boards and
those put in by a court do not; whatever is `corporate-` is a firm, and nobody to ring."""
TRADING: Final = {"", "active", "open", "registered"}
ENDED: Final = {"dissolved", "removed", "converted-closed", "closed"}
ALIKE: Final = {"same", "nickname", "initial", "typo", "swapped", "double-barrelled", "last, no first"}


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer as Companies House lists them."""

    id: str
    given: str
    """As listed: SMITH, Jane Ann."""
    name: str
    """As people say it: Jane Ann Smith."""
    role: str
    appointed_on: date | None
    resigned_on: date | None

    def serves(self, as_of: date) -> bool:
        """Whether the officer is in office on a day."""
        begun = self.appointed_on is None or self.appointed_on <= as_of
        return begun and (self.resigned_on is None or self.resigned_on > as_of)


@dataclass(frozen=True, slots=True)
class Company:
    """A company as of the day on which Companies House was asked."""

    asked_on: date
    known: bool
    """No: there is no company of that number."""
    name: str = ""
    status: str = ""
    ceased_on: date | None = None
    officers: tuple[Officer, ...] = ()
    type: str = ""
    """As Companies House calls the kind of company: ltd, private-limited-guarant-nsc, …"""
    sic_codes: tuple[str, ...] = ()

    @classmethod
    def of(cls, facts: Mapping[str, Any] | None, asked_on: date) -> "Company":
        """From kept facts; None where Companies House knows no such company."""
        if facts is None:
            return cls(asked_on, False)
        officers = tuple(_officer(one) for one in facts.get("officers", ()))
        name, status = str(facts.get("company_name", "")), str(facts.get("company_status", ""))
        codes = tuple(str(code) for code in facts.get("sic_codes", ()))
        return cls(asked_on, True, name, status, _day(facts.get("date_of_cessation")), officers, str(facts.get("type", "")), codes)

    def has_ended(self, as_of: date) -> bool:
        """Whether there is no such company any more on a day."""
        return self.status in ENDED and (self.ceased_on is None or self.ceased_on <= as_of)

    def in_trouble(self) -> bool:
        """Whether it is neither ended nor simply trading: liquidation, administration and the like."""
        return self.status not in TRADING | ENDED

    def leading(self, as_of: date, not_to_approach: Iterable[str] = ()) -> list[Officer]:
        """The people who run it on a day: by role, then the longest in office. Whoever has the name of somebody who is not to be
        approached is left out, and who has several posts is there once."""
        if self.has_ended(as_of):
            return []
        shut = [person_name("", "", name) for name in not_to_approach]
        found: dict[str, Officer] = {}
        for one in sorted(self.officers, key=_rank):
            if one.role in LEADING and "," in one.given and one.serves(as_of) and not _is_any(one.given, shut):
                found.setdefault(one.id or one.given.casefold(), one)
        return list(found.values())


def _officer(facts: Mapping[str, str]) -> Officer:
    given = facts.get("name", "")
    days = _day(facts.get("appointed_on")), _day(facts.get("resigned_on"))
    return Officer(facts.get("id", ""), given, facts.get("readable", given), facts.get("officer_role", ""), *days)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _rank(officer: Officer) -> tuple[int, date, str, str]:
    role = LEADING.index(officer.role) if officer.role in LEADING else len(LEADING)
    return role, officer.appointed_on or date.max, officer.given, officer.id


def is_like_any(name: str, others: Iterable[str]) -> bool:
    """Whether a name is so much like one of these that it may be the same person's."""
    return _is_any(name, [person_name("", "", other) for other in others])


def _is_any(name: str, names: Iterable[PersonName]) -> bool:
    """One too many is left out rather than approached."""
    mine = person_name("", "", name)
    return any(name_level(mine, other) in ALIKE or (mine.last == other.last and mine.first[:1] == other.first[:1]) for other in names)
