"""The list held in memory: for each value of each filter the set of businesses that have it, as bits. So a page with all its counts is a
few hundred ANDs, however many businesses there are; the database is asked only what has changed since."""

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, func, select

from jobs.work.search import Words
from store import bulk
from store.database import Database
from store.tables import Listed, ListVersion

listed, versions = bulk.table_of(Listed), bulk.table_of(ListVersion)

FACETS = ("place", "theme", "sector", "state", "reach", "size", "owner", "tag")
MARKS = ("there", "dismissed", "snoozed")
"""Beside the filters: on the list at all, taken off it, and put off, by the day until which."""
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


class Held(NamedTuple):
    """What of a business the board keeps. Texts that many have are kept once."""

    business_id: str
    name: str
    priority: int
    since: date | None
    employees: int
    place: str
    sets: tuple[tuple[str, str], ...]
    """What it has: filter and value."""


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
        self.with_value: dict[str, dict[str, Bits]] = {name: defaultdict(Bits) for name in (*FACETS, *MARKS)}
        self.words = Words()
        self._held: list[Held] = []
        self._orders: dict[str, list[int]] = {}
        self._stale: set[str] = set()
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

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
        self.words.settle()
        self._version = version

    def _take(self, row: Any) -> None:
        new = self._held_of(row)
        number = self.numbers.get(new.business_id)
        if number is None:
            number = self.numbers[new.business_id] = len(self.ids)
            self.ids.append(new.business_id)
            self._held.append(new)
            for order in self._orders.values():
                order.append(number)
            self._stale.update(self._orders)
        else:
            old, self._held[number] = self._held[number], new
            for facet, value in old.sets:
                self.with_value[facet][value].drop(number)
            self._stale.update(name for name in self._orders if KEYS[name](old) != KEYS[name](new))
        for facet, value in new.sets:
            self.with_value[facet][value].put(number)
        self.words.put(number, row.words)

    def _held_of(self, row: Any) -> Held:
        sets = () if row.gone else tuple(self._known.setdefault(found, found) for found in sets_of(row))
        return Held(row.business_id, row.name.casefold(), row.priority, row.since, row.employees or 0, row.place, sets)

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


def sets_of(row: Any) -> list[tuple[str, str]]:
    """Filter and value of all that a business has; of themes and tags there may be several, or none."""
    found = [
        ("place", row.place), ("sector", row.sector), ("state", row.state), ("reach", row.reach), ("size", size_of(row.employees)),
        ("owner", row.owner or UNKNOWN), ("there", ""),
    ]  # fmt: skip
    found += [("theme", value) for value in row.themes.split("|") if value]
    found += [("tag", value) for value in row.tags.split("|") if value]
    if row.dismissed:
        found.append(("dismissed", ""))
    elif row.snoozed_until is not None:
        found.append(("snoozed", row.snoozed_until.isoformat()))
    return found


def size_of(employees: int | None) -> str:
    """The size band of a number of employees."""
    if not employees:
        return UNKNOWN
    return next(name for name, last in SIZES if last is None or employees <= last)


def _newest(row: Held) -> tuple[Any, ...]:
    return (-row.since.toordinal() if row.since else 0, *_priority(row))


def _priority(row: Held) -> tuple[Any, ...]:
    return (-row.priority, row.name, row.business_id)


def _name(row: Held) -> tuple[Any, ...]:
    return (row.name, row.business_id)


KEYS: dict[str, Callable[[Held], tuple[Any, ...]]] = {
    "priority": _priority,
    "name": _name,
    "newest": _newest,
    "size": lambda row: (-row.employees, *_priority(row)),
    "place": lambda row: (row.place == "", row.place.casefold(), *_priority(row)),
}
SORTS = tuple(KEYS)

_boards: WeakKeyDictionary[Database, Board] = WeakKeyDictionary()
_boards_lock = threading.Lock()


def board_of(store: Database) -> Board:
    """The board of a database, the same for all who ask in this process."""
    with _boards_lock:
        return _boards.setdefault(store, Board())
