"""The plain values that linking works on: what comes in, and what it answers with."""

from dataclasses import dataclass
from typing import NamedTuple

Key = tuple[str, str]
"""A record's key: its connection and its id there."""

SURE, LIKELY, UNSURE = "sure", "likely", "unsure"
SAME, DIFFERENT = "same", "different"


@dataclass(frozen=True, slots=True)
class BusinessRecord:
    """A business as one CRM holds it; all but the key is the CRM's own text."""

    key: Key
    name: str = ""
    trading_name: str = ""
    previous_names: tuple[str, ...] = ()
    company_number: str = ""
    charity_number: str = ""
    postcode: str = ""
    address: str = ""
    town: str = ""
    website: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as one CRM holds them; `business` is the id of the joined business the record is at."""

    key: Key
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    title: str = ""
    business: str | None = None


class Edge(NamedTuple):
    """What is thought of two records, and why. `left` sorts before `right`."""

    left: Key
    right: Key
    judgement: str
    score: float
    band: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about two records: it wins over everything that is computed."""

    left: Key
    right: Key
    same: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """By which evidence a record joined its cluster: the strongest edge to another member."""

    method: str
    score: float
    band: str


ALONE = Joined("alone", 1.0, SURE)
