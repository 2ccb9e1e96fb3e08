"""What `placebridge check` says of a REST connection."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from connector.contract import ConnectorError, Entity, Finding, StopEntity
from connector.http import Call, Clock, Door
from connector.http.findings import expiry_finding, skew_finding
from connector.rest.answers import found_in, items_of, total_of
from connector.rest.columns import MISSING, Odd, Path, as_text
from connector.rest.moments import since_value
from connector.rest.plan import Ask, Plan
from connector.rest.words import Changed, Top

YEAR = 366 * 86_400.0
LONG_AGO = 946_684_800.0
"""The year 2000."""


class Check:
    """One check of a connection."""

    def __init__(self, door: Door, top: Top, expires: date | None, clock: Clock, plan: Callable[[Entity], Plan]) -> None:
        self._door, self._top, self._expires, self._clock, self._plan = door, top, expires, clock, plan

    def findings(self, entities: list[Entity]) -> Iterator[Finding]:
        """Sign-in, each entity, the clock, the secret's end."""
        fault = None
        try:
            yield Finding("sign-in", True, self._signed_in())
        except ConnectorError as error:
            fault = error
            yield Finding("sign-in", False, str(error))
        for entity in entities:
            yield from self._entity(entity, fault is None)
        yield from skew_finding(self._door.skew)
        if self._top.sign_in.by != "none":
            yield expiry_finding(self._expires, self._clock)

    def _signed_in(self) -> str:
        self._door.sign_in()
        who = self._top.who
        if who is None:
            return "what the sign-in may read is seen below; connector.who in the field map could say who is signed in"
        answer = self._door.send(Call(who.path, "who is signed in", headers=self._top.headers))
        name = found_in(answer.data, who.name)
        return f"signed in as {as_text(name)}" if as_text(name) else f"signed in; the answer holds no {who.name.text} to say as whom"

    def _entity(self, entity: Entity, signed_in: bool) -> Iterator[Finding]:
        name = f"{entity.kind} from {entity.source}"
        try:
            plan = self._plan(entity)
            if not signed_in:
                return
            items, total = self._first_rows(plan)
            yield Finding(name, True, _counted(items, total))
            yield from self._columns(plan, name, items)
            yield self._changes(plan, name, bool(items))
            yield from self._gone(plan, name, bool(items))
        except ConnectorError as error:
            yield Finding(name, False, str(error))

    def _first_rows(self, plan: Plan) -> tuple[list[Any], int | None]:
        """The first page; where the service refuses it with the columns asked for, finds out which of them it refuses."""
        try:
            return self._page(plan.rows)
        except StopEntity as error:
            refused = self._refused(plan.rows)
            if not refused:
                raise
            words = f"the service refuses {', '.join(refused)}; correct these columns in the field map"
            raise StopEntity(f"{plan.what}: {words}") from error

    def _refused(self, ask: Ask) -> list[str]:
        if ask.fields is None or not ask.names or self._refuses(replace(ask, names=())):
            return []
        return [name for name in ask.names if self._refuses(replace(ask, names=(name,)))]

    def _refuses(self, ask: Ask) -> bool:
        try:
            self._page(ask)
        except StopEntity:
            return True
        return False

    def _page(self, ask: Ask, since: Any = None) -> tuple[list[Any], int | None]:
        starts = {"page": ask.paging.first, "offset": 0}
        answer = self._door.send(ask.call({**starts, "since": since}))
        return items_of(ask, answer), total_of(ask, answer)

    def _columns(self, plan: Plan, name: str, items: list[Any]) -> Iterator[Finding]:
        if not items:
            return
        rows = [item for item in items if isinstance(item, dict)]
        inner = [found for row in rows if isinstance(found := _quiet(plan.said.inside, row), dict)]
        paths = [*plan.columns, *([plan.deleted.column] if plan.deleted.column else [])]
        missing = [path for path in paths if all(path.lacks(row) for row in [*inner, *rows])]
        if not missing:
            yield Finding(f"{name}: columns", True, f"all {len(paths)} are there")
            return
        known = sorted({key for row in [*rows[:20], *inner[:20]] for key in _paths(row)})
        told = "; ".join(_missing(path, known) for path in missing)
        yield Finding(f"{name}: columns", False, f"in none of the first {len(rows)} rows: {told}")

    def _changes(self, plan: Plan, name: str, any_rows: bool) -> Finding:
        check = f"{name}: changes"
        changed = plan.said.changed
        if plan.whole_because or changed is None:
            return Finding(check, True, f"everything is read each time, for {plan.whole_because}")
        later, _ = self._page(plan.incremental(), self._since(changed, self._clock.now() + YEAR))
        if later:
            words = "asked for changes after a year from now, the service gives rows, so it does not heed connector.changed; correct it"
            return Finding(check, False, words)
        earlier, _ = self._page(plan.incremental(), self._since(changed, LONG_AGO))
        if any_rows and not earlier:
            words = "asked for changes since the year 2000, the service gives no row; correct connector.changed, its format first"
            return Finding(check, False, words)
        return Finding(check, True, f"only what has changed is read, {changed.lookback} minutes further back each time")

    def _since(self, changed: Changed, moment: float) -> Any:
        return since_value(moment, moment, changed.format, changed.zone)

    def _gone(self, plan: Plan, name: str, any_rows: bool) -> Iterator[Finding]:
        check = f"{name}: deletions"
        if plan.gone is None:
            flag = plan.deleted.column
            words = f"a row is gone when {flag.text} says so" if flag else "a row is gone when it no longer comes"
            yield Finding(check, True, words if plan.entity.complete else "nothing is taken for gone (complete: no)")
            return
        listed = plan.deleted.by == "list"
        items, _ = self._page(plan.gone, plan.gone_since(self._clock.now(), self._clock.now()) if listed else None)
        if listed:
            yield Finding(check, True, f"{plan.gone.path} lists them")
        elif any_rows and not items:
            yield Finding(check, False, "the request for all ids gives none; correct connector.deleted")
        else:
            yield Finding(check, True, "all ids are read each time, and a row is gone when its id no longer comes")


def _counted(items: list[Any], total: int | None) -> str:
    if total is not None:
        return f"{total:,} {'row' if total == 1 else 'rows'}"
    return "at least one row" if items else "no row; look whether the account may see any"


def _missing(path: Path, known: list[str]) -> str:
    near = get_close_matches(path.text, known, 2, 0.6)
    return f"{path.text} (perhaps {' or '.join(near)})" if near else f"{path.text} (empty everywhere, or spelled otherwise)"


def _quiet(path: Path, row: Any) -> Any:
    try:
        return path.find(row)
    except Odd:
        return MISSING


def _paths(row: dict[str, Any]) -> Iterator[str]:
    """The names in a row, and those one level further in."""
    for name, value in row.items():
        yield name
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            yield from (f"{name}.{key}" for key in inner)
