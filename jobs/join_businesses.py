"""Joins business records of all connections into businesses with durable ids."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from jobs import dirty, join
from jobs.areas import areas_of
from jobs.decisions import corrected
from jobs.link.businesses import BusinessLinks, BusinessRecord, Decision, link_businesses
from jobs.link.register import Register, RegisterCompany
from jobs.members import Held, business_row
from mappings.places import Places
from store import bulk
from store.database import Database
from store.tables import Business
from store.tables import BusinessRecord as BusinessRecordRow
from store.tables import RegisterCompany as RegisterRow


def join_businesses(store: Database, places: Places) -> None:
    """Links every live business record and writes what differs: businesses, which records they are of, and the evidence."""
    with store.connect() as connection:
        records = join.live(connection, "business")
        by_key = {held.key: held for held in records}
        links = link_businesses(
            [_as_record(held) for held in records],
            _register(connection),
            [Decision(*found) for found in join.human_decisions(connection, "business", join.held_by_id(records))],
        )
        clusters = join.grouped(links.clusters, by_key)
        before = join.before(connection, join.BUSINESSES)
        identity = join.identify(join.BUSINESSES, clusters, before)
        areas = areas_of(connection)
        rows = [
            business_row(found, cluster, _number(links, cluster), places, areas)
            for found, cluster in zip(identity.ids, clusters, strict=True)
        ]
        members = [row for found, cluster in zip(identity.ids, clusters, strict=True) for row in _member_rows(found, cluster, links)]
        members = join.with_former(connection, join.BUSINESSES, members, identity, before)
        businesses = join.with_tombstones(connection, join.BUSINESSES, rows, identity, before)
        _place_as_said(businesses, corrected.said_places(connection))
        _write(connection, members, businesses, before)
        join.write_edges(connection, "business", links.edges, by_key)


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


def _write(connection: Connection, members: list[dict[str, Any]], businesses: list[dict[str, Any]], before: join.Before) -> None:
    moved = bulk.replace(connection, BusinessRecordRow, members)
    changed = bulk.replace(connection, Business, businesses)
    after = {row["record_id"]: row["business_id"] for row in members}
    was = {record_id: before.held[record_id].id for (record_id,) in moved.keys() if record_id in before.held}
    touched = {found for (record_id,) in moved.keys() for found in (was.get(record_id), after.get(record_id)) if found}
    dirty.mark_businesses(connection, touched | {found for (found,) in changed.keys()})
