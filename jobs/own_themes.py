"""Themes of what people wrote down here: a note of our own is read by the rules that read a CRM's, and kept under its number below 0."""

import hashlib
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from jobs import dirty, merged_ids
from jobs.theme_finding import find
from mappings.themes import Resources, Themes
from store import bulk
from store.tables import Business, OwnEngagement, ThemeFound, ThemeRead

own, read = bulk.table_of(OwnEngagement), bulk.table_of(ThemeRead)


def map_own(connection: Connection, themes: Themes, resources: Resources, rules: str) -> int:
    """Brings them up to date, forgets those of what was undone, and marks the businesses; returns how many were read."""
    held = own.outerjoin(read, read.c.engagement_id == -own.c.id)
    stale = or_(
        and_(own.c.undone_at.is_(None), or_(read.c.engagement_id.is_(None), read.c.rules != rules)),
        and_(own.c.undone_at.is_not(None), read.c.engagement_id.is_not(None)),
    )
    rows = connection.execute(select(own.c.id, own.c.business_id, own.c.note, own.c.undone_at).select_from(held).where(stale)).all()
    if not rows:
        return 0
    ids = [-row.id for row in rows]
    found: list[dict[str, Any]] = []
    looked: list[dict[str, Any]] = []
    for row in (row for row in rows if row.undone_at is None):
        digest = hashlib.blake2b(row.note.encode(), digest_size=16).digest()
        looked.append({"engagement_id": -row.id, "row_hash": digest, "rules": rules})
        found += [{"engagement_id": -row.id} | hit for hit in find({"notes": row.note}, themes, resources)]
    changed = {key[0] for key in bulk.replace_among(connection, ThemeFound, "engagement_id", ids, found).keys()}
    bulk.replace_among(connection, ThemeRead, "engagement_id", ids, looked)
    of_changed = {row.business_id for row in rows if -row.id in changed}
    now = merged_ids.current(connection, Business, of_changed)
    dirty.mark_businesses(connection, now.values())
    return len(rows)
