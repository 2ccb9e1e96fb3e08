"""Joins business records of all connections into businesses with durable ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import starmap
from typing import Any

from sqlalchemy import Connection, select

from jobs import dirty, join, unchanged
from jobs.areas import areas_of
from jobs.decisions import corrected
from jobs.identity import Identity
from jobs.link.businesses import BusinessLinks, BusinessRecord, Decision, link_businesses
from jobs.link.register import Register, RegisterCompany
from jobs.members import Held, business_row
from mappings.link_points import business_points
from mappings.places import Places
from store import bulk
from store.database import Database
from store.tables import Business
from store.tables import BusinessRecord as BusinessRecordRow
from store.tables import RegisterCompany as RegisterRow


def join_businesses(store: Database, places: Places) -> bool:
    """Links every live business record and writes what differs: businesses, which records they are of, and the evidence.

    Whether anything had to be linked anew: where linking would end as it did, only what businesses say is brought up to date."""
    with store.connect() as connection:
        records = join.live(connection, "business")
        before = join.before(connection, join.BUSINESSES)
        asked = [_as_record(held) for held in records]
        decisions = join.human_decisions(connection, "business", join.held_by_id(records))
        inputs = unchanged.inputs(connection, business_points(), asked, decisions)
        anew = not unchanged.same_as_before(connection, "business", inputs, before.of(records))
        if anew:
            joined = _link(connection, records, link_businesses(asked, _register(connection), starmap(Decision, decisions)), before)
            unchanged.remember(connection, "business", inputs, joined.of(records))
        else:
            joined = _as_it_stands(connection, records, before)
        areas = areas_of(connection)
        rows = [business_row(found, cluster, joined.numbers.get(found), places, areas) for found, cluster in joined.clusters.items()]
        businesses = join.with_tombstones(connection, join.BUSINESSES, rows, joined.identity, before)
        _place_as_said(businesses, corrected.said_places(connection))
        changed = bulk.replace(connection, Business, businesses)
        dirty.mark_businesses(connection, joined.touched | {found for (found,) in changed.keys()})
    return anew


@dataclass(frozen=True)
class _Joined(join.Joined):
    numbers: Mapping[str, str | None]
    """The company number of each business."""
    touched: set[str]
    """The businesses that records came to, or left."""


def _link(connection: Connection, records: list[Held], links: BusinessLinks, before: join.Before) -> _Joined:
    """Gives clusters their ids and writes which records they are of."""
    by_key = {held.key: held for held in records}
    clusters = join.grouped(links.clusters, by_key)
    identity = join.identify(join.BUSINESSES, clusters, before)
    of = dict(zip(identity.ids, clusters, strict=True))
    members = [row for found, cluster in of.items() for row in _member_rows(found, cluster, links)]
    members = join.with_former(connection, join.BUSINESSES, members, identity, before)
    touched = _write_members(connection, members, before)
    join.write_edges(connection, "business", links.edges, by_key)
    return _Joined(of, identity, {found: _number(links, cluster) for found, cluster in of.items()}, touched)


def _as_it_stands(connection: Connection, records: list[Held], before: join.Before) -> _Joined:
    table = bulk.table_of(Business)
    numbers = {row.id: row.company_number for row in connection.execute(select(table.c.id, table.c.company_number)).all()}
    return _Joined(before.clusters(records), Identity([]), numbers, set())


def _place_as_said(rows: list[dict[str, Any]], said: Iterable[tuple[str, str]]) -> None:
    """Gives businesses the places that people say they are in. One that was joined with another brings its place along."""
    by_id = {row["id"]: row for row in rows}
    for business_id, place in said:
        row = by_id.get(business_id)
        while row is not None and row["merged_into"] is not None:
            row = by_id.get(row["merged_into"])
        if row is not None and not row["gone"]:
            row["place"] = place


def _as_record(held: Held) -> BusinessRecord:
    return BusinessRecord(
        key=held.key,
        previous_names=tuple(name.strip() for name in held.text("previous_names").replace("|", ";").split(";") if name.strip()),
        **{
            name: held.text(name)
            for name in (
                "name",
                "trading_name",
                "company_number",
                "charity_number",
                "postcode",
                "address",
                "town",
                "website",
                "email",
                "phone",
            )
        },
    )


def _register(connection: Connection) -> Register | None:
    table = bulk.table_of(RegisterRow)
    rows = connection.execute(select(table)).all()
    if not rows:
        return None
    return Register(RegisterCompany(row.number, row.name, row.postcode, row.town, row.status, tuple(row.previous_names)) for row in rows)


def _number(links: BusinessLinks, cluster: list[Held]) -> str | None:
    """The company number of a cluster: the one linked with the highest score."""
    found = [links.company_number[held.key] for held in cluster if held.key in links.company_number]
    best = max(found, key=lambda link: (link.score, link.company_number), default=None)
    return best.company_number if best else None


def _member_rows(business_id: str, cluster: list[Held], links: BusinessLinks) -> list[dict[str, Any]]:
    return [
        {
            "record_id": held.id,
            "business_id": business_id,
            "company_number": _number(links, [held]),
            "method": links.joined[held.key].method,
            "score": links.joined[held.key].score,
            "band": links.joined[held.key].band,
        }
        for held in cluster
    ]


def _write_members(connection: Connection, members: list[dict[str, Any]], before: join.Before) -> set[str]:
    """The businesses that records came to, or left."""
    moved = bulk.replace(connection, BusinessRecordRow, members)
    after = {row["record_id"]: row["business_id"] for row in members}
    was = {record_id: before.held[record_id].id for (record_id,) in moved.keys() if record_id in before.held}
    return {found for (record_id,) in moved.keys() for found in (was.get(record_id), after.get(record_id)) if found}
