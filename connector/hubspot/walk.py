"""From one place of a read to the next.

A search is never paged by its `after`, which counts rows: a record that changes meanwhile moves to the end, and the one behind the page's
edge would slip to where nobody looks any more. Instead each search asks from the last row's time on, which also keeps it far from the
10,000 rows that a search shows. Where a whole page has one and the same time, as after an import, that millisecond is read by id."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

from connector.contract import StopEntity
from connector.http.shape import WrongShape
from connector.http.shape import field as part
from connector.hubspot.api import Api, Filter, following
from connector.hubspot.places import Place
from connector.hubspot.plan import MERGED, Plan
from connector.hubspot.records import changed_at, id_of

REFUSED = "HubSpot no longer takes the place where the last read stopped, so everything is read again"
UNSORTED = "HubSpot did not give its changes in order, so everything is read again"


class Anew(Exception):
    """This read cannot go on, and a whole one can take its place; the words are for an admin."""


@dataclass(frozen=True)
class Step:
    """What one request gave."""

    place: Place
    """Where to go on."""
    records: list[object] = field(default_factory=list)
    gone: list[object] = field(default_factory=list)
    """Records that were deleted."""


class Walk:
    """One read's requests."""

    def __init__(self, api: Api, plan: Plan) -> None:
        self._api, self._plan = api, plan
        self._before: set[tuple[str, int]] = set()

    def step(self, at: Place) -> Step:
        """Takes one step. Raises Anew, StopEntity and what the door raises."""
        if at.phase == "list":
            return self._list(at)
        if at.phase == "archived":
            return self._archived(at)
        return self._search(at) if at.phase == "search" else self._ties(at)

    def _list(self, at: Place) -> Step:
        found = self._api.listed(self._plan.source, self._plan.properties, at.after, archived=False)
        if found is None:
            raise Anew(REFUSED)
        self._require_moved(at, found.after)
        return Step(replace(at, after=found.after) if found.after is not None else self._after_rows(at), found.records)

    def _archived(self, at: Place) -> Step:
        """What was deleted. The list has no dates to ask for, so it is read whole; HubSpot keeps 90 days of it."""
        found = self._api.listed(self._plan.source, MERGED, at.after, archived=True)
        if found is None:
            raise Anew(REFUSED)
        self._require_moved(at, found.after)
        done = replace(at, phase="done", after=None)
        return Step(replace(at, after=found.after) if found.after is not None else done, gone=found.records)

    def _search(self, at: Place) -> Step:
        found, more = self._found([Filter(self._plan.stamp, "GTE", str(at.stamp))], self._plan.stamp)
        if not more:
            return Step(self._after_rows(at), self._fresh(found))
        last = _last([mark[1] for record in found if (mark := _mark(record, self._plan.stamp))], at.stamp)
        place = replace(at, phase="ties", above=0) if last == at.stamp else replace(at, stamp=last)
        return Step(place, self._fresh(found))

    def _ties(self, at: Place) -> Step:
        same = [Filter(self._plan.stamp, operator, str(at.stamp)) for operator in ("GTE", "LTE")]
        found, more = self._found([*same, Filter("hs_object_id", "GT", str(at.above))], "hs_object_id")
        if not more:
            return Step(replace(at, phase="search", stamp=at.stamp + 1, above=0), self._fresh(found, ties=True))
        last = _last([number for record in found if (number := _number(record)) is not None], at.above + 1)
        return Step(replace(at, above=last), self._fresh(found, ties=True))

    def _found(self, filters: list[Filter], by: str) -> tuple[list[object], bool]:
        data = self._api.search(self._plan.source, self._plan.properties, filters, by).data
        found = part(data, "results", list)
        return found, bool(found) and following(data) is not None

    def _fresh(self, found: list[object], ties: bool = False) -> list[object]:
        """Those that were not shown already, for the last row's millisecond is asked for twice, and by id (`ties`) once more."""
        marks = [_mark(record, self._plan.stamp) for record in found]
        fresh = [record for record, mark in zip(found, marks, strict=True) if mark is None or mark not in self._before]
        self._before = {mark for mark in marks if mark is not None} | (self._before if ties else set())
        return fresh

    def _after_rows(self, at: Place) -> Place:
        """An extract, or ids that are not HubSpot's, have no use for deletions."""
        archived = self._plan.by_id and self._plan.complete
        return replace(at, phase="archived" if archived else "done", after=None, stamp=0, above=0)

    def _require_moved(self, at: Place, after: str | None) -> None:
        if after is not None and after == at.after:
            raise StopEntity(f"{self._plan.source}: HubSpot gives the same next page twice; try later, and tell HubSpot if it stays")


def _mark(record: object, stamp: str) -> tuple[str, int] | None:
    try:
        return id_of(record), changed_at(record, stamp)
    except WrongShape:
        return None


def _number(record: object) -> int | None:
    """The record's id as a number; None where it is none."""
    try:
        found = id_of(record)
    except WrongShape:
        return None
    return int(found) if found.isdecimal() else None


def _last(values: list[int], least: int) -> int:
    """The last of the values by which a search was sorted. Raises Anew where they do not ascend from `least` on: what stands behind
    one that is too large would never be asked for."""
    if not values or values[0] < least or any(one > other for one, other in pairwise(values)):
        raise Anew(UNSORTED)
    return values[-1]
