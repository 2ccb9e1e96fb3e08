"""How a business stands in the work: worked out from what people did and from what its flag did since. Nothing of it is stored as truth."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jobs import merged_ids
from jobs.wording import say_day
from store import bulk
from store.queries import among
from store.tables import FlagHistory, WorkStep

step, history = bulk.table_of(WorkStep), bulk.table_of(FlagHistory)

OPEN, SNOOZED, DISMISSED = "open", "snoozed", "dismissed"
SINCE = {
    "engaged": "a leader of theirs took part",
    "leader_left": "its leader left",
    "leader_lapsed": "its leader's last meeting became too old to count",
    "leader_not_engaged": "a leader of theirs is known",
    "no_leader_known": "no leader of theirs is known any more",
}
"""What a change into a state means, in a sentence that begins with since then."""
REACHED = {
    "leader": "a leader of theirs took part",
    "staff_only": "only staff of theirs took part",
    "invited_only": "it was only invited or written to",
    "none": "nobody of theirs took part or was invited for a year",
}


@dataclass(frozen=True)
class Change:
    """A change of a business's flag; None where it has none from then on."""

    as_of: date
    state: str | None
    reach: str | None


@dataclass
class Standing:
    """How one business stands. What depends on the day is asked with the day."""

    owner: str | None = None
    snoozed_until: date | None = None
    dismissed: bool = False
    """Taken off, and nothing has changed since."""
    dismissed_at: datetime | None = None
    since: Change | None = None
    """The newest change since it was taken off, which put it back."""
    steps: list[Any] = field(default_factory=list)
    """The rows of what was done and not undone, the oldest first."""

    def on(self, today: date) -> str:
        """open, snoozed or dismissed."""
        if self.dismissed:
            return DISMISSED
        return SNOOZED if self.snoozed_until is not None and self.snoozed_until > today else OPEN

    def back(self, today: date, zone: ZoneInfo) -> str:
        """Why it is open again; empty where it never was put off, or still is."""
        if self.snoozed_until is not None and self.snoozed_until <= today:
            return f"It was snoozed until {say_day(self.snoozed_until)}."
        if self.since is not None and self.dismissed_at is not None:
            return (
                f"It was dismissed on {say_day(self.dismissed_at.astimezone(zone).date())}; since then {_in_words(self.since, self.steps)}."
            )
        return ""


def standings(connection: Connection, business_ids: Iterable[str]) -> dict[str, Standing]:
    """How each of these businesses stands, by its id; what was done under ids that mean one of them now counts for it."""
    ids = list(business_ids)
    means = merged_ids.meaning(connection, ids)
    rows = connection.execute(
        select(step)
        .where(among(connection, step.c.business_id, sorted(means)), step.c.undone_at.is_(None))
        .order_by(step.c.decided_at, step.c.id)
    ).all()
    steps: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        steps[means[row.business_id]].append(row)
    changes = _changes(connection, sorted({means[row.business_id] for row in rows if row.kind == "dismissed"}))
    return {found: standing(found, steps.get(found, []), changes.get(found, [])) for found in ids}


def standing(business_id: str, steps: Sequence[Any], changes: Sequence[Change]) -> Standing:
    """How a business stands by its steps, the oldest first, and the changes of its flag, the oldest first."""
    owner = next((row.owner for row in reversed(steps) if row.kind == "assigned"), None)
    found = Standing(owner, steps=list(steps))
    last = next((row for row in reversed(steps) if row.kind in {"snoozed", "dismissed", "reopened"}), None)
    if last is not None and last.kind == "snoozed":
        found.snoozed_until = last.until
    elif last is not None and last.kind == "dismissed":
        found.dismissed_at = last.decided_at
        found.since = _changed_since(business_id, last, changes)
        found.dismissed = found.since is None
    return found


def _changed_since(business_id: str, last: Any, changes: Sequence[Change]) -> Change | None:
    """The newest change that came after a dismissal: on a later day than the change that was seen then, or in its place."""
    if not changes:
        return None
    newest, seen = changes[-1], (last.state, last.reach)
    if last.business_id != business_id:  # merged into another, whose changes that dismissal did not see
        return newest if (newest.state, newest.reach) != seen else None
    later = [change for change in changes if last.changed_on is None or change.as_of > last.changed_on]
    if later:
        return later[-1]
    return newest if (newest.state, newest.reach) != seen else None


def _changes(connection: Connection, ids: list[str]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = defaultdict(list)
    query = select(history).where(among(connection, history.c.business_id, ids)).order_by(history.c.business_id, history.c.as_of)
    for row in connection.execute(query):
        found[row.business_id].append(Change(row.as_of, row.state, row.reach))
    return found


def _in_words(change: Change, steps: Sequence[Any]) -> str:
    if change.state is None:
        return "it closed or went from the records"
    before = next((row.state for row in reversed(steps) if row.kind == "dismissed"), None)
    return SINCE[change.state] if change.state != before else REACHED.get(change.reach or "", "it changed")
