"""Resolve: turns a connection's records into engagements, participants and posts, once all its entities are in.

References are looked up in the whole connection, so the order in which files and rows came does not matter. What a reference cannot
find is kept without it and listed; it resolves by itself when the other comes.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, select

from jobs import dirty
from jobs.posts import resolve_posts
from jobs.settling.said import replace_rejects
from mappings.leader_levels import LeaderLevels
from mappings.pointing import Found, Index, fold_name
from mappings.reading import pointed_at
from mappings.vocabulary import TOOK_PART
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Engagement, EngagementBusiness, Merged, Notice, Participant, Record, Reject

record, reject, merged = bulk.table_of(Record), bulk.table_of(Reject), bulk.table_of(Merged)

ATTENDED_UNLESS_SAID = {"meeting", "call", "visit", "email"}
LISTED_AT_MOST = 200
"""Distinct texts that are listed for one field of one entity; beyond them only their number is."""


class Live(NamedTuple):
    """A record that the CRM holds now."""

    id: int
    source_id: str
    fields: dict[str, Any]
    changed: datetime | None
    changed_on: date | None
    """Both of people only: when they moved is asked of them."""


@dataclass
class World:
    """A connection's live records and how they find each other."""

    connection_id: int
    records: dict[str, list[Live]]
    index: dict[str, Index]
    successors: dict[int, int] = field(default_factory=dict)
    """Records that the CRM joined with another, by their record ids."""
    loose_ends: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)

    def find(self, entity: str, name: str, stored: object, target: str) -> tuple[int, ...]:
        """The records that a field points at; what it cannot find is noted."""
        if not stored:
            return ()
        found = self.index[target].find(stored)
        self.note(entity, name, found, target)
        return found.ids

    def heir(self, record_id: int) -> int:
        """The record that a record now means."""
        return self.successors.get(record_id, record_id)

    def note(self, entity: str, name: str, found: Found, target: str) -> None:
        """Notes the texts of a reference that found nothing, or too much."""
        for text in found.nothing:
            self.loose_ends[(entity, name, text, f"points at no {target}")] += 1
        for text in found.several:
            self.loose_ends[(entity, name, text, f"fits more than one {target} and is left open")] += 1


def resolve(store: Database, connection_id: int, levels: LeaderLevels, moved_at: datetime, today: date) -> None:
    """Rebuilds what a connection's records say, writing only what differs.

    `moved_at`: the moment that counts as the move where a person record points at another business than before."""
    with store.connect() as connection:
        world = _load(connection, connection_id)
        scope = {"connection_id": connection_id}
        people = resolve_posts(connection, world, levels, moved_at)
        engagements = list(_engagements(world))
        guests = _Guests(world, {row["record_id"]: row["kind"] for row in engagements})
        refused = guests.gather(_refused_engagements(connection, connection_id))
        for row in engagements:
            row["has_participants"] = row["record_id"] in guests.best
        named = list(_named_businesses(world))
        changes = dirty.Changes(
            posts=people,
            engagements=bulk.replace(connection, Engagement, engagements, scope),
            named=bulk.replace(connection, EngagementBusiness, named, scope),
            participants=bulk.replace(connection, Participant, guests.rows(), scope),
        )
        dirty.mark(connection, changes)
        reject_scope = scope | {"entity": "participant", "stage": "resolve"}
        replace_rejects(connection, [reject_scope | row for row in refused], reject_scope, today)
        _write_notices(connection, world)


def _load(connection: Connection, connection_id: int) -> World:
    of_people = [case((record.c.entity == "person", column)) for column in (record.c.changed, record.c.changed_on)]
    query = (
        select(record.c.entity, record.c.id, record.c.source_id, record.c.fields, *of_people)
        .where(record.c.connection_id == connection_id, record.c.deleted_on.is_(None))
        .order_by(record.c.source_id)
    )
    records: dict[str, list[Live]] = {entity: [] for entity in ("business", "person", "engagement", "participant")}
    for entity, *rest in connection.execute(query).all():
        records[entity].append(Live(*rest))
    index = {entity: Index(entity, [row[:3] for row in records[entity]]) for entity in records}
    world = World(connection_id, records, index)
    _follow_merges(connection, world)
    return world


