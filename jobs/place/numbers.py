"""The numbers of a report: everything that is counted of all places as of a day, before anybody decides what is shown."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from jobs.place import measures, picture
from jobs.place.measures import History, Moves, Share, TimeToMeeting
from jobs.place.needs import need
from jobs.place.picture import Counts, Snapshot
from jobs.place.seats import WHOLE, SeatRules
from jobs.rules import Rules
from store.database import Database

MONTHS = 12
"""Whole months before the as-of day's that measures go back."""
Pair = tuple[str, str]
By = Mapping[Pair, Counts]


@dataclass(frozen=True)
class Numbers:
    """All that is counted. Themes, sectors, resources, sizes and places are told by id; a business without a known place has ''."""

    as_of: date
    places: Sequence[str]
    """The largest first."""
    themes: Sequence[str]
    sectors: Sequence[str]
    resources: Sequence[str]
    by_place: By
    """By place and theme."""
    by_sector: By
    """By place and sector, whatever the theme."""
    theme_sector: By
    """By theme and sector, in all places."""
    sectors_of: Mapping[str, Counts]
    sizes: Mapping[str, Counts]
    offers: Mapping[Pair, int]
    """Businesses that offer a resource, by place and resource."""
    needs: Mapping[str, int]
    """Open needs by resource."""
    shares: Sequence[Share]
    moves: Sequence[Moves]
    time_to_meeting: TimeToMeeting

    def whole(self, place: str) -> Counts:
        """All businesses of a place."""
        return self.by_place.get((place, WHOLE), Counts())


def gather(store: Database, as_of: date, rules: Rules, zone: ZoneInfo, months: int = MONTHS) -> Numbers:
    """Counts everything as of a day, without writing."""
    with store.reading() as connection:
        seen = picture.as_of(connection, as_of, rules.policy, zone, SeatRules(rules.sectors, rules.resources))
        history = measures.load(connection)
        wanted = select(need.c.resource, func.count()).where(need.c.ended_at.is_(None)).group_by(need.c.resource)
        open_needs = {row[0]: int(row[1]) for row in connection.execute(wanted)}
    return of(seen, history, open_needs, as_of, rules, months)


def of(seen: Snapshot, history: History, needs: Mapping[str, int], as_of: date, rules: Rules, months: int = MONTHS) -> Numbers:
    """Counts what was gathered as of a day."""
    count, heat = seen.counted.counts, picture.heat(seen.counted, rules.themes.ids)
    return Numbers(
        as_of=as_of,
        places=heat.places,
        themes=rules.themes.ids,
        sectors=rules.sectors.ids,
        resources=rules.resources.ids,
        by_place=heat.cells,
        by_sector=_pairs(count(("place", "sector"), theme=WHOLE)),
        theme_sector=_pairs(count(("theme", "sector"))),
        sectors_of={key[0]: counts for key, counts in count(("sector",), theme=WHOLE).items()},
        sizes={key[0]: counts for key, counts in count(("size",), theme=WHOLE).items()},
        offers=seen.offers,
        needs=needs,
        shares=measures.shares(history.changes, measures.month_ends(as_of, months)),
        moves=measures.moves(history.changes, as_of, months),
        time_to_meeting=measures.time_to_meeting(history.changes, as_of - timedelta(days=rules.policy.window_days), as_of),
    )


def _pairs(found: Mapping[tuple[str, ...], Counts]) -> dict[Pair, Counts]:
    return {(key[0], key[1]): counts for key, counts in found.items()}


def pooled(numbers: Numbers, place_of: Callable[[str], str], sector_of: Callable[[str], str]) -> Numbers:
    """The numbers with some places taken together as one, and some sectors."""
    offers: dict[Pair, int] = defaultdict(int)
    for (place, resource), count in numbers.offers.items():
        offers[place_of(place), resource] += count
    return replace(
        numbers,
        places=list(dict.fromkeys(place_of(place) for place in numbers.places)),
        sectors=list(dict.fromkeys(sector_of(sector) for sector in numbers.sectors)),
        by_place=_summed(numbers.by_place, lambda key: (place_of(key[0]), key[1])),
        by_sector=_summed(numbers.by_sector, lambda key: (place_of(key[0]), sector_of(key[1]))),
        theme_sector=_summed(numbers.theme_sector, lambda key: (key[0], sector_of(key[1]))),
        sectors_of={
            key[0]: counts
            for key, counts in _summed({(k, ""): v for k, v in numbers.sectors_of.items()}, lambda key: (sector_of(key[0]), "")).items()
        },
        offers=dict(offers),
    )


def _summed(by: By, key_of: Callable[[Pair], Pair]) -> dict[Pair, Counts]:
    found: dict[Pair, Counts] = defaultdict(Counts)
    for key, counts in by.items():
        found[key_of(key)] += counts
    return dict(found)
