"""`placebridge export`: links, people and engagements as CSV for programs."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from jobs.facts import standing_at
from jobs.spreadsheets import plain
from mappings.policy import Touch
from placebridge.faults import UserError
from placebridge.opening import opened
from placebridge.output import counted, export_csv, say
from store import bulk
from store.tables import (
    BusinessRecord,
    Engagement,
    EngagementBusiness,
    FlagLooked,
    LinkDecision,
    Participant,
    PersonRecord,
    Post,
    Record,
    ThemeFound,
)
from store.tables import Connection as ConnectionRow

decision = bulk.table_of(LinkDecision)
connections, record, joined = bulk.table_of(ConnectionRow), bulk.table_of(Record), bulk.table_of(BusinessRecord)
person_record, post, theme = bulk.table_of(PersonRecord), bulk.table_of(Post), bulk.table_of(ThemeFound)
engagement, named, participant = bulk.table_of(Engagement), bulk.table_of(EngagementBusiness), bulk.table_of(Participant)

LINKS = ("connection", "source_id", "business_id", "company_number", "method", "score", "band")
PEOPLE = ("connection", "source_id", "person_id", "business_id", "level")
ENGAGEMENTS = ("connection", "source_id", "business_id", "starts_at", "kind", "qualifies", "themes", "resources")
BANDS = ("sure",)


def links(file: Path | None, out: Path, band: str | None) -> None:
    """Which business each business record is."""
    if band is not None and band not in BANDS:
        raise UserError(f"--band is '{band}'; write sure, or leave it out for things as they are joined")
    with opened(file) as at, at.store.reading() as connection:
        rows = list(_links(connection))
        if band == "sure":
            rows = list(_on_sure_decisions(connection, rows))
    _write(out, [{column: row[column] for column in LINKS} for row in rows], LINKS)


def _live() -> Any:
    return connections.join(record, record.c.connection_id == connections.c.id)


def _links(connection: Connection) -> Iterator[dict[str, Any]]:
    query = (
        select(connections.c.name.label("connection"), record.c.source_id, record.c.id, *(joined.c[name] for name in LINKS[2:]))
        .select_from(_live().join(joined, joined.c.record_id == record.c.id))
        .where(record.c.deleted_on.is_(None))
        .order_by(connections.c.name, record.c.source_id)
    )
    for row in connection.execute(query).mappings():
        yield dict(row) | {"score": f"{row['score']:.3f}"}


def _on_sure_decisions(connection: Connection, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows with their businesses split where only a likely decision holds them together.

    The largest part keeps the business's id, the first where two are as large; of another part it is the id and its first record's key."""
    part_of = _parts(connection)
    parts: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        parts[row["business_id"]][part_of(row["id"])].append(f"{row['connection']}:{row['source_id']}")
    for row in rows:
        own = parts[row["business_id"]]
        part = part_of(row["id"])
        largest = min(own, key=lambda found: (-len(own[found]), min(own[found])))
        yield row if part == largest else row | {"business_id": f"{row['business_id']}:{min(own[part])}"}


def _parts(connection: Connection) -> Callable[[int], int]:
    """The part that a record is in when only sure decisions and those of people join records."""
    root: dict[int, int] = {}

    def find(record_id: int) -> int:
        while (above := root.setdefault(record_id, record_id)) != record_id:
            root[record_id] = root[above]
            record_id = above
        return record_id

    query = select(decision.c.left_id, decision.c.right_id).where(
        decision.c.entity == "business", decision.c.judgement == "same", decision.c.band == "sure", decision.c.undone_at.is_(None)
    )
    for left, right in connection.execute(query):
        root[find(left)] = find(right)
    return find


def people(file: Path | None, out: Path) -> None:
    """Which person each person record is, the business it is at, and the level of its title; a row for each post."""
    with opened(file) as at, at.store.reading() as connection:
        query = (
            select(
                connections.c.name.label("connection"), record.c.source_id, person_record.c.person_id, joined.c.business_id, post.c.level
            )
            .select_from(
                _live()
                .join(person_record, person_record.c.record_id == record.c.id)
                .outerjoin(post, (post.c.person_record_id == record.c.id) & post.c.until.is_(None))
                .outerjoin(joined, joined.c.record_id == post.c.business_record_id)
            )
            .where(record.c.deleted_on.is_(None))
            .order_by(connections.c.name, record.c.source_id, joined.c.business_id)
        )
        rows = [dict(row) for row in connection.execute(query).mappings()]
    _write(out, rows, PEOPLE)


def engagements(file: Path | None, out: Path) -> None:
    """A row for each engagement and business of it; one of no known business has an empty business_id.

    What qualifies does so as of the day of the last sync: what was planned, cancelled or later then does not."""
    with opened(file) as at, at.store.reading() as connection:
        rows = list(_engagements(connection, at.config.zone))
    _write(out, rows, ENGAGEMENTS)


def _engagements(connection: Connection, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    as_of = connection.scalar(select(func.max(bulk.table_of(FlagLooked).c.as_of))) or datetime.now(zone).date()
    found = _found(connection)
    businesses = _businesses(connection)
    query = (
        select(connections.c.name, record.c.source_id, engagement)
        .select_from(_live().join(engagement, engagement.c.record_id == record.c.id))
        .where(record.c.deleted_on.is_(None))
        .order_by(connections.c.name, record.c.source_id)
    )
    for row in connection.execute(query):
        day = row.starts_at.astimezone(zone).date() if row.starts_at else None
        touch = Touch(row.record_id, row.kind, row.direction, row.status, day)
        for business_id in sorted(businesses[row.record_id]) or [""]:
            yield {
                "connection": row.name,
                "source_id": row.source_id,
                "business_id": business_id,
                "starts_at": row.starts_at,
                "kind": row.kind,
                "qualifies": "yes" if touch.qualifies and touch.is_done(as_of) else "no",
                "themes": "|".join(found[(row.record_id, "theme")]),
                "resources": "|".join(found[(row.record_id, "resource")]),
            }


def _found(connection: Connection) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in connection.execute(select(theme.c.engagement_id, theme.c.kind, theme.c.found).order_by(theme.c.found)):
        found[(row.engagement_id, row.kind)].append(row.found)
    return found


def _businesses(connection: Connection) -> dict[int, set[str]]:
    """The businesses of each engagement: those that it names, and those of its participants at the time."""
    business_of = {row.record_id: row.business_id for row in connection.execute(select(joined.c.record_id, joined.c.business_id))}
    starts_at = {row.record_id: row.starts_at for row in connection.execute(select(engagement.c.record_id, engagement.c.starts_at))}
    posts: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(select(post)):
        posts[row.person_record_id].append(row)
    found: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(select(named)):
        found[row.engagement_id].add(business_of[row.business_record_id])
    for row in connection.execute(select(participant).where(participant.c.person_record_id.is_not(None))):
        at = standing_at(posts[row.person_record_id], starts_at[row.engagement_id])
        found[row.engagement_id].update(business_of[held.business_record_id] for held in at if held.business_record_id in business_of)
    return found


def _write(out: Path, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    # Sorted here, as databases differ in how they order text.
    export_csv(out, sorted(rows, key=lambda row: [str(plain(row[name])) for name in columns]), columns)
    say(f"{counted(len(rows), 'row')} written to {out}")
