"""One read of an entity: what was deleted by the log, then rows, then, where it is due, all ids; each page with where to go on.

A whole read has the rows alone. A read of changes asks from where the one before began, less a look-back: a long transaction is seen only
when it ends, and may be stamped with when it began."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from connector.contract import Cursor, Merge, Page
from connector.http import Clock
from connector.notes import noted
from connector.salesforce.batches import Batch, NoBulk
from connector.salesforce.bulk import BulkReading
from connector.salesforce.deleting import DAY, LEAST, Gone, gone_since
from connector.salesforce.org import Org
from connector.salesforce.plan import ID, Plan
from connector.salesforce.rest import RestReading
from connector.salesforce.soql import Query
from connector.salesforce.state import IDS, LOG, ROWS, State

TICK = 2.0
"""Seconds by which a look-back is never less: stamps and the service's Date are whole seconds."""


@dataclass(frozen=True)
class Habits:
    """How a connection reads; the settings say it."""

    look_back: float
    """Seconds."""
    sweep_days: int
    bulk_above: int
    """Rows."""
    bulk_page: int
    bulk_wait: float
    """Seconds."""


class Reading:
    """One read of one entity, from a cursor on."""

    def __init__(self, org: Org, plan: Plan, habits: Habits, clock: Clock) -> None:
        self._org, self._plan, self._habits, self._clock = org, plan, habits, clock

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """As the contract's `pull`."""
        state, notes = self._begun(cursor)
        return noted(self._stages(state), notes)

    def _begun(self, cursor: Cursor | None) -> tuple[State, list[str]]:
        organisation, _ = self._org.ids()
        now = self._clock.now() + (self._org.door.skew or 0.0)
        fresh = State(organisation, self._plan.mark, began=now, swept=now, log_from=now)
        if cursor is None:
            return fresh, []
        state = State.of(cursor)
        if state is None or (state.org, state.mark) != (organisation, self._plan.mark):
            words = "read from the start, for the last read was of another organisation, other columns or another version"
            return fresh, [f"{self._plan.source}: {words}"]
        if state.stage:
            return state, []
        return self._changes(state, now), []

    def _changes(self, last: State, now: float) -> State:
        """The read that begins where a whole one ended."""
        plan = self._plan
        due = now - last.swept >= self._habits.sweep_days * DAY
        return State(
            last.org,
            last.mark,
            began=now,
            since=last.began - max(self._habits.look_back, TICK),
            log_from=last.log_from,
            swept=last.swept,
            sweeps=plan.entity.complete and (due or plan.always_sweeps),
            stage=LOG if plan.logs_deletions else ROWS,
        )

    def _stages(self, state: State) -> Iterator[Page]:
        if state.stage == LOG:
            yield from self._log(state)
        if state.stage == ROWS:
            yield from self._stage(state, self._plan.rows(state.since))
        if state.stage == IDS:
            yield from self._stage(state, self._plan.ids())

    def _log(self, state: State) -> Iterator[Page]:
        found = gone_since(self._org, self._plan, state.log_from, state.began)
        gone = found or Gone()
        if found is None:
            state.sweeps = self._plan.entity.complete
        state.log_from = min(state.began - max(self._habits.look_back, LEAST), gone.covered or state.began)
        state.stage = ROWS
        if gone.deleted or gone.merged:
            yield Page(deleted=gone.deleted, merged=gone.merged, cursor=state.cursor(), snapshot=state.sweeps, living=True)

    def _stage(self, state: State, query: Query) -> Iterator[Page]:
        return map(partial(self._page, state, state.stage), self._batches(state, query))

    def _page(self, state: State, stage: str, batch: Batch) -> Page:
        state.done += len(batch.rows) + len(batch.skipped)
        state.at = batch.at
        if batch.at is None:
            state.end_stage()
        last = not state.stage
        return replace(
            self._ids(batch) if stage == IDS else self._rows(batch),
            skipped=batch.skipped,
            notes=batch.notes,
            cursor=self._next_read(state) if last else state.cursor(),
            last=last,
            snapshot=state.whole or state.sweeps,
            living=True,
            total=max(state.total, state.done),
            done=state.done,
        )

    def _batches(self, state: State, query: Query) -> Iterator[Batch]:
        """By the Bulk API where there are many rows, or where that is how it was begun; else, or where Bulk does not serve, by REST."""
        fields = [ID] if state.stage == IDS else list(self._plan.paths)
        at = state.at or {}
        if not at:
            state.total, state.done = self._org.count(query.count(), query.source), 0
        notes: list[str] = []
        if "job" in at or (not at and state.total > self._habits.bulk_above):
            bulk = BulkReading(self._org, query, fields, self._clock, self._habits.bulk_page, self._habits.bulk_wait)
            try:
                yield from bulk.batches(at)
                return
            except NoBulk as fault:
                at, notes = {}, [str(fault)]
        yield from map(partial(_noted, notes), RestReading(self._org, query, fields, self._clock).batches(at))

    def _rows(self, batch: Batch) -> Page:
        page = Page()
        for cells in batch.rows:
            if self._plan.value(cells, "IsDeleted") is not True:
                page.rows.append(self._plan.row(cells))
                continue
            loser, master = str(self._plan.value(cells, "Id")), self._plan.value(cells, "MasterRecordId")
            if master:
                page.merged.append(Merge(loser, str(master)))
            else:
                page.deleted.append(loser)
        return page

    def _ids(self, batch: Batch) -> Page:
        return Page(seen=[str(cells[0]) for cells in batch.rows])

    def _next_read(self, state: State) -> Cursor | None:
        """Where the next read begins; None: from the start, where changes cannot be told."""
        if not self._plan.incremental:
            return None
        swept = state.began if state.whole or state.sweeps else state.swept
        log_from = state.log_from if not state.whole else state.began - max(self._habits.look_back, LEAST)
        return State(state.org, state.mark, began=state.began, swept=swept, log_from=log_from, stage="").cursor()


def _noted(notes: list[str], batch: Batch) -> Batch:
    """The first batch bears the notes."""
    batch.notes[:0] = notes
    notes.clear()
    return batch
