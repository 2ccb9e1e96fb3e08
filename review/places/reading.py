"""What the pages of places read: which places there are, who is at the table, and what things are called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, union_all

from jobs.place import picture
from jobs.place.picture import AtTheTable, Counts, Stored
from jobs.place.seats import WHOLE
from review.page import Ask, NotFound
from review.places.naming import place_of
from review.site import Site
from store import bulk
from store.tables import Need, PersonRole, Readiness, Tally

tables = [bulk.table_of(model) for model in (Tally, Need, PersonRole, Readiness)]


def place_asked(ask: Ask, connection: Connection) -> str:
    """The place of the address. Raises NotFound where no business is there and nobody said anything of it."""
    place = place_of(ask.path["place"])
    held = [select(table.c.place).where(table.c.place == place).limit(1).subquery() for table in tables]
    if connection.execute(union_all(*(select(found.c.place) for found in held)).limit(1)).first() is None:
        raise NotFound("No business is in a place of that name. Look at all places, and choose one.")
    return place


def places(connection: Connection) -> list[str]:
    """Every place in which some business is known, by name."""
    tally = tables[0]
    found = connection.scalars(select(tally.c.place).where(tally.c.place != "").distinct())
    return sorted(found, key=str.casefold)


@dataclass(frozen=True)
class Table:
    """Who is at the table of a place."""

    whole: Counts
    """All businesses of the place."""
    sectors: Sequence[AtTheTable]
    """For the theme that was asked for, or whatever the theme."""
    missing: str
    """Who is missing there, in a sentence; empty where nobody is."""
    themes: Sequence[tuple[str, Sequence[int]]]
    """Each theme with how many of each sector are at the table for it."""


def table_of(connection: Connection, site: Site, place: str, theme: str) -> Table:
    """Who is at the table of a place, for a theme and for each theme."""
    sectors, counted = site.rules.sectors, Stored(connection)
    seated = picture.at_the_table(counted, sectors.ids, theme or WHOLE, place=place)
    by = counted.counts(("theme", "sector"), place=place)
    themes = [(name, [by.get((name, sector), Counts()).met for sector in sectors.ids]) for name in site.rules.themes.ids]
    missing = [sectors.name(one.sector) for one in seated if one.missing]
    return Table(counted.counts((), theme=WHOLE, place=place).get((), Counts()), seated, say_missing(missing, len(seated)), themes)


def say_missing(missing: Sequence[str], of: int) -> str:
    """Who is missing, in a sentence: `Nobody of education or health is at the table.`"""
    if len(missing) == of:
        return "Nobody is at the table yet."
    return f"Nobody of {joined([name.lower() for name in missing], 'or')} is at the table." if missing else ""


def joined(words: Iterable[str], last: str = "and") -> str:
    """Words as a sentence lists them."""
    held = list(words)
    return f"{', '.join(held[:-1])} {last} {held[-1]}" if len(held) > 1 else "".join(held)
