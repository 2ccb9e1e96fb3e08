"""The UK Standard Industrial Classification 2007: which section a code is in, and what a company's accounts say of its size.

Sections and their divisions: Office for National Statistics, UK SIC 2007 (Open Government Licence v3.0),
https://www.ons.gov.uk/methodology/classificationsandstandards/ukstandardindustrialclassificationofeconomicactivities/uksic2007
Kinds of accounts: the Free Company Data Product of Companies House, and its guidance on annual accounts.
"""

import re
from dataclasses import dataclass
from typing import Final

_CODE = re.compile(r"\d{4,5}(?!\d)")


@dataclass(frozen=True)
class Section:
    """A section: its letter, its name in short, and its first and last division."""

    letter: str
    name: str
    first: int
    last: int


SECTIONS: Final = (
    Section("A", "Farming, forestry and fishing", 1, 3),
    Section("B", "Mining and quarrying", 5, 9),
    Section("C", "Manufacturing", 10, 33),
    Section("D", "Electricity and gas", 35, 35),
    Section("E", "Water and waste", 36, 39),
    Section("F", "Construction", 41, 43),
    Section("G", "Wholesale, retail and motor repair", 45, 47),
    Section("H", "Transport and storage", 49, 53),
    Section("I", "Hotels and food", 55, 56),
    Section("J", "Information and communication", 58, 63),
    Section("K", "Finance and insurance", 64, 66),
    Section("L", "Property", 68, 68),
    Section("M", "Professional, scientific and technical", 69, 75),
    Section("N", "Administrative and support services", 77, 82),
    Section("O", "Public administration and defence", 84, 84),
    Section("P", "Education", 85, 85),
    Section("Q", "Health and social work", 86, 88),
    Section("R", "Arts, entertainment and recreation", 90, 93),
    Section("S", "Other services", 94, 96),
    Section("T", "Households as employers", 97, 98),
    Section("U", "Bodies outside any country's territory", 99, 99),
)
DORMANT: Final = "99999"
"""Companies House's own code for a company that does nothing. It is none of the classification's."""

SIZES: Final = {
    "large": ("Medium or large by its accounts", ("FULL", "GROUP", "MEDIUM")),
    "small": (
        "Small",
        (
            "SMALL", "TOTAL EXEMPTION FULL", "TOTAL EXEMPTION SMALL", "UNAUDITED ABRIDGED", "AUDITED ABRIDGED", "PARTIAL EXEMPTION",
            "FILING EXEMPTION SUBSIDIARY", "AUDIT EXEMPTION SUBSIDIARY",
        ),
    ),
    "micro": ("Micro, up to about ten staff", ("MICRO ENTITY",)),
    "dormant": ("Dormant", ("DORMANT",)),
    "new": ("No accounts filed yet", ("NO ACCOUNTS FILED", "INITIAL", "ACCOUNTS TYPE NOT AVAILABLE", "")),
}  # fmt: skip
"""Size bands by the kind of accounts, as the register spells them. A small company may choose fuller accounts, and a subsidiary less."""


def sic_codes(text: str) -> list[str]:
    """The codes in a register's cell, as `62020 - Information technology consultancy activities`; with five digits each."""
    return [code.zfill(5) for code in _CODE.findall(text[:12])]


def section(code: str) -> Section | None:
    """The section of a five-digit code; None where it is in none."""
    if code == DORMANT or not code[:2].isdigit():
        return None
    division = int(code[:2])
    return next((found for found in SECTIONS if found.first <= division <= found.last), None)


def size(accounts: str) -> str:
    """The size band of a kind of accounts; `new` where it tells nothing."""
    return next((band for band, (_, kinds) in SIZES.items() if accounts.strip().upper() in kinds), "new")
