"""The fictional town: about 400 businesses, 900 people and 3,000 engagements in a council's and a chamber's CRM, as messy as real ones.

The same seed writes the same files. `words.yaml` holds what it is made of."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from itertools import product
from typing import Any

import yaml

AS_OF = date(2026, 11, 2)
"""The day by which the demo judges: engagements are spread over the 900 days before it."""
LEFT_ON = date(2026, 9, 1)
"""The day on which everybody left who did."""


@dataclass(frozen=True)
class Firm:
    """One business of the town, as it really is."""

    number: int
    name: str
    company_number: str
    postcode: str
    place: str
    trading_as: str

    @property
    def domain(self) -> str:
        """Its web domain."""
        return f"{self.name.replace(' ', '').lower()}.example"


@dataclass(frozen=True)
class Person:
    """One person of the town."""

    number: int
    first: str
    last: str
    title: str
    firm: Firm

    @property
    def has_left(self) -> bool:
        """Whether they left the business, on LEFT_ON."""
        return self.number % 17 == 0

    @property
    def mail(self) -> str:
        """The address at work."""
        plain = f"{self.first}.{self.last}".lower().replace("'", "").replace("ë", "e").replace("â", "a").replace("û", "u").replace("é", "e")
        return f"{plain}{self.number % 3 or ''}@{self.firm.domain}"


@dataclass
class Town:
    """Who is there. `chance` goes on being drawn from while the CRMs are written."""

    chance: random.Random
    words: dict[str, Any]
    firms: list[Firm] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    @classmethod
    def of(cls, seed: int = 7) -> "Town":
        """The town of a seed."""
        words = yaml.safe_load(files("placebridge.demo").joinpath("words.yaml").read_text(encoding="utf-8"))
        town = cls(random.Random(seed), words)  # noqa: S311 - a seeded town, not a secret
        town.firms = [town._firm(number, name) for number, name in enumerate(town._names(400))]
        town.people = [town._person(number, *name) for number, name in enumerate(town._full_names(900))]
        return town

    def _names(self, count: int) -> list[str]:
        every = [f"{head} {trade}" for head in self.words["heads"] for trade in self.words["trades"]]
        return sorted(self.chance.sample(every, count))

    def _firm(self, number: int, name: str) -> Firm:
        place = number % len(self.words["places"])
        postcode = f"ZX{place + 1} {1 + number % 8}{self.pick('ABDEFGH')}{self.pick('JLNPQR')}"
        trading = f"{self.pick(self.words['trading_names'])} {name.split(maxsplit=1)[0]}" if number % 19 == 0 else ""
        return Firm(number, name, f"{4_100_000 + number * 917:08}", postcode, self.words["places"][place], trading)

    def _full_names(self, count: int) -> list[tuple[str, str]]:
        """Some have a namesake."""
        every = list(product(self.words["first_names"], self.words["last_names"]))
        return [*self.chance.sample(every, count - 20), *self.chance.sample(every, 20)]

    def _person(self, number: int, first: str, last: str) -> Person:
        firm = self.firms[number % 400] if number < 400 else self.pick(self.firms)
        titles = self.words["leaders"] if number < 400 and number % 4 else self.words["others"]
        return Person(number, first, last, self.pick(titles), firm)

    def pick(self, choices: Sequence[Any]) -> Any:
        """One of them."""
        return self.chance.choice(choices)

    def day_with(self, person: Person) -> date:
        """A day in the 900 before the as-of day, or before the person left; for one in fifty, in the month after it."""
        if self.often(50):
            return AS_OF + timedelta(days=self.chance.randrange(1, 30))
        return (LEFT_ON if person.has_left else AS_OF) - timedelta(days=self.chance.randrange(900))

    def often(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.chance.randrange(one_in) == 0
