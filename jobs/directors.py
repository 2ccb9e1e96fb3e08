"""Shared directors, for many businesses at once: through whom the leaders of one can be reached that no other way leads to."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, and_, or_, select

from store import bulk
from store.queries import among
from store.tables import Business, Flag, RegisterOfficer

business, flag, here = bulk.table_of(Business), bulk.table_of(Flag), bulk.table_of(RegisterOfficer)


def through_directors(connection: Connection, business_ids: Iterable[str], as_of: date) -> dict[str, str]:
    """For each of these businesses one director whom the register knows at another one too, in words; one at a business whose leaders are
    engaged goes before others. Businesses that share none are left out."""
    wanted = sorted(business_ids)
    if not wanted:
        return {}
    there, other = here.alias(), business.alias()
    serving = (or_(held.c.resigned_on.is_(None), held.c.resigned_on > as_of) for held in (here, there))
    query = (
        select(business.c.id, there.c.name, other.c.name.label("other"), flag.c.state)
        .join(here, here.c.number == business.c.company_number)
        .join(there, and_(there.c.officer == here.c.officer, there.c.number != here.c.number))
        .join(other, other.c.company_number == there.c.number)
        .join(flag, flag.c.business_id == other.c.id)
        .where(
            among(connection, business.c.id, wanted), *serving, ~other.c.gone, other.c.merged_into.is_(None), ~other.c.closed
        )
        .order_by(business.c.id, flag.c.state != "engaged", there.c.name, other.c.id)
    )  # fmt: skip
    found: dict[str, str] = {}
    for row in connection.execute(query):
        engaged = ", whose leaders are engaged" if row.state == "engaged" else ""
        found.setdefault(row.id, f"{row.name}, also a director of {row.other}{engaged}")
    return found
