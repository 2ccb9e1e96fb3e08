"""Finding the business that is the same as another: by its id or the address of its page, its company number, or its name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, select

from jobs import merged_ids
from jobs.merged_ids import unmerged
from jobs.work.listing import ALL, Wanted, every_id
from mappings.company_numbers import company_number
from mappings.policy import STATES
from review.page import Ask
from store import bulk
from store.queries import among
from store.tables import Business, BusinessRecord

business, joined = bulk.table_of(Business), bulk.table_of(BusinessRecord)

MOST: Final = 20
LONGEST: Final = 200
ID: Final = re.compile(r"\bb[a-z2-7]{10}\b")


@dataclass(frozen=True)
class Found:
    """A business as it is told from others."""

    id: str
    name: str
    about: str
    records: int


def search(ask: Ask, said: str, but: str) -> list[Found]:
    """The businesses that fit what was said, the likeliest first; not the one that they are to be the same as."""
    said = said[:LONGEST]
    with ask.site.store.reading() as connection:
        ids = _by_id(connection, said) or _by_number(connection, said)
    if not ids:
        wanted = Wanted(state=tuple(STATES), text=said, work=ALL)
        ids = every_id(ask.site.store, wanted, ask.user.sign_in, ask.site.today())
    with ask.site.store.reading() as connection:
        return found(connection, [one for one in ids if one != but][:MOST])


def _by_id(connection: Connection, said: str) -> list[str]:
    return [now for one in ID.findall(said)[-1:] for now in merged_ids.current(connection, Business, [one]).values()]


def _by_number(connection: Connection, said: str) -> list[str]:
    number = company_number(said)
    if not number:
        return []
    query = select(business.c.id).where(business.c.company_number == number, unmerged(business), ~business.c.gone)
    return list(connection.scalars(query.order_by(business.c.id)))


def found(connection: Connection, ids: Sequence[str]) -> list[Found]:
    """These businesses, in their order; those that no CRM holds any more are left out."""
    mine = among(connection, joined.c.business_id, ids)
    counted = select(joined.c.business_id, func.count()).where(mine).group_by(joined.c.business_id)
    counts: dict[str, int] = dict(connection.execute(counted).all())
    rows = {row.id: row for row in connection.execute(select(business).where(among(connection, business.c.id, ids), ~business.c.gone))}
    return [Found(one, rows[one].name, _about(rows[one]), counts.get(one, 0)) for one in ids if one in rows]


def _about(row: Any) -> str:
    number = f"company number {row.company_number}" if row.company_number else ""
    return ", ".join(dict.fromkeys(part for part in (row.place, row.town, row.postcode, number) if part))
