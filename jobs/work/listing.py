"""The list as somebody wants to see it: filters, search, order, a page, and how many there would be for each other choice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jobs.directors import through_directors
from jobs.work.board import FACETS, SORTS, UNKNOWN, Bits, Board, board_of
from jobs.work.standing import DISMISSED, OPEN, SNOOZED, Standing, standings
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Flag, Listed

flag, listed = bulk.table_of(Flag), bulk.table_of(Listed)

ALL, ME, NOBODY = "all", "me", "nobody"
PAGE = 50
FLAGGED = ("leader_left", "leader_lapsed", "leader_not_engaged", "no_leader_known")
"""The states that are on the list, unless others are asked for."""
WORKS = (OPEN, SNOOZED, DISMISSED, ALL)
CHUNK = 1000


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to see. Of several values of a filter one is enough; `""` is having none; one that no business has finds none."""

    place: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    """None: all but the engaged."""
    reach: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    """Of the names in `board.SIZES`."""
    owner: tuple[str, ...] = ()
    """Sign-in names, `me` and `nobody`."""
    tag: tuple[str, ...] = ()
    text: str = ""
    work: str = OPEN
    """open, snoozed, dismissed or all; another counts as open."""
    sort: str = "priority"
    """One of `board.SORTS`; another counts as priority."""
    page: int = 1
    """From 1; what is beyond the last is the last."""


@dataclass(frozen=True)
class Row:
    """One business on the list."""

    business_id: str
    name: str
    state: str
    reach: str
    priority: int
    points: dict[str, int]
    reason: str
    approach: str
    via: str
    place: str
    sector: str
    employees: int | None
    themes: tuple[str, ...]
    tags: tuple[str, ...]
    connections: tuple[str, ...]
    since: date | None
    """From when on it has had its state and reach."""
    owner: str | None
    work: str
    """open, snoozed or dismissed."""
    snoozed_until: date | None
    """Where it is snoozed."""
    back: str
    """Why it is open again, in a sentence; empty where it never was put off."""


@dataclass(frozen=True)
class Listing:
    """A page of the list."""

    rows: list[Row]
    total: int
    page: int
    pages: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    """For each filter, how many each of its values would show beside the other filters; only those that would show any. `owner` by
    sign-in name, `""` for nobody; `work` by its words."""


def find(store: Database, wanted: Wanted, who: str, today: date, zone: ZoneInfo) -> Listing:
    """A page of the list as `who` sees it on a day (local to the zone)."""
    board = board_of(store)
    with board.lock, store.reading() as connection:
        board.refresh(connection)
        chosen = _Chosen(board, wanted, who, today)
        total = chosen.found.bit_count()
        pages = max(1, -(-total // PAGE))
        page = min(max(wanted.page, 1), pages)
        ids = list(chosen.ids((page - 1) * PAGE, PAGE))
        facets = chosen.facets()
    with store.reading() as connection:
        return Listing(_rows(connection, ids, today, zone), total, page, pages, facets)


def every(store: Database, wanted: Wanted, who: str, today: date, zone: ZoneInfo) -> Iterator[Row]:
    """Every row of the list, whatever the page: for an export of just what is seen."""
    ids = every_id(store, wanted, who, today)
    for part in bulk.parts(ids, CHUNK):
        with store.reading() as connection:
            yield from _rows(connection, part, today, zone)


def every_id(store: Database, wanted: Wanted, who: str, today: date) -> list[str]:
    """The businesses of the list in their order, whatever the page."""
    board = board_of(store)
    with board.lock, store.reading() as connection:
        board.refresh(connection)
        return list(_Chosen(board, wanted, who, today).ids(0, None))


class _Chosen:
    """What of a board somebody wants."""

    def __init__(self, board: Board, wanted: Wanted, who: str, today: date) -> None:
        self._board = board
        self._sort = wanted.sort if wanted.sort in SORTS else "priority"
        self._works = self._by_work(today)
        by_filter = {name: self._any(name, values) for name, values in _values(wanted, who).items() if values}
        by_filter["work"] = self._works[wanted.work if wanted.work in WORKS else OPEN]
        there = self._works[ALL]
        if (numbers := board.words.find(wanted.text)) is not None:
            said = Bits()
            for number in numbers:
                said.put(number)
            there &= said.all()
        self._there, self._by_filter = there, by_filter
        self.found = self._without("")

    def _by_work(self, today: date) -> dict[str, int]:
        marked = self._board.with_value
        there, dismissed = (marked[mark].get(UNKNOWN, Bits()).all() for mark in ("there", "dismissed"))
        snoozed = reduce(or_, (bits.all() for until, bits in marked["snoozed"].items() if until > today.isoformat()), 0)
        return {OPEN: there & ~(dismissed | snoozed), SNOOZED: snoozed, DISMISSED: dismissed, ALL: there}

    def _any(self, facet: str, values: Iterable[str]) -> int:
        known = self._board.with_value[facet]
        return reduce(or_, (known[value].all() for value in values if value in known), 0)

    def _without(self, facet: str) -> int:
        """What all filters but one leave."""
        return reduce(and_, (bits for name, bits in self._by_filter.items() if name != facet), self._there)

    def facets(self) -> dict[str, dict[str, int]]:
        found = {}
        for facet in FACETS:
            base = self._without(facet)
            counts = {value: (bits.all() & base).bit_count() for value, bits in self._board.with_value[facet].items()}
            found[facet] = {value: count for value, count in sorted(counts.items()) if count}
        base = self._without("work")
        return found | {"work": {name: (bits & base).bit_count() for name, bits in self._works.items()}}

    def ids(self, skip: int, take: int | None) -> Iterator[str]:
        """The businesses in their order."""
        order = self._board.order(self._sort)
        bits = self.found.to_bytes(len(order) // 8 + 1, "little")
        end = None if take is None else skip + take
        at = 0
        for number in order:
            if bits[number >> 3] >> (number & 7) & 1:
                if at >= skip:
                    yield self._board.ids[number]
                at += 1
                if at == end:
                    return


def _values(wanted: Wanted, who: str) -> dict[str, Sequence[str]]:
    owners = {ME: who, NOBODY: UNKNOWN}
    return {name: getattr(wanted, name) for name in FACETS} | {
        "state": wanted.state or FLAGGED,
        "owner": [owners.get(name, name) for name in wanted.owner],
    }


def _rows(connection: Connection, ids: Sequence[str], today: date, zone: ZoneInfo) -> list[Row]:
    query = (
        select(listed, flag.c.points, flag.c.reason, flag.c.approach, flag.c.via, flag.c.connections)
        .join(flag, flag.c.business_id == listed.c.business_id)
        .where(among(connection, listed.c.business_id, ids))
    )
    rows = {row.business_id: row for row in connection.execute(query)}
    stand = standings(connection, ids)
    shared = through_directors(connection, (found for found, row in rows.items() if not row.via and row.state != "engaged"), today)
    return [_row(rows[found], shared.get(found, ""), stand[found], today, zone) for found in ids if found in rows]


def _row(row: Any, shared: str, stand: Standing, today: date, zone: ZoneInfo) -> Row:
    work = stand.on(today)
    return Row(
        row.business_id, row.name, row.state, row.reach, row.priority, row.points, row.reason, row.approach, row.via or shared, row.place,
        row.sector, row.employees, _parts(row.themes), _parts(row.tags), _parts(row.connections), row.since, stand.owner, work,
        stand.snoozed_until if work == SNOOZED else None, stand.back(today, zone),
    )  # fmt: skip


def _parts(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("|")))
