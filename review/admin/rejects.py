"""Rejects: the rows that stand refused, why, and how each is mended; and what was noticed of rows that were kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from starlette.responses import Response

from jobs.mending import Mend, mend, mend_notice
from jobs.pull import ENTITY_ORDER
from jobs.refused import Refused
from mappings.field_map import FieldMap
from mappings.reading import pointed_at
from review.admin.field_maps import map_in_force
from review.downloads import csv_file
from review.page import Ask
from review.paging import page_number, pages_of
from review.rendering import render
from review.site import Site
from store import bulk
from store.tables import Connection as ConnectionRow
from store.tables import Notice, Reject

connections, reject, notice = bulk.table_of(ConnectionRow), bulk.table_of(Reject), bulk.table_of(Notice)

ROWS = 25
NOTICES = 50
BATCH = 1000


@dataclass(frozen=True)
class Refusal:
    """A row that stands refused."""

    connection: str
    entity: str
    source_id: str
    source: str
    reason: str
    since: date
    values: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Our field, what the row holds, and the CRM's columns that it came from."""
    mend: Mend


def the_list(ask: Ask) -> Response:
    """Those of a connection and an entity, or all."""
    number, wanted = page_number(ask), _wanted(ask)
    with ask.site.store.reading() as connection:
        total = connection.scalar(select(func.count()).select_from(reject.join(connections, _of)).where(*wanted(reject))) or 0
        rows = list(connection.execute(_query(wanted(reject)).limit(ROWS).offset((number - 1) * ROWS)))
        noted = select(notice, connections.c.name).join(connections, connections.c.id == notice.c.connection_id).where(*wanted(notice))
        notices = list(connection.execute(noted.order_by(notice.c.count.desc(), notice.c.message).limit(NOTICES)))
        held = list(connection.scalars(select(connections.c.name).order_by(connections.c.name)))
    maps = _maps(ask.site, {row.name for row in (*rows, *notices)})
    return render(
        ask, "admin/rejects.html",
        rows=[_refusal(row, maps.get(row.name)) for row in rows], total=total, pages=pages_of(ask, number, total, ROWS),
        notices=[(row, mend_notice(row.message, row.entity, maps.get(row.name))) for row in notices], most_notices=NOTICES,
        names=held, name=ask.asked("connection"), entity=ask.asked("entity"), entities=ENTITY_ORDER,
    )  # fmt: skip


def as_csv(ask: Ask) -> Response:
    """The same rows as a file."""
    columns = ("connection", "entity", "source_id", "source", "reason", "since", "what_to_do", "columns", "row")
    return csv_file("rejects", columns, _cells(ask.site, _wanted(ask)(reject)))


_of = connections.c.id == reject.c.connection_id


def _query(wanted: list[Any]) -> Any:
    # As their unique index has them, so that a page reads no more than itself.
    ordered = (reject.c[name] for name in ("connection_id", "entity", "stage", "source_id", "hash"))
    return select(reject, connections.c.name).join(connections, _of).where(*wanted).order_by(*ordered)


def _wanted(ask: Ask) -> Any:
    """The conditions that the address asks for, on a table of rejects or notices."""
    name, entity = ask.asked("connection"), ask.asked("entity")

    def on(table: Any) -> list[Any]:
        found = [connections.c.name == name] if name else []
        return [*found, table.c.entity == entity] if entity else found

    return on


def _maps(site: Site, names: set[str]) -> dict[str, FieldMap]:
    found = {}
    for name in names & site.setup.connections.keys():
        try:
            found[name] = map_in_force(site, site.setup.connections[name])
        except Refused:  # then nothing is said of columns
            continue
    return found


def _refusal(row: Any, field_map: FieldMap | None) -> Refusal:
    fields: Mapping[str, Any] = row.fields or {}
    blocks = field_map.blocks.get(row.entity, []) if field_map else []
    block = next((one for one in blocks if one.source == row.block), None)
    columns = {name: part.columns for name, part in block.fields.items()} if block else {}
    values = tuple((name, _said(value), columns.get(name, ())) for name, value in fields.items())
    return Refusal(
        row.name, row.entity, row.source_id, row.block or "", row.reason, row.since, values,
        mend(row.reason, row.entity, row.block, field_map),
    )  # fmt: skip


def _said(value: Any) -> str:
    if isinstance(value, list) and value and all(isinstance(one, list) for one in value):
        return "; ".join(pointed_at(one) for one in value)
    return pointed_at(value) if isinstance(value, list) else str(value)


def _cells(site: Site, wanted: list[Any]) -> Iterator[tuple[Any, ...]]:
    maps: dict[str, FieldMap] | None = None
    start = 0
    while True:
        with site.store.reading() as connection:
            rows = list(connection.execute(_query(wanted).limit(BATCH).offset(start)))
        if maps is None:
            maps = _maps(site, {*site.setup.connections})
        for row in rows:
            one = _refusal(row, maps.get(row.name))
            held, columns = "; ".join(f"{name}: {value}" for name, value, _ in one.values), ", ".join(one.mend.columns)
            yield one.connection, one.entity, one.source_id, one.source, one.reason, one.since, one.mend.said, columns, held
        if len(rows) < BATCH:
            return
        start += BATCH
