"""Flag: a business with its state, reach and priority, why, whom to approach and through whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, or_, select

from jobs import wording
from jobs.facts import Known, Loader
from mappings.policy import Judged, judge
from mappings.policy_rules import PolicyRules
from store import bulk
from store.database import Database
from store.tables import Business, Flag, FlagLooked

business, flag, looked = (bulk.table_of(model) for model in (Business, Flag, FlagLooked))

BATCH = 1000
"""Businesses that are looked at together."""


@dataclass(frozen=True)
class Decided:
    """A business with what the policy says of it; `row` is None where it has no flag (closed)."""

    known: Known
    judged: Judged | None
    row: dict[str, Any] | None


def decide(known: Known, as_of: date, rules: PolicyRules) -> Decided:
    """The flag of one business as of a day."""
    judged = judge(known.facts, as_of, rules)
    if judged is None:
        return Decided(known, None, None)
    row = {
        "business_id": known.id,
        "state": judged.state,
        "reach": judged.reach,
        "priority": judged.priority,
        "points": judged.points,
        "reason": wording.reason(known, judged, as_of, rules.window_days),
        "approach": wording.approach(known, judged, as_of),
        "via": wording.via(known, judged, as_of) if judged.state != "engaged" else "",
        "place": known.place,
        "themes": "|".join(known.facts.themes),
        "connections": "|".join(known.connections),
        "as_of": as_of,
        "next_on": next_on(known, judged, as_of),
    }
    return Decided(known, judged, row)


def next_on(known: Known, judged: Judged, as_of: date) -> date | None:
    """The next day on which time alone could change a flag: what the policy says, or that it is not to be approached."""
    ends = [shut.ends_on for shut in known.corrected.shut if shut.ends_on and shut.ends_on > as_of]
    return min([*ends, *([judged.next_on] if judged.next_on else [])], default=None)


def decide_all(connection: Connection, ids: Sequence[str], as_of: date, rules: PolicyRules, zone: ZoneInfo) -> Iterator[Decided]:
    """The flags of these businesses as of a day; those that have no live record are left out."""
    for known in Loader(connection, zone).load(ids):
        yield decide(known, as_of, rules)


def stored_states(store: Database) -> dict[str, tuple[str, str]]:
    """The state and name of each business that has a flag, as they were last written, whatever the day."""
    query = select(flag.c.business_id, flag.c.state, business.c.name).join(business, business.c.id == flag.c.business_id)
    with store.reading() as connection:
        return {row.business_id: (row.state, row.name) for row in connection.execute(query)}


def flags_as_of(store: Database, as_of: date, rules: PolicyRules, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Every flag as of a day with the business's name, without writing: a stored flag where it holds that day, else computed.

    Sorted by priority, then name."""
    with store.reading() as connection:
        names = dict(
            connection.execute(select(business.c.id, business.c.name).where(business.c.merged_into.is_(None), ~business.c.gone)).all()
        )
        holds = (looked.c.as_of <= as_of, or_(looked.c.next_on.is_(None), looked.c.next_on > as_of))
        fresh = set(connection.scalars(select(looked.c.business_id).where(*holds)))
        rows = [dict(row) for row in connection.execute(select(flag)).mappings() if row["business_id"] in fresh]
        stale = sorted(set(names) - fresh)
        for part in bulk.parts(stale, BATCH):
            rows += [found.row for found in decide_all(connection, part, as_of, rules, zone) if found.row]
    named = [row | {"name": names[row["business_id"]]} for row in rows if row["business_id"] in names]
    return sorted(named, key=lambda row: (-row["priority"], row["name"].casefold(), row["business_id"]))
