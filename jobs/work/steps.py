"""What an officer does about a business on the list: each a row that can be undone, and that holds through every sync."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from jobs import audit, merged_ids
from jobs.refused import Refused
from jobs.work.keeping import keep
from store import bulk
from store.database import Database
from store.tables import Business, Flag, FlagHistory, WorkStep

step, flag, history, business = (bulk.table_of(model) for model in (WorkStep, Flag, FlagHistory, Business))

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "not_relevant": "Not a business we work with",
        "too_small": "Too small for this work",
        "group_elsewhere": "Decided elsewhere in its group",
        "does_not_want": "Does not want to be approached",
        "handled_elsewhere": "A partner is in touch with it",
        "wrong_data": "The records are wrong",
        "other": "Another reason",
    }
)
"""Why somebody takes a business off the list, with what is shown."""
LONGEST = 2000
"""Characters that a person may write."""
NAME_LONGEST = 200


def assign(store: Database, business_ids: Iterable[str], owner: str | None, who: str, now: datetime) -> list[int]:
    """Gives businesses to an officer, by sign-in name, or to nobody; the ids of the steps. Raises Refused."""
    named = (owner or "").strip() or None
    if named and len(named) > NAME_LONGEST:
        raise Refused("That is too long for a sign-in name. Choose an officer from the list.")
    return _take(store, business_ids, "assigned", who, now, owner=named)


def snooze(store: Database, business_ids: Iterable[str], until: date, who: str, now: datetime, today: date, words: str = "") -> list[int]:
    """Puts businesses off until a day, on which they are back. `today`: local to the configured zone. Raises Refused."""
    if until <= today:
        raise Refused("That day has come already. Choose a day after today.")
    return _take(store, business_ids, "snoozed", who, now, until=until, words=_written(words))


def dismiss(store: Database, business_ids: Iterable[str], reason: str, who: str, now: datetime, words: str = "") -> list[int]:
    """Takes businesses off the list, until their state or reach changes. `reason`: one of REASONS. Raises Refused."""
    if reason not in REASONS:
        raise Refused("Choose why it comes off the list.")
    if reason == "other" and not words.strip():
        raise Refused("Write in a few words why it comes off the list.")
    return _take(store, business_ids, "dismissed", who, now, reason=reason, words=_written(words))


def reopen(store: Database, business_ids: Iterable[str], who: str, now: datetime) -> list[int]:
    """Wakes what was put off, and puts back what was taken off. Raises Refused."""
    return _take(store, business_ids, "reopened", who, now)


def comment(store: Database, business_id: str, words: str, who: str, now: datetime) -> int:
    """Writes a comment beside a business; the id of the step. Raises Refused."""
    if not words.strip():
        raise Refused("Write something first.")
    return _take(store, [business_id], "commented", who, now, words=_written(words))[0]


def undo(store: Database, step_id: int, who: str, now: datetime) -> None:
    """Undoes one step: how the business stands is as if it had not been. Raises Refused."""
    with store.connect() as connection:
        of_this = step.c.id == step_id, step.c.undone_at.is_(None)
        row = connection.execute(
            update(step).where(*of_this).values(undone_at=now, undone_by=who).returning(step.c.business_id, step.c.kind)
        ).first()
        if row is None:
            raise Refused("That is undone already, or was never there. Look at the page again.")
        audit.note(connection, who, f"work undo {row.kind}", row.business_id, now, f"step {step_id}")
        keep(connection, merged_ids.current(connection, Business, [row.business_id]).values())


def _take(store: Database, business_ids: Iterable[str], kind: str, who: str, now: datetime, **facts: Any) -> list[int]:
    """One step for each business, in their order, in one transaction."""
    with store.connect() as connection:
        wanted = list(dict.fromkeys(business_ids))
        means = merged_ids.current(connection, Business, wanted)
        if not wanted or len(means) < len(wanted):
            raise Refused(
                "Choose at least one business." if not wanted else "A business among these is not known any more. Look at the list again."
            )
        held = list(dict.fromkeys(means[found] for found in wanted))
        stood = _stood(connection, held) if kind == "dismissed" else {}
        ids = []
        for found in held:
            row = {"business_id": found, "kind": kind, "decided_by": who, "decided_at": now, **facts, **stood.get(found, {})}
            ids.append(int(connection.execute(insert(step).values(**row).returning(step.c.id)).scalar_one()))
            audit.note(connection, who, f"work {kind}", found, now, f"step {ids[-1]}")
        keep(connection, held)
        return ids


def _stood(connection: Connection, business_ids: list[str]) -> dict[str, dict[str, Any]]:
    """How each flag stands, and since when."""
    found = {}
    for business_id in business_ids:
        row = connection.execute(select(flag.c.state, flag.c.reach).where(flag.c.business_id == business_id)).first()
        since = connection.scalar(select(func.max(history.c.as_of)).where(history.c.business_id == business_id))
        found[business_id] = {"state": row and row.state, "reach": row and row.reach, "changed_on": since}
    return found


def _written(words: str) -> str:
    text = words.strip()
    if len(text) > LONGEST:
        raise Refused(f"That is too long: write at most {LONGEST:,} characters.")
    return text
