"""One pull: steps gathered into pages, with the associations of their records."""

from collections.abc import Iterator

from connector.contract import Merge, Page, Skipped, StopEntity
from connector.http.paging import MOST_PAGES
from connector.http.shape import WrongShape
from connector.hubspot.api import Api
from connector.hubspot.associations import Associations
from connector.hubspot.places import Place, whole
from connector.hubspot.plan import Plan
from connector.hubspot.records import has_id, id_of, losers_of, row_of
from connector.hubspot.walk import Anew, Step, Walk

UNLINKED = "HubSpot would not say what it is associated with; the next whole read tries again"


class Reading:
    """A read from one place to its end."""

    def __init__(self, api: Api, plan: Plan, place: Place, notes: list[str], now: float) -> None:
        """`now` is when a read begins that has to start anew: seconds since 1970."""
        self._api, self._plan, self._place, self._notes, self._now = api, plan, place, notes, now
        self._walk, self._steps = Walk(api, plan), 0

    def pages(self) -> Iterator[Page]:
        """The pages from there on. Raises as `pull` does."""
        yield self._page(self._gathered(first=True))
        while self._place.phase != "done":
            yield self._page(self._gathered(first=False))

    def _gathered(self, first: bool) -> Step:
        """Steps enough to fill a page, as one. A whole read begins anew only if the place that its cursor named was refused."""
        records: list[object] = []
        gone: list[object] = []
        while self._place.phase != "done" and len(records) + len(gone) < self._api.sizes.page_rows:
            self._steps += 1
            if self._steps > MOST_PAGES:
                raise StopEntity(f"{self._plan.source}: there is no end after {MOST_PAGES:,} answers; raise LIST_ROWS or SEARCH_ROWS")
            try:
                step = self._walk.step(self._place)
            except Anew as anew:
                if self._place.full and (not first or records or gone):
                    raise StopEntity(f"{self._plan.source}: HubSpot refuses its own next page (answer 400); try later") from None
                step = Step(whole(self._plan, self._place.account, self._now))
                self._notes.append(str(anew))
            records += step.records
            gone += step.gone
            self._place = step.place
        return Step(self._place, records, gone)

    def _page(self, step: Step) -> Page:
        place, last = step.place, step.place.phase == "done"
        page = Page(
            notes=self._notes,
            restarted=bool(self._notes),
            cursor=place.cursor() if self._plan.by_id or not last else None,
            last=last,
            snapshot=place.full,
            living=True,
        )
        self._notes = []
        self._fill(page, step.records)
        page.deleted.extend(one for record in step.gone if self._has_id(page, record) for one in _with_losers(record))
        return page

    def _fill(self, page: Page, records: list[object]) -> None:
        known = [record for record in records if self._has_id(page, record)]
        readers = {to: Associations(self._api, self._plan.source, to) for to in self._plan.associated}
        links = {to: reader.of([id_of(record) for record in known]) for to, reader in readers.items()} if known else {}
        unlinked = {one for reader in readers.values() for one in reader.failed}
        for record in known:
            if id_of(record) in unlinked:
                self._skip(page, record, UNLINKED)
                continue
            try:
                row, losers = row_of(self._plan, record, links), losers_of(record)
            except WrongShape as fault:
                self._skip(page, record, str(fault))
                continue
            page.rows.append(row)
            if self._plan.by_id:
                page.merged.extend(Merge(loser, id_of(record)) for loser in losers)

    def _has_id(self, page: Page, record: object) -> bool:
        if not has_id(record):
            page.skipped.append(Skipped(f"{self._plan.source}, a record without an id", "HubSpot gives it no id; try later"))
        return has_id(record)

    def _skip(self, page: Page, record: object, reason: str) -> None:
        """A record that cannot be read is there all the same."""
        own = id_of(record)
        page.skipped.append(Skipped(f"{self._plan.source} {own}", reason, own if self._plan.by_id else ""))
        if self._plan.by_id:
            page.seen.append(own)


def _with_losers(record: object) -> list[str]:
    """A deleted record's id, and those that had been merged into it: they are in no list."""
    try:
        return [id_of(record), *losers_of(record)]
    except WrongShape:
        return [id_of(record)]
