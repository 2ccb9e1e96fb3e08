"""The picture: how many businesses there are of each place, theme, sector and size, engaged and at the table. Of now, or as of a day."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, or_, select

from jobs.flag import BATCH, decide_all
from jobs.place import tally
from jobs.place.seats import WHOLE, SeatRules, seat
from mappings.policy_rules import PolicyRules
from store import bulk
from store.tables import Business, FlagLooked

business, looked = bulk.table_of(Business), bulk.table_of(FlagLooked)


@dataclass(frozen=True, slots=True)
class Counts:
    """Businesses of a kind: known (not closed), of them engaged (a leader took part in the window, whatever the theme), met (at the table
    for the theme) and led (at the table with a leader)."""

    known: int = 0
    engaged: int = 0
    met: int = 0
    led: int = 0

    @property
    def flagged(self) -> int:
        """Businesses whose leaders are not engaged."""
        return self.known - self.engaged

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.known + other.known, self.engaged + other.engaged, self.met + other.met, self.led + other.led)


Key = tuple[str, ...]


class Counted(Protocol):
    """Something that can be asked for counts."""

    def counts(self, by: Collection[str], **only: str) -> dict[Key, Counts]:
        """Counts by some of place, theme, sector and size; `only` says which values of others. A count over several themes would count a
        business for each of its themes: name `theme` in one of the two."""
        ...


class Stored:
    """The counts as the last pass left them: quick, whatever the number of businesses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counts(self, by: Collection[str], **only: str) -> dict[Key, Counts]:
        """See `Counted`."""
        _demand_one_theme(by, only)
        table, columns = tally.tally, [tally.tally.c[name] for name in by]
        sums = [func.sum(table.c[name]) for name in tally.COUNTS]
        query = select(*columns, *sums).where(*(table.c[name] == value for name, value in only.items()))
        rows = self._connection.execute(query.group_by(*columns)).all()
        return {tuple(row[: len(columns)]): Counts(*map(int, row[len(columns) :])) for row in rows if row[-1] is not None}


class Computed:
    """Counts of rows as `seat_theme` holds them."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = list(rows)

    def counts(self, by: Collection[str], **only: str) -> dict[Key, Counts]:
        """See `Counted`."""
        _demand_one_theme(by, only)
        found: dict[Key, Counts] = defaultdict(Counts)
        for row in self._rows:
            if all(row[name] == value for name, value in only.items()):
                found[tuple(row[name] for name in by)] += Counts(1, row["engaged"], row["met"], row["led"])
        return dict(found)


def _demand_one_theme(by: Collection[str], only: Mapping[str, str]) -> None:
    if "theme" not in by and "theme" not in only:
        raise ValueError("name `theme`, as a business counts for each of its themes")


@dataclass(frozen=True)
class Heat:
    """Places by themes."""

    places: tuple[str, ...]
    """The largest first; an empty text is no known place."""
    themes: tuple[str, ...]
    """In the order given."""
    cells: Mapping[tuple[str, str], Counts]
    """By place and theme; the empty theme has all businesses of the place."""

    def of(self, place: str, theme: str = WHOLE) -> Counts:
        """The counts of a cell, nought where nobody is in it."""
        return self.cells.get((place, theme), Counts())


def heat(counted: Counted, themes: Iterable[str], **only: str) -> Heat:
    """Places by themes, of one sector or size where `only` says so."""
    cells = {(place, theme): counts for (place, theme), counts in counted.counts(("place", "theme"), **only).items()}
    known = {place: counts.known for (place, theme), counts in cells.items() if theme == WHOLE}
    return Heat(tuple(sorted(known, key=lambda place: (not place, -known[place], place))), tuple(themes), cells)


@dataclass(frozen=True)
class AtTheTable:
    """A sector at the table of a place and theme."""

    sector: str
    known: int
    met: int
    """Organisations with an engagement about the theme in the window."""
    led: int
    """Of them, those with a leader in one."""

    @property
    def missing(self) -> bool:
        """Nobody of the sector is at the table."""
        return self.met == 0


def at_the_table(counted: Counted, sectors: Iterable[str], theme: str = WHOLE, **only: str) -> list[AtTheTable]:
    """Every sector, in the order given, and how many of it are at the table for a theme (whatever the theme, unless said), in one place
    where `only` names it. `known` are all organisations of the sector there, whatever the theme."""
    about = counted.counts(("sector",), theme=theme, **only)
    known = counted.counts(("sector",), theme=WHOLE, **only)
    none = Counts()
    return [
        AtTheTable(found, known.get((found,), none).known, about.get((found,), none).met, about.get((found,), none).led)
        for found in sectors
    ]


@dataclass(frozen=True)
class Snapshot:
    """All that the picture rests on, as of a day."""

    counted: Counted
    offers: Mapping[tuple[str, str], int]
    """How many businesses offer a resource, by place and resource."""


def as_of(connection: Connection, day: date, policy: PolicyRules, zone: ZoneInfo, rules: SeatRules) -> Snapshot:
    """The picture as of a day, without writing: what is stored of a business where it holds that day, else worked out."""
    holds = (looked.c.as_of <= day, or_(looked.c.next_on.is_(None), looked.c.next_on > day))
    fresh = set(connection.scalars(select(looked.c.business_id).where(*holds)))
    alive = connection.scalars(select(business.c.id).where(business.c.merged_into.is_(None), ~business.c.gone))
    stale = sorted(set(alive) - fresh)
    offered = select(tally.offer.c.business_id, tally.offer.c.resource)
    offers = [(row.business_id, row.resource) for row in connection.execute(offered) if row.business_id in fresh]
    places = dict(connection.execute(select(business.c.id, business.c.place)).all())
    rows = [dict(row) for row in connection.execute(select(tally.seat_theme)).mappings() if row["business_id"] in fresh]
    for part in bulk.parts(stale, BATCH):
        for found in decide_all(connection, part, day, policy, zone):
            one = seat(found.known, found.judged, day, rules)
            rows += one.themes
            offers += [(row["business_id"], row["resource"]) for row in one.offers]
    return Snapshot(Computed(rows), Counter((places.get(business_id) or "", resource) for business_id, resource in offers))
