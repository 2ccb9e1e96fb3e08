"""Flag: computes the state of every business that something touched, time included, and keeps the history of changes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, or_, select

from jobs import wording
from jobs.collecting import seldom
from jobs.facts import Known, Loader
from jobs.place import tally
from jobs.place.seats import SeatRules
from jobs.rules import Rules
from jobs.work import keeping
from mappings.policy import Judged, judge
from mappings.policy_rules import PolicyRules
from store import bulk
from store.database import Database
from store.lease import STAGES, Fenced, hold
from store.lock import Locked
from store.queries import among
from store.tables import Business, Dirty, Flag, FlagHistory, FlagLooked, Stage

business, dirty = bulk.table_of(Business), bulk.table_of(Dirty)
flag, looked, history = bulk.table_of(Flag), bulk.table_of(FlagLooked), bulk.table_of(FlagHistory)

BATCH = 1000


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


def flag_businesses(
    store: Database,
    as_of: date,
    rules: Rules,
    zone: ZoneInfo,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Brings every flag, and beside it the picture of the places, up to a day; returns how many businesses were looked at."""
    version = _version(rules, zone)
    with store.connect() as connection:
        ids = _due(connection, as_of, version)
    with seldom():
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            with store.connect() as connection:
                _look(connection, part, as_of, rules, zone)
            progress(start + len(part), len(ids))
    with store.connect() as connection:
        bulk.replace(connection, Stage, [{"name": "flag", "worked_from": {"rules": version}}], {"name": "flag"})
    return len(ids)


def reflag(store: Database, ids: Iterable[str], as_of: date, rules: Rules, zone: ZoneInfo) -> bool:
    """Looks at these businesses again at once, those of them that are to be; True when none of them waits any more.

    False where somebody is at the stages: they stay marked, so that the run under way or the next looks at them. `store` may be in use by
    other threads meanwhile."""
    try:
        # The lease is looked at here and not by `store`, as other threads write through it too.
        with hold(store, [STAGES], guard=False) as held, store.connect() as connection:
            held.touch(connection)
            marked = select(dirty.c.business_id).where(among(connection, dirty.c.business_id, sorted(set(ids))))
            _look(connection, sorted(connection.scalars(marked)), as_of, rules, zone)
            held.touch(connection)
    except (Locked, Fenced):
        return False
    return True


def _look(connection: Connection, ids: list[str], as_of: date, rules: Rules, zone: ZoneInfo) -> None:
    # First, so that a mark that somebody makes meanwhile waits for this transaction's end, and is not taken off unseen.
    connection.execute(delete(dirty).where(among(connection, dirty.c.business_id, ids)))
    decided = list(_decide(connection, ids, as_of, rules.policy, zone))
    _write(connection, ids, decided, as_of)
    tally.write(connection, ids, [(found.known, found.judged) for found in decided], as_of, rules.policy, SeatRules.of(rules))


def _version(rules: Rules, zone: ZoneInfo) -> str:
    return f"{rules.policy.version} {zone.key} {keeping.SHAPE} {SeatRules.of(rules).version}"


def _due(connection: Connection, as_of: date, version: str) -> list[str]:
    """Businesses touched since they were looked at, those whose time has come, and all when the rules changed."""
    stage = bulk.table_of(Stage)
    held = connection.scalar(select(stage.c.worked_from).where(stage.c.name == "flag"))
    if held != {"rules": version}:
        known = set(connection.scalars(select(business.c.id).where(business.c.merged_into.is_(None))))
        return sorted(known | set(connection.scalars(select(looked.c.business_id))))
    by_time = select(looked.c.business_id).where(or_(looked.c.next_on <= as_of, looked.c.as_of > as_of))
    return sorted({*connection.scalars(select(dirty.c.business_id)), *connection.scalars(by_time)})


def _decide(connection: Connection, ids: Sequence[str], as_of: date, rules: PolicyRules, zone: ZoneInfo) -> Iterator[Decided]:
    for known in Loader(connection, zone).load(ids):
        yield decide(known, as_of, rules)


def _write(connection: Connection, ids: list[str], decided: list[Decided], as_of: date) -> None:
    states = _states(connection, ids)
    rows = [found.row for found in decided if found.row]
    bulk.replace_among(connection, Flag, "business_id", ids, rows)
    looks = [
        {"business_id": found.known.id, "as_of": as_of, "next_on": found.row["next_on"] if found.row else None} for found in decided
    ]
    bulk.replace_among(connection, FlagLooked, "business_id", ids, looks)
    _write_history(connection, ids, states, {row["business_id"]: (row["state"], row["reach"]) for row in rows}, as_of)
    keeping.keep(connection, ids)


def _states(connection: Connection, ids: list[str]) -> dict[str, tuple[str, str]]:
    query = select(flag.c.business_id, flag.c.state, flag.c.reach).where(among(connection, flag.c.business_id, ids))
    return {row.business_id: (row.state, row.reach) for row in connection.execute(query)}


def _write_history(
    connection: Connection, ids: list[str], before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]], as_of: date
) -> None:
    changed = [found for found in ids if before.get(found) != after.get(found)]
    if not changed:
        return
    connection.execute(delete(history).where(among(connection, history.c.business_id, changed), history.c.as_of == as_of))
    none: tuple[str | None, str | None] = (None, None)
    rows = [(found, as_of, *after.get(found, none)) for found in changed]
    bulk.insert(connection, FlagHistory, ("business_id", "as_of", "state", "reach"), rows)


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
        for start in range(0, len(stale), BATCH):
            rows += [found.row for found in _decide(connection, stale[start : start + BATCH], as_of, rules, zone) if found.row]
    named = [row | {"name": names[row["business_id"]]} for row in rows if row["business_id"] in names]
    return sorted(named, key=lambda row: (-row["priority"], row["name"].casefold(), row["business_id"]))
