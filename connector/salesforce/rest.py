"""Reading a query page by page by REST.

Source: REST API Developer Guide, "QueryAll" (resources_queryall) and "Query More Results" (resources_query_more_results); Help article
000384958 on INVALID_QUERY_LOCATOR. A locator lives two days; one that is gone is no loss, for rows come in an order by which to go on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.contract import Skipped, SkipRecord, StopConnection, StopEntity, Value
from connector.http import Clock, field
from connector.http.paging import MOST_PAGES
from connector.salesforce.batches import At, Batch
from connector.salesforce.cells import from_record
from connector.salesforce.org import Org, is_link
from connector.salesforce.schema import Path
from connector.salesforce.soql import Query


@dataclass(frozen=True)
class RestReading:
    """One query by REST."""

    org: Org
    query: Query
    paths: Sequence[Path]
    """Of the query's fields, in their order; Id is among them, and the query's clock where it has one."""
    clock: Clock

    def batches(self, at: At) -> Iterator[Batch]:
        """Pages from there on; an empty `at` is the start. One whose link leads elsewhere tells where to go on without it.

        Raises StopConnection for such a link, to which nothing is sent, and what the door raises."""
        return iter(_Walk(self, at).batch, None)

    def batch(self, at: At) -> Batch:
        """The page that begins there: by the link, or, where there is none or its locator is dead, by the last row's place."""
        link, after = _link(at), _after(at)
        answer = self.org.following(link, self.query.source, self.clock.now()) if link else None
        if answer is None:
            answer = self.org.query(self.query.ordered(after), self.query.source)
        return self._read(answer.data, after)

    def _read(self, data: object, after: list[str] | None) -> Batch:
        batch = Batch()
        for number, record in enumerate(field(data, "records", list), 1):
            try:
                cells = from_record(record, self.paths)
                after = self._position(cells)
                batch.rows.append(cells)
            except SkipRecord as fault:
                batch.skipped.append(Skipped(f"{self.query.source} record {number} of a page", str(fault), _id(record)))
        if not field(data, "done", bool):
            link = field(data, "nextRecordsUrl", str)
            batch.at = {"next": link if is_link(link) else None, "after": after}
        return batch

    def _position(self, cells: Sequence[Value]) -> list[str]:
        named = {path.soql: value for path, value in zip(self.paths, cells, strict=True)}
        wanted = [named["Id"]] if self.query.clock is None else [named[self.query.clock], named["Id"]]
        texts = [value for value in wanted if isinstance(value, str)]
        if len(texts) < len(wanted):
            raise SkipRecord("its Id, or the time of its last change, is missing")
        return texts


class _Walk:
    """Where the reading of a query stands."""

    def __init__(self, reading: RestReading, at: At) -> None:
        self._reading, self._begun = reading, False
        self._at: At | None = at
        self._sent: set[str] = set()

    def batch(self) -> Batch | None:
        """The next; None after the last."""
        if self._at is None:
            return None
        if self._begun:
            self._check(_link(self._at))
        batch, self._begun = self._reading.batch(self._at), True
        self._at = batch.at
        return batch

    def _check(self, link: str | None) -> None:
        source = self._reading.query.source
        if link is None:
            words = "the service points to another address for its next page; nothing was sent there, tell whoever runs it"
            raise StopConnection(f"{source}: {words}")
        if link in self._sent or len(self._sent) >= MOST_PAGES:
            words = f"the service gives the same next page twice, or has no end, after {len(self._sent) + 1} pages"
            raise StopEntity(f"{source}: {words}; tell whoever runs it")
        self._sent.add(link)


def _id(record: object) -> str:
    found = record.get("Id") if isinstance(record, dict) else None
    return found if isinstance(found, str) else ""


def _link(at: At) -> str | None:
    found = at.get("next")
    return found if isinstance(found, str) and is_link(found) else None


def _after(at: At) -> list[str] | None:
    found = at.get("after")
    return [str(one) for one in found] if isinstance(found, list) else None
