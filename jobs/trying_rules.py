"""Titles and the policy tried on what is held: what would change, before they are saved. Nothing is stored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from jobs.facts import Loader
from jobs.flag import decide
from mappings.leader_levels import LeaderLevels
from mappings.policy_rules import PolicyRules
from store import bulk
from store.database import Database
from store.tables import Flag, Post

post, flag = bulk.table_of(Post), bulk.table_of(Flag)

TITLES = 5000
"""The commonest so many titles are read."""
BUSINESSES = 500
"""So many businesses are judged, those of the highest priority first."""
SHOWN = 30


@dataclass(frozen=True)
class Tried:
    """What would change."""

    read: int
    held: int
    changed: int
    counts: tuple[tuple[str, int, int], ...]
    """A level or state, how many have it now, and how many would."""
    examples: tuple[tuple[str, str, str], ...]
    """A title or a business's id, what it has now, and what it would have."""


def try_titles(store: Database, before: LeaderLevels, after: LeaderLevels) -> Tried:
    """The levels of the commonest titles."""
    counted = select(post.c.title).where(post.c.title != "").group_by(post.c.title)
    with store.reading() as connection:
        held = connection.scalar(select(func.count()).select_from(counted.subquery())) or 0
        titles = list(connection.scalars(counted.order_by(func.count().desc(), post.c.title).limit(TITLES)))
    return _tried([(title, before.of(title).level, after.of(title).level) for title in titles], held)


def try_policy(store: Database, before: PolicyRules, after: PolicyRules, today: date, zone: ZoneInfo) -> Tried:
    """The states of the businesses of the highest priority."""
    with store.reading() as connection:
        held = connection.scalar(select(func.count()).select_from(flag)) or 0
        ids = list(connection.scalars(select(flag.c.business_id).order_by(flag.c.priority.desc(), flag.c.business_id).limit(BUSINESSES)))
        known = Loader(connection, zone).load(ids)
    pairs = []
    for one in known:
        old, new = decide(one, today, before).judged, decide(one, today, after).judged
        pairs.append((one.id, old.state if old else "", new.state if new else ""))
    return _tried(pairs, held)


def _tried(pairs: Sequence[tuple[str, str, str]], held: int) -> Tried:
    had, has = Counter(old for _, old, _ in pairs), Counter(new for _, _, new in pairs)
    changed = [pair for pair in pairs if pair[1] != pair[2]]
    counts = tuple((found, had[found], has[found]) for found in sorted(had.keys() | has.keys()))
    return Tried(len(pairs), held, len(changed), counts, tuple(changed[:SHOWN]))
