"""The list held in memory: for each value of each filter the set of businesses that have it, as bits. So a page with all its counts is a
few hundred ANDs, however many businesses there are; the database is asked only what has changed since."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, func, select

from jobs.work.search import Words
from store import bulk
from store.database import Database
from store.tables import Listed, ListVersion

listed, versions = bulk.table_of(Listed), bulk.table_of(ListVersion)

FACETS = ("place", "theme", "sector", "state", "reach", "size", "owner", "tag")
SIZES = (("1-9", 9), ("10-49", 49), ("50-249", 249), ("250+", None))
"""Size bands by number of employees, with the last number of each."""
UNKNOWN = ""
"""The value of a filter where a business has none: no place, no sector, no owner, a size that nobody knows."""


class Bits:
    """A set of small numbers."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def put(self, number: int) -> None:
        """Adds a number."""
        at = number >> 3
        if at >= len(self._bytes):
            self._bytes.extend(bytes(at + 1 - len(self._bytes) + (len(self._bytes) >> 2)))
        self._bytes[at] |= 1 << (number & 7)

    def drop(self, number: int) -> None:
        """Takes a number out that is in it."""
        self._bytes[number >> 3] &= ~(1 << (number & 7)) & 255

    def all(self) -> int:
        """The set as one number, whose bits are its members."""
        return int.from_bytes(self._bytes, "little")


class Board:
    """The list of one database, as of the version that was read last. Not for two threads at once: `lock`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._version = -1
        self._forget()

    def _forget(self) -> None:
        self.ids: list[str] = []
        """The business of each number."""
        self.numbers: dict[str, int] = {}
        self.there, self.dismissed = Bits(), Bits()
        self.snoozed: dict[date, Bits] = defaultdict(Bits)
        self.with_value: dict[str, dict[str, Bits]] = {name: defaultdict(Bits) for name in FACETS}
        self.words = Words()
        self._held: list[Any] = []
        self._orders: dict[str, list[int]] = {}
        self._stale: set[str] = set()

    def refresh(self, connection: Connection) -> None:
        """Takes over what has changed in the database."""
        version = connection.scalar(select(versions.c.version)) or 0
        if version == self._version:
            return
        if 0 <= self._version < version:
            for row in connection.execute(select(listed).where(listed.c.version > self._version)):
                self._take(row)
        if not 0 <= self._version < version or connection.scalar(select(func.count()).select_from(listed)) != len(self.ids):
            self._forget()
            for row in connection.execute(select(listed).order_by(listed.c.business_id)):
                self._take(row)
        self._version = version

    def _take(self, row: Any) -> None:
        number = self.numbers.setdefault(row.business_id, len(self.ids))
        if number == len(self.ids):
            self.ids.append(row.business_id)
            self._held.append(None)
            for order in self._orders.values():
                order.append(number)
            self._stale.update(self._orders)
        old = self._held[number]
        if old is not None:
            for bits in self._sets_of(old):
                bits.drop(number)
            self._stale.update(name for name in self._orders if KEYS[name](old) != KEYS[name](row))
        self._held[number] = row
        for bits in self._sets_of(row):
            bits.put(number)
        self.words.put(number, f"{row.name}|{row.also}")

    def _sets_of(self, row: Any) -> Iterator[Bits]:
        if row.gone:
            return
        yield self.there
        if row.dismissed:
            yield self.dismissed
        elif row.snoozed_until is not None:
            yield self.snoozed[row.snoozed_until]
        for facet, values in values_of(row).items():
            yield from (self.with_value[facet][value] for value in values)

    def order(self, sort: str) -> list[int]:
        """Every number in an order, one of SORTS."""
        if sort not in self._orders:
            self._orders[sort] = list(range(len(self.ids)))
            self._stale.add(sort)
        if sort in self._stale:
            key = KEYS[sort]
            self._orders[sort].sort(key=[key(row) for row in self._held].__getitem__)
            self._stale.discard(sort)
        return self._orders[sort]


def values_of(row: Any) -> Mapping[str, Iterable[str]]:
    """What a business has for each filter; of themes and tags there may be several, or none."""
    return {
        "place": (row.place,),
        "theme": filter(None, row.themes.split("|")),
        "sector": (row.sector,),
        "state": (row.state,),
        "reach": (row.reach,),
        "size": (size_of(row.employees),),
        "owner": (row.owner or UNKNOWN,),
        "tag": filter(None, row.tags.split("|")),
    }


def size_of(employees: int | None) -> str:
    """The size band of a number of employees."""
    if not employees:
        return UNKNOWN
    return next(name for name, last in SIZES if last is None or employees <= last)


def _newest(row: Any) -> tuple[Any, ...]:
    return (-row.since.toordinal() if row.since else 0, *_priority(row))


def _priority(row: Any) -> tuple[Any, ...]:
    return (-row.priority, row.name.casefold(), row.business_id)


def _name(row: Any) -> tuple[Any, ...]:
    return (row.name.casefold(), row.business_id)


KEYS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "priority": _priority,
    "name": _name,
    "newest": _newest,
    "size": lambda row: (-(row.employees or 0), *_priority(row)),
    "place": lambda row: (row.place == "", row.place.casefold(), *_priority(row)),
}
SORTS = tuple(KEYS)

_boards: WeakKeyDictionary[Database, Board] = WeakKeyDictionary()
_boards_lock = threading.Lock()


def board_of(store: Database) -> Board:
    """The board of a database, the same for all who ask in this process."""
    with _boards_lock:
        return _boards.setdefault(store, Board())
