"""Posts: which person record stands at which business record, now and before the CRM pointed it elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import starmap
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, select

from mappings.leader_levels import LeaderLevels
from store import bulk
from store.tables import Post

if TYPE_CHECKING:
    from jobs.resolve import Live, World

post = bulk.table_of(Post)


def resolve_posts(connection: Connection, world: World, levels: LeaderLevels, moved_at: datetime) -> bulk.Change:
    """Writes each person's post. One that the CRM has moved keeps the old post as it last was, ended when it was moved: at the
    record's `changed` where that tells, else at `moved_at`."""
    held: dict[int, list[_Post]] = {}
    query = select(*(post.c[name] for name in _Post._fields)).where(post.c.connection_id == world.connection_id)
    for old in starmap(_Post, connection.execute(query).all()):
        person, business = world.heir(old.person_record_id), world.heir(old.business_record_id)
        held.setdefault(person, []).append(old._replace(person_record_id=person, business_record_id=business) if world.successors else old)
    rows = (row for live in world.records["person"] for row in _numbered(_posts(world, live, held.get(live.id, []), levels, moved_at)))
    return bulk.replace_rows(connection, Post, _Post._fields, rows, {"connection_id": world.connection_id})


class _Post(NamedTuple):
    """A row of the table: there are as many as people."""

    person_record_id: int
    business_record_id: int
    number: int
    connection_id: int
    title: str
    level: str
    until: datetime | None
    has_left: bool
    left_on: date | None
    do_not_contact: bool
    changed: datetime | None
    changed_on: date | None


def _numbered(posts: Iterator[_Post]) -> Iterable[_Post]:
    """Posts that a merge brought together under one number get numbers of their own; what is alike is one."""
    taken: dict[tuple[int, int], _Post] = {}
    for row in posts:
        number = row.number
        while (other := taken.get((row.business_record_id, number))) is not None and other.until != row.until:
            number += 1
        if other is None:
            taken[(row.business_record_id, number)] = row if number == row.number else row._replace(number=number)
    return taken.values()


def _posts(world: World, live: Live, held: list[_Post], levels: LeaderLevels, moved_at: datetime) -> Iterator[_Post]:
    stored = live.fields.get("business")
    now = set(world.find("person", "business", stored, "business"))
    for business in sorted(now):
        numbers = {old.number: old.until for old in held if old.business_record_id == business}
        latest = max(numbers, default=0)
        yield _current(world.connection_id, live, business, latest + 1 if numbers.get(latest) else latest, levels)
    for old in held:
        if old.until:
            yield old
        elif old.business_record_id not in now and (now or not stored):
            yield old._replace(until=_moved(live, old, moved_at))


def _moved(live: Live, old: _Post, moved_at: datetime) -> datetime:
    """When the CRM moved a record. A reference that only fits nothing, or two, any more is no move, and does not come here."""
    told = live.changed is not None and (old.changed is None or live.changed > old.changed)
    return min(live.changed, moved_at) if told and live.changed else moved_at


def _current(connection_id: int, live: Live, business: int, number: int, levels: LeaderLevels) -> _Post:
    title, left_on = str(live.fields.get("title", "")), live.fields.get("left_on")
    return _Post(
        person_record_id=live.id,
        business_record_id=business,
        number=number,
        connection_id=connection_id,
        title=title,
        level=levels.of(title).level,
        until=None,
        has_left=live.fields.get("status") == "left",
        left_on=date.fromisoformat(left_on) if left_on else None,
        do_not_contact=live.fields.get("do_not_contact") == "true",
        changed=live.changed,
        changed_on=live.changed_on,
    )
