"""Sectors at the table: business, local government, community, education, health, housing association or another anchor, with what says so.

The first that says something holds: the CRM's own word; a name that only one sector can have; what the register says (kind of company,
SIC code); a name that is usual in a sector and has no Ltd, plc or LLP; a charity number; a CRM's word that only leans (again without
Ltd); a SIC code that only leans, of a company limited by guarantee. What nothing is said of is a business.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from mappings.names_text import fold
from mappings.own_text import OwnFile
from mappings.sector_phrases import finder, split
from mappings.sectors_file import PHRASES, load

TRUST: Final = ("crm", "name", "register", "plain_name", "charity", "crm_leans", "register_leans", "default")
"""What a sector can rest on, the most trusted first."""
_LEGAL: Final = re.compile(r" (?:ltd|limited|plc|llp|lp|inc|cyf|cyfyngedig) $")
_TRADING: Final = re.compile(r" (?:ltd|limited|plc|llp|lp|inc|cyf|cyfyngedig) ")
_GUARANTEE: Final = "private-limited-guarant"
_SEPARATOR: Final = re.compile(r"[;|,]")
_CHARITY: Final = re.compile(r"(?i)(?:sc|nic?)?\s*\d{5,8}(?:-\d+)?")


@dataclass(frozen=True, slots=True)
class Organisation:
    """What is known of an organisation that tells its sector; everything may be empty."""

    name: str = ""
    words: tuple[tuple[str, str], ...] = ()
    """What CRMs say, each with the field that says it: (`sector`, `Further education`), the most believed first."""
    charity_number: str = ""
    company_number: str = ""
    company_type: str = ""
    """As Companies House calls it: ltd, private-limited-guarant-nsc, …"""
    sic_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """An organisation's sector, what it rests on (one of TRUST) and the words or facts that say so."""

    sector: str
    trust: str
    because: str


@dataclass(frozen=True)
class _Sector:
    id: str
    name: str
    words: frozenset[str]
    fair_words: frozenset[str]
    names: re.Pattern[str] | None
    plain_names: re.Pattern[str] | None
    sic: dict[str, str]
    fair_sic: dict[str, str]
    types: frozenset[str]
    prefixes: tuple[str, ...]


class Sectors:
    """The sectors that ship, with a council's own words over them. `version` changes when any does."""

    def __init__(self, held: dict[str, Any]) -> None:
        self.version = hashlib.blake2b(repr(held).encode(), digest_size=8).hexdigest()
        self._sectors = tuple(_sector(found, entry) for found, entry in held["sectors"].items())
        self._words = {
            "crm": {word: found.id for found in self._sectors[::-1] for word in found.words},
            "crm_leans": {word: found.id for found in self._sectors[::-1] for word in found.fair_words},
        }
        self._not_names = finder(split(held.get("not_names", "")))
        self.ids = tuple(found.id for found in self._sectors)

    @classmethod
    def load(cls, extra: OwnFile | None = None) -> "Sectors":
        """Raises ValueError with every fault of a council's file, and OSError where it cannot be opened."""
        return cls(load(extra))

    def name(self, sector: str) -> str:
        """A sector as people say it; a word that is none stands for itself."""
        return next((found.name for found in self._sectors if found.id == sector), sector)

    def of(self, of: Organisation) -> Seat:
        """The sector of an organisation. Never raises; what nothing is said of is a business."""
        name = f" {fold(of.name)} "
        is_trading = bool(_TRADING.search(name)) and not re.search(r" (?:cic|cio|c i c) ", name)
        name = self._without_products(_LEGAL.sub(" ", name))
        for seat in self._in_order(of, name, is_trading):
            return seat
        return Seat("business", "default", "nothing says otherwise")

    def _in_order(self, of: Organisation, name: str, is_trading: bool) -> Iterator[Seat]:
        yield from self._said(of, "crm")
        yield from self._named(name, "name")
        yield from self._registered(of)
        if not is_trading:
            yield from self._named(name, "plain_name")
        if _CHARITY.fullmatch(of.charity_number.strip()):
            yield Seat("community", "charity", f"charity number {of.charity_number.strip()}")
        if not is_trading:
            yield from self._said(of, "crm_leans")
        if of.company_type.startswith(_GUARANTEE):
            yield from self._coded(of, "register_leans")

    def _without_products(self, name: str) -> str:
        return self._not_names.sub(" ", name) if self._not_names else name

    def _said(self, of: Organisation, trust: str) -> Iterator[Seat]:
        for field, said in of.words:
            for word in dict.fromkeys([said, *re.split(r"[;|/,]", said)]):
                if (sector := self._words[trust].get(folded(word))) is not None:
                    yield Seat(sector, trust, f"the CRM's {field}: {word.strip()}")

    def _named(self, name: str, trust: str) -> Iterator[Seat]:
        found = ((sector, (sector.names if trust == "name" else sector.plain_names)) for sector in self._sectors)
        hits = [(hit, sector.id) for sector, pattern in found if pattern and (hit := pattern.search(name))]
        # Of two the one that ends later: the last words of a name say what it is, the first ones whose.
        for hit, sector_id in sorted(hits, key=lambda pair: (-pair[0].end(), pair[0].start())):
            yield Seat(sector_id, trust, f"the name: {hit.group().strip()}")

    def _registered(self, of: Organisation) -> Iterator[Seat]:
        for sector in self._sectors:
            if of.company_type in sector.types:
                yield Seat(sector.id, "register", f"Companies House: {of.company_type.replace('-', ' ')}")
            if sector.prefixes and of.company_number.upper().startswith(sector.prefixes):
                yield Seat(sector.id, "register", f"its company number begins with {of.company_number[:2].upper()}")
        yield from self._coded(of, "register")

    def _coded(self, of: Organisation, trust: str) -> Iterator[Seat]:
        for code in of.sic_codes:
            for sector in self._sectors:
                said = (sector.sic if trust == "register" else sector.fair_sic).get(code)
                if said:
                    yield Seat(sector.id, trust, f"Companies House, SIC {code}: {said}")


folded = lru_cache(maxsize=4096)(fold)
"""CRMs' words for sectors are few, and said of very many."""


def _sector(found: str, entry: dict[str, Any]) -> _Sector:
    words = {key: frozenset(fold(word) for word in split(entry.get(key, ""))) for key in ("words", "fair_words")}
    patterns = {key: finder(split(entry.get(key, ""))) for key in PHRASES}
    own = {found.replace("_", " "), fold(entry["name"])}
    return _Sector(
        id=found,
        name=entry["name"],
        words=words["words"] | (own - words["fair_words"]),
        fair_words=words["fair_words"],
        sic=entry.get("sic", {}),
        fair_sic=entry.get("fair_sic", {}),
        types=frozenset(split(entry.get("types", ""))),
        prefixes=tuple(split(entry.get("prefixes", ""))),
        **patterns,
    )


def tagged(tags: str) -> Iterable[tuple[str, str]]:
    """A CRM's tags as words of an organisation."""
    return [("tag", tag.strip()) for tag in _SEPARATOR.split(tags) if tag.strip()] if tags else ()
