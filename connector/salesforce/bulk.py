"""Reading a large query by a job of the Bulk API 2.0.

Source: Bulk API 2.0 Developer Guide, "Create a Query Job", "Get Information About a Query Job", "Get Results for a Query Job": results are
CSV, `Sforce-Locator` is where the next set begins ("null": nowhere), and another API version than the job's is answered with 409."""

import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from connector.contract import Skipped, SkipRecord, StopEntity, TryLater, Value
from connector.http import Answer, Clock, Content, field
from connector.salesforce.batches import At, Batch, NoBulk
from connector.salesforce.cells import cell
from connector.salesforce.errors import codes, refusal
from connector.salesforce.org import Org
from connector.salesforce.schema import Path
from connector.salesforce.soql import Query

LONGEST_CELL = 4_000_000
"""Characters; a rich text may have 131,072, and what it may have can grow."""
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0
LATER = 300.0
"""Seconds after which a job that takes long is looked at again."""
NO_CONTENT = 204
"""How results are refused ("Response For an Unsuccessful Request")."""
RUNNING = {"UploadComplete", "InProgress"}
JOB = re.compile(r"\w{1,40}")
UNFIT = {"INVALIDENTITY", "INVALID_ENTITY", "FEATURENOTENABLED", "FEATURE_NOT_ENABLED", "FUNCTIONALITY_NOT_ENABLED", "API_ERROR"}
"""Codes with which a job is refused that REST can do."""


