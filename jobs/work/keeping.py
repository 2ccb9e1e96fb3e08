"""Keeps the table that the list is read from: the flag stage and each step bring its rows up to date, and write only what differs."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, update

from jobs.merged_ids import unmerged
from jobs.work.search import words_of
from jobs.work.standing import Standing, standings
from store import bulk
from store.queries import among
from store.tables import Business, Flag, FlagHistory, Listed, ListVersion

business, flag, history = bulk.table_of(Business), bulk.table_of(Flag), bulk.table_of(FlagHistory)
listed, versions = bulk.table_of(Listed), bulk.table_of(ListVersion)

SHAPE = "list 1"
"""Changes when rows are made otherwise: then the flag stage looks at every business anew, and so makes them all."""
NAME = "list"
EMPTY: dict[str, Any] = {
    "gone": True, "name": "", "words": "", "state": "", "reach": "", "priority": 0, "since": None, "place": "", "sector": "",
    "employees": None, "themes": "", "tags": "", "owner": None, "snoozed_until": None, "dismissed": False,
}  # fmt: skip


def keep(connection: Connection, business_ids: Iterable[str]) -> None:
    """Brings the rows of these businesses up to date, in the caller's transaction. Those that have no flag any more are gone."""
    ids = sorted(set(business_ids))
    if not ids:
        return
    _take_turn(connection)
    change = _change(connection, ids)
    bulk.carry_out(connection, Listed, change)
    if change:
        changed = [found for (found,) in change.keys()]
        number = _next(connection)
        connection.execute(update(listed).where(among(connection, listed.c.business_id, changed)).values(version=number))


def stale(connection: Connection, business_ids: Sequence[str]) -> list[str]:
    """Those of these businesses whose rows `keep` would change."""
    return [found for (found,) in _change(connection, sorted(business_ids)).keys()]


def _change(connection: Connection, ids: list[str]) -> bulk.Change:
    known = set(connection.scalars(select(listed.c.business_id).where(among(connection, listed.c.business_id, ids))).all())
    wanted = _rows(connection, ids)
    rows = [*wanted.values(), *({"business_id": found, **EMPTY} for found in ids if found in known and found not in wanted)]
    return bulk.compare_among(connection, Listed, "business_id", ids, rows)


def tell(connection: Connection) -> None:
    """Has those who hold the list in memory look at it again, after rows were taken away."""
    _take_turn(connection)
    _next(connection)


def _next(connection: Connection) -> int:
    up = update(versions).where(versions.c.name == NAME).values(version=versions.c.version + 1)
    return int(connection.execute(up.returning(versions.c.version)).scalar_one())


def _take_turn(connection: Connection) -> None:
    """From here to the transaction's end nobody else writes the list: a row is made from what is true when it is written, and a higher
    version is a later one."""
    mine = select(versions.c.version).where(versions.c.name == NAME).with_for_update()
    if connection.scalar(mine) is None:
        bulk.insert(connection, ListVersion, ("name", "version"), [(NAME, 0)])
        connection.scalar(mine)


def _rows(connection: Connection, ids: list[str]) -> dict[str, dict[str, Any]]:
    query = (
        select(
            business.c.id, business.c.name, business.c.other_names, business.c.company_number, business.c.town, business.c.sector,
            business.c.employees, business.c.tags, flag.c.state, flag.c.reach, flag.c.priority, flag.c.place, flag.c.themes,
        )
        .join(flag, flag.c.business_id == business.c.id)
        .where(among(connection, business.c.id, ids), ~business.c.gone, unmerged(business))
    )  # fmt: skip
    found = connection.execute(query).all()
    since = _since(connection, ids)
    stand = standings(connection, [row.id for row in found])
    return {row.id: _row(row, since.get(row.id), stand[row.id]) for row in found}


def _since(connection: Connection, ids: list[str]) -> dict[str, date]:
    query = select(history.c.business_id, func.max(history.c.as_of)).where(among(connection, history.c.business_id, ids))
    return {row[0]: row[1] for row in connection.execute(query.group_by(history.c.business_id)).all()}


def _row(row: Any, since: date | None, stand: Standing) -> dict[str, Any]:
    return {
        "business_id": row.id,
        "gone": False,
        "name": row.name,
        "words": words_of("|".join(text for text in (row.name, row.other_names, row.company_number, row.town) if text)),
        "state": row.state,
        "reach": row.reach,
        "priority": row.priority,
        "since": since,
        "place": row.place,
        "sector": row.sector or "",
        "employees": row.employees,
        "themes": row.themes,
        "tags": row.tags or "",
        "owner": stand.owner,
        "snoozed_until": stand.snoozed_until,
        "dismissed": stand.dismissed,
    }
