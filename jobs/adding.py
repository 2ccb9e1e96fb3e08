"""Adding a company of the register to the list: it becomes a record of a connection of our own, and so is linked, flagged and kept as any
other; when a CRM comes to hold the company, the two are joined by its number."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from jobs.audit import note
from jobs.merged_ids import unmerged
from jobs.refused import Refused
from store import bulk
from store.database import Database
from store.queries import among
from store.tables import Business, Record, RegisterCompany
from store.tables import Connection as ConnectionRow

company, business, record = bulk.table_of(RegisterCompany), bulk.table_of(Business), bulk.table_of(Record)
connections = bulk.table_of(ConnectionRow)

ADDED = "added"
"""The name of the connection of what people added themselves. No connection of the settings may have it."""


def add(store: Database, number: str, who: str, now: datetime) -> None:
    """Puts a company on the list. Raises Refused where it is no company of the register, or is held already."""
    with store.connect() as connection:
        row = connection.execute(select(company).where(company.c.number == number)).one_or_none()
        if row is None:
            raise Refused(f"The register that is loaded has no company {number}. Look whether the number is right.")
        _demand_unheld(connection, row)
        held = _connection(connection)
        fields = {"name": row.name, "company_number": row.number, "postcode": row.postcode, "town": row.town}
        fields = {name: value for name, value in fields.items() if value}
        values: dict[str, Any] = {
            "block": ADDED, "row_hash": hashlib.blake2b(repr(fields).encode(), digest_size=16).digest(), "fields": fields,
            "changed": now, "deleted_on": None,
        }  # fmt: skip
        mine = _record_of(number, held)
        if not connection.execute(update(record).where(*mine).values(**values)).rowcount:
            connection.execute(insert(record).values(connection_id=held, entity="business", source_id=number, **values))
        _grew(connection, held)
        note(connection, who, "company added", number, now)


def take_back(store: Database, number: str, who: str, now: datetime, zone: ZoneInfo) -> None:
    """Takes a company off the list again. Raises Refused where nobody has added it."""
    with store.connect() as connection:
        held = _connection(connection)
        today = now.astimezone(zone).date()
        mine = (*_record_of(number, held), record.c.deleted_on.is_(None))
        if not connection.execute(update(record).where(*mine).values(deleted_on=today)).rowcount:
            raise Refused(f"Company {number} was not added here. If a CRM holds it, it can only be removed there.")
        _grew(connection, held)
        note(connection, who, "company taken back", number, now)


def added_numbers(connection: Connection, numbers: Sequence[str]) -> set[str]:
    """Which of these companies somebody has added."""
    query = (
        select(record.c.source_id)
        .join(connections, connections.c.id == record.c.connection_id)
        .where(connections.c.name == ADDED, record.c.deleted_on.is_(None), among(connection, record.c.source_id, list(numbers)))
    )
    return set(connection.scalars(query))


def _demand_unheld(connection: Connection, row: Any) -> None:
    live = (business.c.company_number == row.number, ~business.c.gone, unmerged(business))
    held = connection.execute(select(business.c.id).where(*live)).first()
    if held is not None:
        raise Refused(f"{row.name} is known already; search the list of businesses for it.")
    if added_numbers(connection, [row.number]):
        raise Refused(f"{row.name} has been added already; it will be on the list after the next run.")


def _connection(connection: Connection) -> int:
    """The id of the connection of our own, which comes to be when it is first needed."""
    connection.execute(
        bulk.upsert(connection, ConnectionRow).values(name=ADDED, kind=ADDED, side="register", version=0).on_conflict_do_nothing()
    )
    return int(connection.execute(select(connections.c.id).where(connections.c.name == ADDED)).scalar_one())


def _record_of(number: str, connection_id: int) -> tuple[Any, ...]:
    return record.c.connection_id == connection_id, record.c.entity == "business", record.c.source_id == number


def _grew(connection: Connection, connection_id: int) -> None:
    """Has the stages look at the connection again."""
    connection.execute(update(connections).where(connections.c.id == connection_id).values(version=connections.c.version + 1))
