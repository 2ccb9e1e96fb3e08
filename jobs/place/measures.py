"""Measures over time, from the history of flags: the share of businesses with a leader engaged, what changed in each month, and how long
it took from the flag to a meeting. Pure functions over changes; `load` reads these from the store.

The place, sector, size and themes of a business are today's: no history is kept of those.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from statistics import quantiles
from typing import Final

from sqlalchemy import Connection, select

from jobs.place.seats import WHOLE, size_of
from store import bulk
from store.tables import Business, FlagHistory, Seat, SeatTheme

history, business = bulk.table_of(FlagHistory), bulk.table_of(Business)
seats, seat_theme = bulk.table_of(Seat), bulk.table_of(SeatTheme)

ENGAGED: Final = "engaged"
Change = tuple[date, str | None]
"""The day from which a state holds, and the state; None: closed or gone."""
Changes = Mapping[str, Sequence[Change]]
"""By business, each in the order of the days."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many businesses there were at the end of a day, and of how many a leader was engaged."""

    day: date
    known: int
    engaged: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where no business was known."""
        return self.engaged / self.known if self.known else None


@dataclass(frozen=True, slots=True)
class Moves:
    """What changed in a month: businesses that were engaged for the first time, that lapsed, and that were won back after they had lapsed.

    A business that is first seen engaged is no move, nor is one that closes."""

    month: date
    """Its first day."""
    engaged: int
    lapsed: int
    won_back: int


@dataclass(frozen=True, slots=True)
class TimeToMeeting:
    """Days from the day on which the list first named a business to that on which a leader was engaged."""

    ended: int
    """How many were engaged in the time looked at; the three that follow are of these, None where there is none."""
    lower: float | None
    median: float | None
    upper: float | None
    """A quarter took up to `lower` days, half up to `median`, three quarters up to `upper`."""
    waiting: int
    """How many are still flagged at its end."""


def month_ends(as_of: date, months: int) -> list[date]:
    """The last day of each of the `months` whole months before the as-of day's, and the as-of day."""
    found, first = [as_of], as_of.replace(day=1)
    for _ in range(months):
        end = first - timedelta(days=1)
        found.append(end)
        first = end.replace(day=1)
    return found[::-1]


def shares(changes: Changes, days: Sequence[date], businesses: Collection[str] | None = None) -> list[Share]:
    """The share at the end of each of these days (in their order), of all businesses or of some."""
    known, engaged = [0] * (len(days) + 1), [0] * (len(days) + 1)
    for found, held in changes.items():
        if businesses is not None and found not in businesses:
            continue
        for (since, state), (until, _) in pairwise([*held, (date.max, None)]):
            if state is not None:
                first, last = bisect_left(days, since), bisect_left(days, until)
                for counted in (known, engaged) if state == ENGAGED else (known,):
                    counted[first] += 1
                    counted[last] -= 1
    return [Share(day, *counts) for day, *counts in zip(days, accumulate(known), accumulate(engaged), strict=False)]


def moves(changes: Changes, as_of: date, months: int) -> list[Moves]:
    """The moves of each of the `months` whole months before the as-of day's, and of its own up to it; the oldest first."""
    starts = [end.replace(day=1) for end in month_ends(as_of, months)]
    counts: dict[date, list[int]] = {start: [0, 0, 0] for start in starts}
    for held in changes.values():
        for day, which in _moves(held):
            if day <= as_of and day.replace(day=1) in counts:
                counts[day.replace(day=1)][which] += 1
    return [Moves(start, *counts[start]) for start in starts]


def _moves(held: Sequence[Change]) -> Iterator[tuple[date, int]]:
    """Each move of a business: 0 engaged, 1 lapsed, 2 won back."""
    been = bool(held) and held[0][1] == ENGAGED
    for (_, before), (day, after) in pairwise(held):
        if before is not None and after is not None and (before == ENGAGED) != (after == ENGAGED):
            yield day, 1 if before == ENGAGED else 2 if been else 0
        been = been or after == ENGAGED


def time_to_meeting(changes: Changes, first: date, as_of: date) -> TimeToMeeting:
    """Of the flags that ended in an engagement from `first` through the as-of day."""
    days: list[int] = []
    waiting = 0
    for held in changes.values():
        since: date | None = None
        for day, state in held:
            if day > as_of:
                break
            if state == ENGAGED and since is not None and day >= first:
                days.append((day - since).days)
            since = None if state in (None, ENGAGED) else since or day
        waiting += since is not None
    return TimeToMeeting(len(days), *_quartiles(days), waiting)


def _quartiles(days: list[int]) -> tuple[float | None, float | None, float | None]:
    if len(days) < 2:
        only = float(days[0]) if days else None
        return only, only, only
    lower, median, upper = quantiles(days, n=4, method="inclusive")
    return lower, median, upper


@dataclass(frozen=True)
class History:
    """The changes of every business, and the groups that it belongs to."""

    changes: Changes
    groups: Mapping[str, Mapping[str, Collection[str]]]
    """By place, theme, sector and size: the businesses of each group."""

    def of(self, **only: str) -> "History":
        """The changes of the businesses that are in all of these groups, as in place="Thornley"."""
        kept = self.changes.keys() & set.intersection(*(set(self.groups[kind].get(group, ())) for kind, group in only.items()))
        return History({found: self.changes[found] for found in kept}, self.groups) if only else self

    def by(self, kind: str, days: Sequence[date]) -> dict[str, list[Share]]:
        """The shares of each group of a kind (place, theme, sector, size), by group."""
        return {group: shares(self.changes, days, set(held)) for group, held in sorted(self.groups[kind].items())}


def load(connection: Connection) -> History:
    """Everything that measures rest on."""
    query = select(history.c.business_id, history.c.as_of, history.c.state).order_by(history.c.business_id, history.c.as_of)
    rows = ((row[0], row[1], row[2]) for row in connection.execute(query))
    changes = {found: [(day, state) for _, day, state in held] for found, held in groupby(rows, key=itemgetter(0))}
    columns = (business.c.id, business.c.place, business.c.employees, seats.c.sector)
    held = connection.execute(select(*columns).outerjoin(seats, seats.c.business_id == business.c.id)).all()
    about = select(seat_theme.c.theme, seat_theme.c.business_id).where(seat_theme.c.theme != WHOLE)
    groups = {
        "place": _grouped((row.place or "", row.id) for row in held),
        "sector": _grouped((row.sector or "", row.id) for row in held),
        "size": _grouped((size_of(row.employees), row.id) for row in held),
        "theme": _grouped((row.theme, row.business_id) for row in connection.execute(about)),
    }
    return History(changes, groups)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for group, member in pairs:
        found[group].add(member)
    return dict(found)
