"""Areas: where the postcodes of businesses lie, and the places that follow from it."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from jobs.decisions import corrected
from jobs.join import held_by_business
from jobs.members import Areas, in_order, place_of
from mappings.places import Area, Places
from store import bulk
from store.queries import among
from store.tables import Business, LookupAnswer

POSTCODES = "postcodes"
"""The register whose answers these are."""

answer, business = bulk.table_of(LookupAnswer), bulk.table_of(Business)


def areas_of(connection: Connection, postcodes: Sequence[str] | None = None) -> Areas:
    """Where each postcode lies that was looked up, or each of these."""
    known = select(answer.c.key, answer.c.facts).where(answer.c.name == POSTCODES, answer.c.facts.is_not(None))
    if postcodes is not None:
        known = known.where(among(connection, answer.c.key, postcodes))
    return {
        row.key: Area(row.facts.get("district", ""), row.facts.get("district_code", ""), row.facts.get("ward_code", ""))
        for row in connection.execute(known)
    }


def place_anew(connection: Connection, business_ids: Sequence[str], places: Places, areas: Areas) -> list[str]:
    """Gives these businesses the places that follow from their records and from where their postcodes lie; those whose place changed."""
    columns = (business.c.id, business.c.place, business.c.place_by_records)
    these = select(*columns).where(among(connection, business.c.id, business_ids))
    held = {row.id: (row.place, row.place_by_records) for row in connection.execute(these)}
    said = corrected.places(connection)
    changed = []
    for business_id, records in sorted(held_by_business(connection, business_ids).items()):
        by_records = place_of(in_order(records), places, areas)
        place = said.get(business_id, by_records)
        if (place, by_records) != held[business_id]:
            connection.execute(update(business).where(business.c.id == business_id).values(place=place, place_by_records=by_records))
        if place != held[business_id][0]:
            changed.append(business_id)
    return changed
