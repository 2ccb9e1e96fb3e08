"""Map: finds the themes and resources of each engagement whose words, or whose rules, have changed."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from jobs import dirty
from jobs.decisions import corrected
from jobs.decisions.kinds import NOT_THEME, SAID_BY_PERSON
from jobs.own_themes import map_own
from jobs.theme_finding import find
from mappings.themes import Resources, Themes
from store import bulk
from store.database import Database
from store.lease import STAGES, Fenced, hold
from store.lock import Locked
from store.queries import among
from store.tables import Record, ThemeFound, ThemeRead

record, read = bulk.table_of(Record), bulk.table_of(ThemeRead)

BATCH = 1000


def map_themes(
    store: Database, themes: Themes, resources: Resources, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Brings every engagement's themes up to date; returns how many were read."""
    rules = version_of(themes, resources)
    with store.connect() as connection:
        ids = list(connection.scalars(_stale(rules)))
        _forget_deleted(connection)
        own = map_own(connection, themes, resources, rules)
    done = 0
    for part in bulk.parts(ids, BATCH):
        with store.connect() as connection:
            _map_batch(connection, part, themes, resources, rules)
        progress(done := done + len(part), len(ids))
    return len(ids) + own


def version_of(themes: Themes, resources: Resources) -> str:
    """Changes whenever they may find something else."""
    return f"{themes.version} {resources.version}"


def map_noted(store: Database, themes: Themes, resources: Resources) -> None:
    """Brings the themes of what people wrote down here up to date at once; where somebody is at the stages, that run or the next one does.

    `store` may be in use by other threads meanwhile."""
    with suppress(Locked, Fenced), hold(store, [STAGES], guard=False) as held, store.connect() as connection:
        held.touch(connection)
        map_own(connection, themes, resources, version_of(themes, resources))
        held.touch(connection)


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
        .where(record.c.id.is_(None), read.c.engagement_id > 0)  # those below 0 are our own
    )
    ids = list(connection.scalars(gone))
    for part in bulk.parts(ids, BATCH):
        bulk.replace_among(connection, ThemeFound, "engagement_id", part, [])
        bulk.replace_among(connection, ThemeRead, "engagement_id", part, [])


def _map_batch(connection: Connection, ids: list[int], themes: Themes, resources: Resources, rules: str) -> None:
    found: list[dict[str, Any]] = []
    looked: list[dict[str, Any]] = []
    said = corrected.themes(connection, ids)
    for record_id, digest, fields in connection.execute(
        select(record.c.id, record.c.row_hash, record.c.fields).where(among(connection, record.c.id, ids))
    ):
        looked.append({"engagement_id": record_id, "row_hash": bytes(digest), "rules": rules})
        rows = _as_said(find(fields, themes, resources), said.get(record_id, {}))
        found += [{"engagement_id": record_id} | row for row in rows]
    change = bulk.replace_among(connection, ThemeFound, "engagement_id", ids, found)
    bulk.replace_among(connection, ThemeRead, "engagement_id", ids, looked)
    dirty.mark_engagements(connection, sorted({key[0] for key in change.keys()}))


def _as_said(rows: list[dict[str, Any]], said: Mapping[str, bool]) -> list[dict[str, Any]]:
    """The rows as people corrected them: a theme that it is not about is kept under another kind, with the words that earned it."""
    kept = [row | {"kind": NOT_THEME} if row["kind"] == "theme" and said.get(row["found"]) is False else row for row in rows]
    has = {row["found"] for row in rows if row["kind"] == "theme"}
    return kept + [{"kind": "theme", "found": one, "evidence": [SAID_BY_PERSON]} for one in sorted(said) if said[one] and one not in has]
