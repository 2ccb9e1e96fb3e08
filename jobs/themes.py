"""Map: finds the themes and resources of each engagement whose words, or whose rules, have changed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from jobs import dirty
from mappings.themes import Resources, Themes
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import EngagementBusiness, Participant, Post, Record, ThemeFound, ThemeRead

record, read = bulk.table_of(Record), bulk.table_of(ThemeRead)
named, participant, post = bulk.table_of(EngagementBusiness), bulk.table_of(Participant), bulk.table_of(Post)

BATCH = 1000


def map_themes(
    store: Database, themes: Themes, resources: Resources, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Brings every engagement's themes up to date; returns how many were read."""
    rules = f"{themes.version} {resources.version}"
    with store.connect() as connection:
        ids = list(connection.scalars(_stale(rules)))
        _forget_deleted(connection)
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        with store.connect() as connection:
            _map_batch(connection, part, themes, resources, rules)
        progress(start + len(part), len(ids))
    return len(ids)


def _stale(rules: str) -> Any:
    return (
        select(record.c.id)
        .outerjoin(read, read.c.engagement_id == record.c.id)
        .where(
            record.c.entity == "engagement",
            record.c.deleted_on.is_(None),
            or_(read.c.engagement_id.is_(None), read.c.rules != rules, read.c.row_hash != record.c.row_hash),
        )
        .order_by(record.c.id)
    )


def _forget_deleted(connection: Connection) -> None:
    gone = (
        select(read.c.engagement_id)
        .outerjoin(record, and_(record.c.id == read.c.engagement_id, record.c.deleted_on.is_(None)))
        .where(record.c.id.is_(None))
    )
    ids = list(connection.scalars(gone))
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        bulk.replace_among(connection, ThemeFound, "engagement_id", part, [])
        bulk.replace_among(connection, ThemeRead, "engagement_id", part, [])


def _map_batch(connection: Connection, ids: list[int], themes: Themes, resources: Resources, rules: str) -> None:
    found: list[dict[str, Any]] = []
    looked: list[dict[str, Any]] = []
    for record_id, digest, fields in connection.execute(
        select(record.c.id, record.c.row_hash, record.c.fields).where(among(connection, record.c.id, ids))
    ):
        looked.append({"engagement_id": record_id, "row_hash": bytes(digest), "rules": rules})
        found += [{"engagement_id": record_id} | row for row in find(fields, themes, resources)]
    change = bulk.replace_among(connection, ThemeFound, "engagement_id", ids, found)
    bulk.replace_among(connection, ThemeRead, "engagement_id", ids, looked)
    _mark(connection, sorted({key[0] for key in change.keys()}))


def find(fields: dict[str, Any], themes: Themes, resources: Resources) -> list[dict[str, Any]]:
    """The themes and resources of one engagement's fields; a theme that the CRM gives itself counts as found."""
    subject, notes = fields.get("subject"), fields.get("notes")
    rows = {
        (kind, hit.id): list(hit.evidence) for kind, by in (("theme", themes), ("resource", resources)) for hit in by.find(subject, notes)
    }
    for word in str(fields.get("theme", "")).replace(";", "|").split("|"):
        own = themes.word(word) if word.strip() else None
        if own:
            rows.setdefault(("theme", own), [f"the CRM's theme: {word.strip()}"])
    return [{"kind": kind, "found": hit, "evidence": evidence} for (kind, hit), evidence in rows.items()]


def _mark(connection: Connection, engagement_ids: list[int]) -> None:
    """Marks the businesses that these engagements belong to."""
    businesses = set(connection.scalars(select(named.c.business_record_id).where(among(connection, named.c.engagement_id, engagement_ids))))
    at = (
        select(post.c.business_record_id)
        .join(participant, participant.c.person_record_id == post.c.person_record_id)
        .where(among(connection, participant.c.engagement_id, engagement_ids))
    )
    dirty.mark_records(connection, businesses | set(connection.scalars(at)))
