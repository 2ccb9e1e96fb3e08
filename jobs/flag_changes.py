"""What a look at some businesses changes: worked out by reading alone, so that any process can, and then written in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from jobs.flag import Decided, decide_all
from jobs.place import tally
from jobs.place.seats import SeatRules
from jobs.rules import Rules
from jobs.work import keeping
from mappings.policy_rules import PolicyRules
from store import bulk
from store.queries import among
from store.tables import Flag, FlagHistory, FlagLooked

flag, history = bulk.table_of(Flag), bulk.table_of(FlagHistory)

Key = tuple[str | None, str | None]
"""State and reach; None twice where there is no flag."""
NO_FLAG: Key = (None, None)


@dataclass(frozen=True)
class Looking:
    """As of which day, and by what, businesses are looked at."""

    as_of: date
    zone: ZoneInfo
    policy: PolicyRules
    seats: SeatRules

    @classmethod
    def by(cls, rules: Rules, as_of: date, zone: ZoneInfo) -> "Looking":
        """By those among all rules that a look needs."""
        return cls(as_of, zone, rules.policy, SeatRules.of(rules))

    @property
    def version(self) -> str:
        """Changes when any business could come out otherwise, the day aside."""
        return f"{self.policy.version} {self.zone.key} {keeping.SHAPE} {self.seats.version}"


@dataclass(frozen=True)
class Changes:
    """What differs in each table that a look keeps."""

    flags: bulk.Change
    looks: bulk.Change
    picture: tally.Changes
    turned: dict[str, Key]
    """Where state or reach changed: what they are from this day on."""
    listed: list[str]
    """Businesses whose row of the list is to be made anew."""


def changes(connection: Connection, ids: Sequence[str], looking: Looking, touched: Collection[str]) -> Changes:
    """Looks at these businesses; nothing is written. Of those whose flag stays as it is, only `touched` may stand in the list otherwise."""
    as_of = looking.as_of
    decided = list(decide_all(connection, ids, as_of, looking.policy, looking.zone))
    judged = [(found.known, found.judged) for found in decided]
    rows = [found.row for found in decided if found.row]
    flags = bulk.compare_among(connection, Flag, "business_id", ids, rows)
    flagged = [found for (found,) in flags.keys()]
    others = set(touched).difference(flagged)
    return Changes(
        flags=flags,
        looks=bulk.compare_among(connection, FlagLooked, "business_id", ids, [_look(found, as_of) for found in decided]),
        picture=tally.changes(connection, ids, judged, as_of, looking.seats),
        turned=_turned(connection, flagged, {row["business_id"]: (row["state"], row["reach"]) for row in rows}),
        listed=[*flagged, *keeping.stale(connection, sorted(others))],
    )


def write(connection: Connection, found: Changes, as_of: date) -> None:
    """Writes what `changes` found as of a day."""
    bulk.carry_out(connection, Flag, found.flags)
    bulk.carry_out(connection, FlagLooked, found.looks)
    _write_history(connection, found.turned, as_of)
    keeping.keep(connection, found.listed)
    tally.write(connection, found.picture)


def _look(found: Decided, as_of: date) -> dict[str, object]:
    return {"business_id": found.known.id, "as_of": as_of, "next_on": found.row["next_on"] if found.row else None}


def _turned(connection: Connection, ids: Sequence[str], after: dict[str, Key]) -> dict[str, Key]:
    """Of businesses whose flags differ, and so of no others, those whose state or reach does."""
    if not ids:
        return {}
    query = select(flag.c.business_id, flag.c.state, flag.c.reach).where(among(connection, flag.c.business_id, ids))
    before: dict[str, Key] = {business_id: (state, reach) for business_id, state, reach in connection.execute(query).all()}
    return {found: after.get(found, NO_FLAG) for found in ids if before.get(found, NO_FLAG) != after.get(found, NO_FLAG)}


def _write_history(connection: Connection, turned: dict[str, Key], as_of: date) -> None:
    if not turned:
        return
    connection.execute(delete(history).where(among(connection, history.c.business_id, list(turned)), history.c.as_of == as_of))
    rows = [(found, as_of, *state_and_reach) for found, state_and_reach in turned.items()]
    bulk.insert(connection, FlagHistory, ("business_id", "as_of", "state", "reach"), rows)
