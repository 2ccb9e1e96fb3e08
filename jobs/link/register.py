"""A record's company number, from what it says of itself and a register of companies.

A typed number is believed only when the name or the place agrees; a name alone is believed only when nothing else fits it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz.distance import OSA

from jobs.link.records import BusinessRecord, Key
from mappings.company_numbers import company_number, one_slip_apart
from mappings.contact_points import outward_code, postcode, postcode_area
from mappings.names import BusinessName, business_name, parse_business_name
from mappings.names_text import fold, word_set

PREFIX = 4
"""Letters of a name's beginning that fuzzy look-ups inside a postcode district go by."""


@dataclass(frozen=True, slots=True)
class RegisterCompany:
    """A company as a register holds it."""

    number: str
    name: str
    postcode: str = ""
    town: str = ""
    status: str = ""
    previous_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterLink:
    """Which company a record is, and by which rule."""

    key: Key
    company_number: str
    method: str
    score: float


class CompanyLookup(Protocol):
    """What linking asks of a register. Names come in normal form without spaces (mappings.names.name_key)."""

    def by_number(self, number: str) -> RegisterCompany | None:
        """The company of this number."""

    def by_name(self, key: str) -> Sequence[RegisterCompany]:
        """Those of this name."""

    def by_previous_name(self, key: str) -> Sequence[RegisterCompany]:
        """Those that once had this name."""

    def by_place(self, outward: str, prefix: str) -> Sequence[RegisterCompany]:
        """Those in this postcode district whose name key begins with these letters."""


class Register:
    """A register held in memory."""

    def __init__(self, companies: Iterable[RegisterCompany]) -> None:
        self._number: dict[str, RegisterCompany] = {}
        self._name: dict[str, list[RegisterCompany]] = defaultdict(list)
        self._previous: dict[str, list[RegisterCompany]] = defaultdict(list)
        self._place: dict[tuple[str, str], list[RegisterCompany]] = defaultdict(list)
        for company in sorted(companies, key=lambda c: c.number):
            self._add(company)

    def _add(self, company: RegisterCompany) -> None:
        key = _key(business_name(company.name))
        self._number[company_number(company.number) or company.number] = company
        self._name[key].append(company)
        for name in company.previous_names:
            if (previous := _key(business_name(name))) != key:
                self._previous[previous].append(company)
        if outward := outward_code(company.postcode):
            self._place[outward, key[:PREFIX]].append(company)

    def by_number(self, number: str) -> RegisterCompany | None:
        return self._number.get(number)

    def by_name(self, key: str) -> Sequence[RegisterCompany]:
        return self._name.get(key, ())

    def by_previous_name(self, key: str) -> Sequence[RegisterCompany]:
        return self._previous.get(key, ())

    def by_place(self, outward: str, prefix: str) -> Sequence[RegisterCompany]:
        return self._place.get((outward, prefix), ())


def link_to_register(records: Iterable[BusinessRecord], register: CompanyLookup) -> dict[Key, RegisterLink]:
    """The records that a company of the register can be named for, by the first rule that holds."""
    links: dict[Key, RegisterLink] = {}
    for record in records:
        if found := _link(_Asked.of(record), register):
            links[record.key] = RegisterLink(record.key, *found)
    return links