def _follow_merges(connection: Connection, world: World) -> None:
    """Lets what points at a record that the CRM joined with another find that other."""
    rows = connection.execute(select(merged).where(merged.c.connection_id == world.connection_id)).all()
    survivor_of = {(row.entity, row.loser): row.survivor for row in rows}
    losers = {key: found for key, found in ((key, _survivor(survivor_of, key)) for key in survivor_of) if found}
    ids = _record_ids(connection, world.connection_id, [loser for _, loser in losers])
    for (entity, loser), survivor in losers.items():
        by_id = world.index[entity].by("id")
        if by_id.get(loser) or not by_id.get(survivor):
            continue  # the loser is there again, or the survivor is not there yet
        by_id[loser] = by_id[survivor]
        if (entity, loser) in ids:
            world.successors[ids[(entity, loser)]] = next(iter(by_id[survivor]))


def _survivor(survivor_of: Mapping[tuple[str, str], str], key: tuple[str, str]) -> str | None:
    """Who is left of a chain of merges; None where it goes in a circle."""
    entity, loser = key
    passed = {loser}
    while (entity, loser) in survivor_of:
        loser = survivor_of[(entity, loser)]
        if loser in passed:
            return None
        passed.add(loser)
    return loser


def _record_ids(connection: Connection, connection_id: int, source_ids: list[str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for part in bulk.parts(source_ids):
        these = record.c.connection_id == connection_id, among(connection, record.c.source_id, part)
        query = select(record.c.entity, record.c.source_id, record.c.id).where(*these)
        found |= {(row.entity, row.source_id): row.id for row in connection.execute(query)}
    return found


def _engagements(world: World) -> Iterator[dict[str, Any]]:
    for row in world.records["engagement"]:
        starts_at = row.fields.get("starts_at")
        yield {
            "record_id": row.id,
            "connection_id": world.connection_id,
            "kind": row.fields.get("kind", "other"),
            "direction": row.fields.get("direction"),
            "status": row.fields.get("status"),
            "starts_at": datetime.fromisoformat(starts_at) if starts_at else None,
            "owner": row.fields.get("owner"),
            "has_participants": False,
        }


def _named_businesses(world: World) -> Iterator[dict[str, Any]]:
    for row in world.records["engagement"]:
        for business in world.find("engagement", "business", row.fields.get("business"), "business"):
            yield {"engagement_id": row.id, "business_record_id": business, "connection_id": world.connection_id}


def _refused_engagements(connection: Connection, connection_id: int) -> set[str]:
    query = select(reject.c.source_id).where(
        reject.c.connection_id == connection_id, reject.c.entity == "engagement", reject.c.stage == "read"
    )
    return set(connection.scalars(query))


class _Guests:
    """Gathers who took part in what, from all three places where a CRM may say so; of two words for one person the strongest holds."""

    def __init__(self, world: World, kinds: dict[int, str]) -> None:
        self.world = world
        self.kinds = kinds
        self.best: dict[int, dict[str, tuple[bool, int]]] = {}

    def gather(self, refused_engagements: set[str]) -> list[dict[str, Any]]:
        """Reads every engagement and participant; returns the participant rows that belong to no engagement."""
        for row in self.world.records["engagement"]:
            self._from_engagement(row)
        refused = []
        for row in self.world.records["participant"]:
            found = self.world.index["engagement"].find(row.fields.get("engagement"))
            text = pointed_at(row.fields.get("engagement"))
            if found.ids:
                self._from_row(found.ids[0], row)
            elif text not in refused_engagements:
                refused.append(_refusal(row, text))
        return refused

    def rows(self) -> Iterator[dict[str, Any]]:
        """The participants, one for each engagement and person."""
        for engagement_id, people in self.best.items():
            for who, (stated, strength) in people.items():
                yield {
                    "engagement_id": engagement_id,
                    "who": who,
                    "connection_id": self.world.connection_id,
                    "person_record_id": int(who) if who.isdigit() else None,
                    "took_part": TOOK_PART[-strength],
                    "stated": stated,
                }

    def _from_engagement(self, row: Live) -> None:
        self._add_all(row.id, "engagement", "person", row.fields.get("person"), "")
        for match, text, split, word in row.fields.get("participants", ()):
            self._add_all(row.id, "engagement", "participants", [match, text, split], word)

    def _add_all(self, engagement_id: int, entity: str, name: str, stored: object, word: str) -> None:
        if not stored:
            return
        self._add_found(engagement_id, entity, name, self.world.index["person"].find(stored), word)

    def _add_found(self, engagement_id: int, entity: str, name: str, found: Found, word: str) -> None:
        """Adds the people found, and as strangers, noted, those who were not."""
        self.world.note(entity, name, found, "person")
        for person in found.ids:
            self._add(engagement_id, str(person), word)
        for text in (*found.nothing, *found.several):
            self._add(engagement_id, _stranger(text), word)

    def _from_row(self, engagement_id: int, row: Live) -> None:
        word = str(row.fields.get("took_part", ""))
        tried = []
        for name, stored in (
            ("person", row.fields.get("person")),
            ("email", _as(row, "email")),
            ("name", _as(row, "name")),
        ):
            if not stored:
                continue
            found = self.world.index["person"].find(stored)
            if found.ids:
                self._add_found(engagement_id, "participant", name, found, word)
                return
            tried.append((name, found))
        name, found = tried[0]
        self.world.note("participant", name, found, "person")
        self._add(engagement_id, _stranger((*found.nothing, *found.several)[0]), word)

    def _add(self, engagement_id: int, who: str, word: str) -> None:
        supposed = "attended" if self.kinds[engagement_id] in ATTENDED_UNLESS_SAID else "invited"
        rank = (bool(word), -TOOK_PART.index(word or supposed))
        people = self.best.setdefault(engagement_id, {})
        if who not in people or rank > people[who]:
            people[who] = rank


def _as(row: Live, match: str) -> list[str] | None:
    text = row.fields.get(match)
    return [match, str(text), ""] if text else None


def _stranger(text: str) -> str:
    """The key of somebody that the CRM does not hold. Never all digits, so that it is no record's id."""
    return f"?{fold_name(text) or text}"[:200]


def _refusal(row: Live, engagement: str) -> dict[str, Any]:
    return {
        "source_id": row.source_id,
        "hash": hashlib.blake2b(row.source_id.encode(), digest_size=16).digest(),
        "reason": f"its engagement '{engagement}' is in no file",
        "fields": row.fields,
    }


def _write_notices(connection: Connection, world: World) -> None:
    scope = {"connection_id": world.connection_id, "stage": "resolve"}
    rows: list[dict[str, Any]] = []
    kept: Counter[tuple[str, str, str]] = Counter()
    beyond: Counter[tuple[str, str, str]] = Counter()
    for (entity, name, text, what), count in sorted(world.loose_ends.items()):
        kind = (entity, name, what)
        kept[kind] += 1
        if kept[kind] > LISTED_AT_MOST:
            beyond[kind] += count
        else:
            rows.append(scope | {"entity": entity, "message": f"{name} '{text[:120]}' {what}", "count": count})
    for (entity, name, what), count in beyond.items():
        rows.append(scope | {"entity": entity, "message": f"more of {name} {what}", "count": count})
    summed: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        held = summed.setdefault((row["entity"], row["message"]), row | {"count": 0})
        held["count"] += row["count"]
    bulk.replace(connection, Notice, summed.values(), scope)
