"""Durable ids that were merged: which one an id means now, and which ones mean it."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from store import bulk
from store.queries import among
from store.tables import Business, Person

Merging = type[Business] | type[Person]


def unmerged(table: FromClause) -> ColumnElement[bool]:
    """Whether an id still means itself. Not `IS NULL`: SQLite takes its index for a short way to few rows, and it leads to nearly all."""
    return func.coalesce(table.c.merged_into, "") == ""


def current(connection: Connection, model: Merging, ids: Iterable[str]) -> dict[str, str]:
    """What each id means now, by the id; those that nobody knows are left out."""
    table, found = bulk.table_of(model), {}
    into: dict[str, str | None] = {}
    asked = set(ids)
    wanted = asked
    while wanted:
        query = select(table.c.id, table.c.merged_into).where(among(connection, table.c.id, sorted(wanted)))
        rows = {row.id: row.merged_into for row in connection.execute(query)}
        into |= rows
        wanted = {target for target in rows.values() if target is not None and target not in into}
    for start in asked & into.keys():
        at = start
        while (target := into.get(at)) is not None and target in into:
            at = target
        found[start] = at
    return found


def meaning(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Every business id that means one of these now, they themselves included, with the one that it means."""
    table = bulk.table_of(Business)
    means = {found: found for found in ids}
    wanted = set(means)
    while wanted:
        query = select(table.c.id, table.c.merged_into).where(among(connection, table.c.merged_into, sorted(wanted)))
        new = {row.id: means[row.merged_into] for row in connection.execute(query) if row.id not in means}
        means |= new
        wanted = set(new)
    return means