_Found = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A record as the rules read it."""

    number: str
    name: BusinessName
    names: tuple[str, ...]
    postcode: str
    outward: str
    area: str
    town: str

    @staticmethod
    def of(record: BusinessRecord) -> "_Asked":
        name = parse_business_name(record.name, record.town)
        extra = [business_name(text) for text in (record.trading_name, *record.previous_names)]
        code = postcode(record.postcode)
        return _Asked(
            number=company_number(record.company_number) or "",
            name=name,
            names=tuple(dict.fromkeys(n for n in (*name.all, *extra) if n)),
            postcode=code,
            outward=outward_code(code or record.postcode),
            area=postcode_area(code or record.postcode),
            town=fold(record.town),
        )


def _link(asked: _Asked, register: CompanyLookup) -> _Found | None:
    return (
        _by_number(asked, register)
        or _by_name(asked, register)
        or _by_previous_name(asked, register)
        or _by_slipped_number(asked, register)
        or _by_place(asked, register)
    )


def _by_number(asked: _Asked, register: CompanyLookup) -> _Found | None:
    company = register.by_number(asked.number) if asked.number else None
    if not company:
        return None
    likeness = max((alike(a, b) for a in asked.names for b in _names(company)), default=0.0)
    if likeness >= 0.8 or (likeness >= 0.6 and _same_district(asked, company)):
        return company.number, "crn", 0.99
    if _same_postcode(asked, company) or (_same_district(asked, company) and not _name_known(asked, register)):
        return company.number, "crn_place", 0.95
    return None


def _by_name(asked: _Asked, register: CompanyLookup) -> _Found | None:
    if not asked.name.legal:
        return None
    fitting = [company for company in register.by_name(_key(asked.name.legal)) if not _names_other_form(asked, company)]
    active = [company for company in fitting if _active(company)] or fitting
    near = [company for company in active if _near(asked, company)]
    if len(near) > 1:
        near = [company for company in near if _same_district(asked, company)] or near
    if len(near) == 1:
        return near[0].number, "name", 0.97
    if near or len(active) != 1 or not _may_be_registered(asked, active[0]):
        return None
    return active[0].number, "name", 0.9


def _by_previous_name(asked: _Asked, register: CompanyLookup) -> _Found | None:
    found = {company.number: company for name in asked.names for company in register.by_previous_name(_key(name))}
    near = [company for company in found.values() if _near(asked, company)]
    if len(near) == 1:
        return near[0].number, "previous_name", 0.95
    if len(found) == 1 and not near:
        company = next(iter(found.values()))
        if _may_be_registered(asked, company):
            return company.number, "previous_name", 0.88
    return None


def _by_slipped_number(asked: _Asked, register: CompanyLookup) -> _Found | None:
    """A number typed with one slip, when a company of nearly that name has the right one."""
    if not asked.number or not asked.outward:
        return None
    fitting = [
        c
        for c in _in_district(asked, register)
        if one_slip_apart(asked.number, c.number) and max(alike(n, m) for n in asked.names for m in _names(c)) >= 0.7
    ]
    return (fitting[0].number, "crn_slip", 0.93) if len(fitting) == 1 else None


def _by_place(asked: _Asked, register: CompanyLookup) -> _Found | None:
    """A name nearly alike in the same postcode district, and no other that is nearly as near."""
    scored = sorted(
        ((max(_fit(asked, c), 0.0), c.number) for c in _in_district(asked, register) if _active(c)), key=lambda s: (-s[0], s[1])
    )
    if not scored or scored[0][0] < 0.88:
        return None
    if len(scored) > 1 and scored[0][0] - scored[1][0] < 0.06:
        return None
    return scored[0][1], "fuzzy", round(scored[0][0] - 0.03, 3)


def _in_district(asked: _Asked, register: CompanyLookup) -> list[RegisterCompany]:
    if not asked.outward or not asked.names:
        return []
    prefixes = {_key(name)[:PREFIX] for name in asked.names}
    found = {company.number: company for prefix in prefixes for company in register.by_place(asked.outward, prefix)}
    return [found[number] for number in sorted(found)]


def _fit(asked: _Asked, company: RegisterCompany) -> float:
    likeness = max(alike(name, business_name(company.name)) for name in asked.names)
    return likeness + (0.04 if _same_postcode(asked, company) else 0.0)


def alike(left: str, right: str) -> float:
    """How alike two normal-form names are (0 to 1), spaces aside; 0 when they differ in a number or in a whole word that matters."""
    if left == right:
        return 1.0
    one, other = _key(left), _key(right)
    if one == other:
        return 1.0
    if not one or not other or _digits(one) != _digits(other) or _differ_in_words(left, right):
        return 0.0
    distance = OSA.distance(one, other)
    return 1.0 - distance / max(len(one), len(other))


def _differ_in_words(left: str, right: str) -> bool:
    """Whether a word that tells companies of one group apart is on one side only."""
    one, other = set(left.split()), set(right.split())
    return bool((one ^ other) & word_set("group_words")) and len(one) != len(other)


def _digits(key: str) -> str:
    return "".join(c for c in key if c.isdigit())


def _key(name: str) -> str:
    return name.replace(" ", "")


def _names(company: RegisterCompany) -> tuple[str, ...]:
    return (business_name(company.name), *(business_name(name) for name in company.previous_names))


def _active(company: RegisterCompany) -> bool:
    return not company.status or company.status.casefold().startswith("active")


def _names_other_form(asked: _Asked, company: RegisterCompany) -> bool:
    return asked.name.legal == "" or company.name == ""


def _same_postcode(asked: _Asked, company: RegisterCompany) -> bool:
    return bool(asked.postcode) and asked.postcode == postcode(company.postcode)


def _same_district(asked: _Asked, company: RegisterCompany) -> bool:
    return bool(asked.outward) and asked.outward == outward_code(company.postcode)


def _same_area(asked: _Asked, company: RegisterCompany) -> bool:
    return bool(asked.area) and asked.area == postcode_area(company.postcode)


def _near(asked: _Asked, company: RegisterCompany) -> bool:
    same_town = bool(asked.town) and asked.town == fold(company.town)
    return _same_area(asked, company) or same_town


def _name_known(asked: _Asked, register: CompanyLookup) -> bool:
    return any(register.by_name(_key(name)) for name in asked.names)


def _may_be_registered(asked: _Asked, company: RegisterCompany) -> bool:
    """Whether a name alone, far from the registered office or without a place, is enough.

    A sole trader often has the name of some company elsewhere; one that writes Ltd behind its name is a company.
    """
    if asked.name.registered_form:
        return True
    words = [word for word in asked.name.legal.split() if word not in word_set("weak_words")]
    return len(words) >= 3 and not (asked.area and postcode_area(company.postcode))
