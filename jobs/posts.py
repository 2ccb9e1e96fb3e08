"""Posts: which person record stands at which business record, now and before the CRM pointed it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

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
    held: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(select(post).where(post.c.connection_id == world.connection_id)).mappings():
        person, business = world.heir(row["person_record_id"]), world.heir(row["business_record_id"])
        held.setdefault(person, []).append({**row, "person_record_id": person, "business_record_id": business})
    rows = [
        row
        for live in world.records["person"]
        for row in _numbered(_posts(world, live, held.get(live.id, []), levels, moved_at))
    ]
    return bulk.replace(connection, Post, rows, {"connection_id": world.connection_id})


def _numbered(posts: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Posts that a merge brought together under one number get numbers of their own; what is alike is one."""
    taken: dict[tuple[int, int], dict[str, Any]] = {}
    for row in posts:
        number = row["number"]
        while (other := taken.get((row["business_record_id"], number))) is not None and other["until"] != row["until"]:
            number += 1
        if other is None:
            taken[(row["business_record_id"], number)] = row | {"number": number}
    yield from taken.values()


def _posts(world: World, live: Live, held: list[dict[str, Any]], levels: LeaderLevels, moved_at: datetime) -> Iterator[dict[str, Any]]:
    stored = live.fields.get("business")
    now = set(world.find("person", "business", stored, "business"))
    for business in sorted(now):
        numbers = {old["number"]: old["until"] for old in held if old["business_record_id"] == business}
        latest = max(numbers, default=0)
        yield _current(world.connection_id, live, business, latest + 1 if numbers.get(latest) else latest, levels)
    for old in held:
        if old["until"]:
            yield old
        elif old["business_record_id"] not in now and (now or not stored):
            yield old | {"until": _moved(live, old, moved_at)}


def _moved(live: Live, old: dict[str, Any], moved_at: datetime) -> datetime:
    """When the CRM moved a record. A reference that only fits nothing, or two, any more is no move, and does not come here."""
    told = live.changed is not None and (old["changed"] is None or live.changed > old["changed"])
    return min(live.changed, moved_at) if told and live.changed else moved_at


def _current(connection_id: int, live: Live, business: int, number: int, levels: LeaderLevels) -> dict[str, Any]:
    title, left_on = str(live.fields.get("title", "")), live.fields.get("left_on")
    return {
        "person_record_id": live.id,
        "business_record_id": business,
        "number": number,
        "connection_id": connection_id,
        "title": title,
        "level": levels.of(title).level,
        "until": None,
        "has_left": live.fields.get("status") == "left",
        "left_on": date.fromisoformat(left_on) if left_on else None,
        "do_not_contact": live.fields.get("do_not_contact") == "true",
        "changed": live.changed,
        "changed_on": live.changed_on,
    }