@dataclass(frozen=True)
class BulkReading:
    """One query by the Bulk API."""

    org: Org
    query: Query
    paths: Sequence[Path]
    clock: Clock
    page: int
    """Rows of a page."""
    wait: float
    """Seconds to wait for the job."""

    def batches(self, at: At) -> Iterator[Batch]:
        """Pages from there on; an empty `at` is the start. The first has no rows: it notes the job. One that is gone is made anew, once.

        Raises NoBulk where REST is the way, TryLater for a job that takes too long, and what the door raises."""
        job = self._job_of(at)
        renewed = False
        locator = _text(at, "locator")
        while True:
            if job is None:
                job, locator = self._create(), None
                yield Batch(at=self._at(job, None))
            gone = yield from self._results(job, locator)
            if not gone:
                return
            if renewed:
                raise NoBulk(f"{self.query.source}: its Bulk jobs are gone before they are read, so it is read by REST")
            job, renewed = None, True

    def _results(self, job: str, locator: str | None) -> Generator[Batch, None, bool]:
        """The pages of a job; gives whether it is gone."""
        if not self._await(job):
            return True
        results = _Results(self, job, locator)
        yield from iter(results.batch, None)
        return results.gone

    def batch(self, job: str, locator: str | None) -> Batch | None:
        """The page of a job's results that begins there; None where the job is gone."""
        answer = self._page(job, locator)
        if answer is None:
            return None
        following = answer.headers.get("Sforce-Locator", "null").strip()
        if following == locator:
            raise StopEntity(f"{self.query.source}: the service gives the same next page twice; tell whoever runs it")
        batch = self._read(answer)
        batch.at = None if following in {"", "null"} else self._at(job, following)
        return batch

    def _create(self) -> str:
        shape = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}
        wanted = {"operation": "queryAll", "query": self.query.unordered(), **shape}
        answer = self.org.post("jobs/query", f"{self.query.source} Bulk job", wanted, accept={400, 403})
        if answer.status < 400:
            return field(answer.data, "id", str)
        if UNFIT & set(codes(answer)):
            raise NoBulk(f"{self.query.source}: the Bulk API does not take it, so it is read by REST, which needs more API calls")
        raise refusal(answer, self.query.source, self.clock.now())

    def _await(self, job: str) -> bool:
        """Waits until the job has its results; False when it is gone."""
        ends, pause = self.clock.ticks() + self.wait, FIRST_PAUSE
        while True:
            answer = self.org.get(f"jobs/query/{job}", f"{self.query.source} Bulk job", accept={400, 404})
            if answer.status >= 400:
                return False
            state = field(answer.data, "state", str)
            if state == "JobComplete":
                return True
            if state not in RUNNING:
                raise NoBulk(f"{self.query.source}: its Bulk job failed (Setup, Bulk Data Load Jobs, says why), so it is read by REST")
            if self.clock.ticks() + pause > ends:
                words = f"its Bulk job is not done after {self.wait / 60:.0f} minutes; the next run goes on with it"
                raise TryLater(f"{self.query.source}: {words}", LATER)
            self.clock.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 1.5)

    def _page(self, job: str, locator: str | None) -> Answer | None:
        params = [("maxRecords", str(self.page)), *([("locator", locator)] if locator else [])]
        answer = self.org.get(f"jobs/query/{job}/results", self.query.source, *params, accept={400, 404, 409}, expects=Content.CSV)
        if answer.status == NO_CONTENT:
            words = "the service does not give the Bulk job's results just now; the next run goes on with it"
            raise TryLater(f"{self.query.source}: {words}", LATER)
        return None if answer.status >= 400 else answer

    def _read(self, answer: Answer) -> Batch:
        """The rows of a CSV, which has its names in the first line."""
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
        batch = Batch()
        try:
            lines = csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), strict=True)
            header = [name.lower() for name in next(lines, [])]
            places = self._places(header) if header else []
            for number, line in enumerate(lines, 1):
                self._take(batch, line, places, header, number)
        except (UnicodeDecodeError, csv.Error):
            words = "the answer is no whole CSV in UTF-8; try later, and tell Salesforce if it stays"
            raise StopEntity(f"{self.query.source}: {words}") from None
        told = answer.headers.get("Sforce-NumberOfRecords", "")
        if told.isdigit() and int(told) != len(batch.rows) + len(batch.skipped):
            raise StopEntity(f"{self.query.source}: the answer has not as many rows as it says; try later, and tell Salesforce if it stays")
        return batch

    def _take(self, batch: Batch, line: list[str], places: list[int], header: list[str], number: int) -> None:
        source_id = line[header.index("id")] if len(line) == len(header) else ""
        try:
            if not source_id:
                raise SkipRecord("it has not as many cells as the first line, or no Id")
            batch.rows.append(self._cells(line, places))
        except SkipRecord as fault:
            batch.skipped.append(Skipped(f"{self.query.source} row {number} of a page", str(fault), source_id))

    def _cells(self, line: list[str], places: list[int]) -> list[Value]:
        return [cell(line[place], path) for place, path in zip(places, self.paths, strict=True)]

    def _places(self, header: list[str]) -> list[int]:
        missing = [path.soql for path in self.paths if path.soql.lower() not in header]
        if missing:
            raise StopEntity(f"{self.query.source}: the Bulk API leaves out {', '.join(missing)}; raise BULK_ABOVE to read it by REST")
        return [header.index(path.soql.lower()) for path in self.paths]

    def _at(self, job: str, locator: str | None) -> At:
        return {"job": job, "version": self.org.version, "locator": locator}

    def _job_of(self, at: At) -> str | None:
        """The job that a cursor names, if it may still be read: it has to be of our API version."""
        job = _text(at, "job")
        return job if job and JOB.fullmatch(job) and at.get("version") == self.org.version else None


class _Results:
    """Where the reading of a job's results stands."""

    def __init__(self, reading: BulkReading, job: str, locator: str | None) -> None:
        self._reading, self._job, self._locator = reading, job, locator
        self.gone = self._ended = False

    def batch(self) -> Batch | None:
        """The next; None after the last, or where the job is gone."""
        if self._ended:
            return None
        batch = self._reading.batch(self._job, self._locator)
        self.gone = batch is None
        self._ended = batch is None or batch.at is None
        self._locator = _text(batch.at, "locator") if batch and batch.at else None
        return batch


def _text(at: At, name: str) -> str | None:
    found = at.get(name)
    return found if isinstance(found, str) else None
