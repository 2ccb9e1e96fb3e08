"""One pull, stage by stage: what was deleted, the rows, the ids of all there is."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from connector.contract import Page, StopEntity
from connector.http import Clock, Door
from connector.notes import noted
from connector.rest import state as states
from connector.rest.place import Got
from connector.rest.plan import Ask, Plan
from connector.rest.rows import RowReader, digest
from connector.rest.state import Stage, State
from connector.rest.template import Filling
from connector.rest.walking import Marks, walk

DAY = 86_400.0


class Read:
    """Deletions are read before rows, so that a row that is there again stays; the sweep comes last, so that what is put in meanwhile is
    seen. What changes while it is read changes after `began` and comes with the next read."""

    def __init__(self, door: Door, plan: Plan, clock: Clock) -> None:
        self._door, self._plan, self._clock = door, plan, clock
        self._rows = RowReader(plan)

    def pages(self, state: State | None, notes: list[str]) -> Iterator[Page]:
        """Goes on from a state; None: from the start, everything. `notes` say why the read begins anew."""
        begun = state
        if state and state.since is not None and self._too_long_ago(state.since):
            words = f"{self._plan.what}: the last read is longer ago than deletions are listed for, so everything is read"
            state, notes = None, [*notes, words]
        state = state or State(self._clock.now())
        pages = noted(self._stages(state), notes)
        try:
            yield next(pages)
        except StopEntity:
            if begun is None or not (state.place.url or state.place.cursor):
                raise
            words = f"{self._plan.what}: the service no longer knows the page to go on with, so everything is read again"
            yield from self.pages(None, [*notes, words])
            return
        yield from pages

    def _too_long_ago(self, since: float) -> bool:
        keeps = self._plan.deleted.keeps
        return keeps is not None and self._plan.gone is not None and self._clock.now() - since > keeps * DAY - 60 * self._lookback()

    def _lookback(self) -> int:
        return self._plan.said.changed.lookback if self._plan.said.changed else 0

    def _stages(self, state: State) -> Iterator[Page]:
        stages = self._planned(state)
        self._state = state if state.stage in stages else state.at(stages[0])
        for stage in stages[stages.index(self._state.stage) :]:
            self._state = self._state if self._state.stage == stage else self._state.at(stage)
            answers = walk(self._door, self._ask(), self._filling(), self._marks(), self._state.place)
            yield from map(partial(self._page, stages), answers)

    def _planned(self, state: State) -> list[Stage]:
        if state.since is None or self._plan.gone is None:
            return ["rows"]
        return ["deletions", "rows"] if self._plan.deleted.by == "list" else ["rows", "sweep"]

    def _ask(self) -> Ask:
        if self._state.stage != "rows" and self._plan.gone is not None:
            return self._plan.gone
        return self._plan.rows if self._state.since is None else self._plan.incremental()

    def _filling(self) -> Filling:
        if self._state.since is None or self._state.stage == "sweep":
            return {}
        written = self._plan.gone_since if self._state.stage == "deletions" else self._plan.since
        return {"since": written(self._state.since, self._clock.now())}

    def _marks(self) -> Marks:
        """A list of deletions may name an id twice, so its rows are known by all that they say."""
        return self._rows.marks if self._state.stage != "deletions" else lambda items: [digest(item) for item in items]

    def _page(self, stages: list[Stage], got: Got) -> Page:
        self._state = state = replace(self._state, place=got.place)
        last = got.last and state.stage == stages[-1]
        complete = got.place.trusted and (state.since is None or "sweep" in stages)
        page = Page(cursor=self._cursor(got, stages), last=last, snapshot=complete, living=True, notes=got.notes)
        if state.stage == "rows":
            found = self._rows.sort(got.items)
            seen = [skipped.source_id for skipped in found.skipped if skipped.source_id]
            return replace(page, **vars(found), seen=seen, total=got.total, done=got.place.done)
        deletions = state.stage == "deletions"
        named = [self._rows.listed(item) if deletions else self._rows.source_id(item) for item in got.items]
        ids = [source_id for source_id in named if source_id]
        if named and not ids:
            raise StopEntity(f"{self._plan.what}: the rows that {self._plan.deleted.by} gives hold no id; correct connector.deleted")
        return replace(page, deleted=ids) if deletions else replace(page, seen=ids)

    def _cursor(self, got: Got, stages: list[Stage]) -> dict[str, Any] | None:
        state = self._state
        if not got.last:
            return state.cursor(self._plan.key)
        if state.stage != stages[-1]:
            return state.at(stages[stages.index(state.stage) + 1]).cursor(self._plan.key)
        return states.ended(self._plan.key, self._next_since(state.trusted and got.place.trusted))

    def _next_since(self, trusted: bool) -> float | None:
        """Where the next read has to begin to look; where this one may have missed something, it is not moved on. A service whose clock
        is behind stamps its rows earlier than we would."""
        if self._plan.whole_because:
            return None
        return self._state.began + min(0.0, self._door.skew or 0.0) if trusted else self._state.since
