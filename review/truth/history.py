"""What happened to a business, in one list: its flag, what people corrected, decided about its records, and did about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Connection, select

from jobs import merged_ids
from jobs.decisions.asked import Decision
from jobs.wording import say_day
from jobs.work.steps import REASONS
from review.businesses.reading import View
from review.site import Site
from review.truth.shown import Shown
from review.words import REACHES, STATES
from store import bulk
from store.queries import among
from store.tables import WorkStep

step = bulk.table_of(WorkStep)


@dataclass(frozen=True)
class Happened:
    """One thing that happened. `whole_day`: on that day, at no moment that is known."""

    at: datetime
    said: str
    who: str = ""
    whole_day: bool = False


def happened(connection: Connection, site: Site, view: View, corrections: Sequence[Shown], decided: Sequence[Decision]) -> list[Happened]:
    """Everything, the newest first; what happened on a day stands before what happened in the course of it."""
    every = [*_flags(site, view), *_corrections(corrections), *_links(decided), *_steps(connection, view.id)]
    return sorted(every, key=lambda one: (one.at.astimezone(site.zone).date(), one.whole_day, one.at), reverse=True)


def _flags(site: Site, view: View) -> Iterator[Happened]:
    for row in view.history:
        state = STATES[row.state][0] if row.state else "No longer listed"
        reach = f" ({REACHES[row.reach].lower()})" if row.reach else ""
        yield Happened(datetime.combine(row.as_of, time(), site.zone).astimezone(UTC), f"{state}{reach}", whole_day=True)


def _corrections(corrections: Sequence[Shown]) -> Iterator[Happened]:
    for one in corrections:
        yield Happened(one.at, one.sentence, one.who)
        if one.undone_at:
            yield Happened(one.undone_at, f"Undone: {one.sentence}", one.undone_by or "")


def _links(decided: Sequence[Decision]) -> Iterator[Happened]:
    for one in decided:
        records = ", ".join(f"{side.connection} {side.source_id}" for side in one.records)
        said = f"Said to be the same: {records}" if one.same else f"Said to be another business: {records}"
        if one.at:
            yield Happened(one.at, said, one.who)
        if one.undone_at:
            yield Happened(one.undone_at, f"Undone: {said}", one.undone_by or "")


def _steps(connection: Connection, business_id: str) -> Iterator[Happened]:
    ids = sorted(merged_ids.meaning(connection, [business_id]))
    for row in connection.execute(select(step).where(among(connection, step.c.business_id, ids))):
        yield Happened(row.decided_at, _step(row), row.decided_by)
        if row.undone_at:
            yield Happened(row.undone_at, f"Undone: {_step(row)}", row.undone_by or "")


def _step(row: Any) -> str:
    """What was done, in words; not those of a comment that was undone."""
    if row.kind == "commented":
        return f"Comment: {row.words}" if row.undone_at is None else "Comment"
    if row.kind == "assigned":
        return f"Assigned to {row.owner or 'nobody'}"
    if row.kind == "snoozed":
        return f"Snoozed until {say_day(row.until)}"
    return f"Taken off the list: {REASONS.get(row.reason, row.reason)}" if row.kind == "dismissed" else "Put back on the list"
