"""Shared directors, for many businesses at once: through whom the leaders of one can be reached that no other way leads to."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Connection, FromClause, and_, or_, select

from jobs.merged_ids import unmerged
from mappings.companies import is_like_any
from store import bulk
from store.queries import among
from store.tables import Business, BusinessRecord, Flag, Person, PersonRecord, Post, RegisterOfficer

business, flag, here = bulk.table_of(Business), bulk.table_of(Flag), bulk.table_of(RegisterOfficer)
person, who, post, joined = (bulk.table_of(model) for model in (Person, PersonRecord, Post, BusinessRecord))


def through_directors(connection: Connection, business_ids: Iterable[str], as_of: date) -> dict[str, str]:
    """For each of these businesses one director whom the register knows at another one too, in words; one at a business whose leaders are
    engaged goes before others. Businesses that share none are left out, as are directors whose name is that of somebody at either business
    who is not to be contacted."""
    wanted = sorted(business_ids)
    if not wanted:
        return {}
    there, other = here.alias(), business.alias()
    query = (
        select(business.c.id, there.c.name, other.c.id.label("other_id"), other.c.name.label("other"), flag.c.state)
        .join(here, here.c.number == business.c.company_number)
        .join(there, and_(there.c.officer == here.c.officer, there.c.number != here.c.number))
        .join(other, other.c.company_number == there.c.number)
        .join(flag, flag.c.business_id == other.c.id)
        .where(among(connection, business.c.id, wanted), serves(here, as_of), serves(there, as_of), is_alive(other))
        .order_by(business.c.id, flag.c.state != "engaged", there.c.name, other.c.id)
    )
    rows = connection.execute(query).all()
    shut = not_to_contact(connection, {found for row in rows for found in (row.id, row.other_id)})
    found: dict[str, str] = {}
    for row in rows:
        if is_like_any(row.name, (*shut[row.id], *shut[row.other_id])):
            continue
        engaged = ", whose leaders are engaged" if row.state == "engaged" else ""
        found.setdefault(row.id, f"{row.name}, also a director of {row.other}{engaged}")
    return found


def serves(officer: FromClause, as_of: date) -> ColumnElement[bool]:
    """Whether an officer of the register is in office on a day."""
    return or_(officer.c.resigned_on.is_(None), officer.c.resigned_on > as_of)


def is_alive(business: FromClause) -> ColumnElement[bool]:
    """Whether a business can lead anywhere: held by a CRM, no other's former id, not closed."""
    return and_(~business.c.gone, unmerged(business), ~business.c.closed)


def not_to_contact(connection: Connection, business_ids: Iterable[str]) -> dict[str, set[str]]:
    """The names of those at each of these businesses who are not to be contacted; a set for every business that is asked for."""
    found: dict[str, set[str]] = defaultdict(set)
    ids = sorted(business_ids)
    if not ids:
        return found
    query = (
        select(joined.c.business_id, person.c.name)
        .join(post, post.c.business_record_id == joined.c.record_id)
        .join(who, who.c.record_id == post.c.person_record_id)
        .join(person, person.c.id == who.c.person_id)
        .where(among(connection, joined.c.business_id, ids), person.c.do_not_contact)
    )
    for business_id, name in connection.execute(query):
        found[business_id].add(name)
    return found
