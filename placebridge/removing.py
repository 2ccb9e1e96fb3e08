"""Removes all that was read from a connection, and all that was worked out from it alone, from every table.

The tables are walked, not listed: a table that is new takes part by the names of its columns.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, delete, or_, select, update
from sqlmodel import SQLModel

from jobs import dirty, officers
from jobs.place import tally
from jobs.work import keeping
from store import bulk
from store.queries import among
from store.tables import Business, BusinessRecord, LookupAnswer, Person, PersonRecord, Record, Stage, everything
from store.tables import Connection as ConnectionRow

connections, record = bulk.table_of(ConnectionRow), bulk.table_of(Record)
stages = bulk.table_of(Stage)

RECORD_COLUMNS = ("record_id", "engagement_id", "business_record_id", "person_record_id", "left_id", "right_id")
"""Columns that hold a record's id."""
SAID = ("company_number", "postcode", "town", "place", "place_by_records", "sector", "employees", "other_names", "tags")
"""What a business's records say of it, beside its name."""


def remove_all_of(connection: Connection, held: Any) -> None:
    """Removes the connection `held`, a row of its table. Businesses that others hold too are marked, to be looked at again."""
    mine = select(record.c.id).where(record.c.connection_id == held.id)
    businesses = _ids(connection, BusinessRecord, "business_id", mine)
    people = _ids(connection, PersonRecord, "person_id", mine)
    dirty.mark_businesses(connection, _answered(connection, held.name))
    for table in _others():
        of_this = [table.c[name].in_(mine) for name in RECORD_COLUMNS if name in table.c]
        if "connection_id" in table.c:
            of_this.append(table.c.connection_id == held.id)
        if "connection" in table.c:
            of_this.append(table.c.connection == held.name)
        if of_this:
            connection.execute(delete(table).where(or_(*of_this)))
    officers.keep_only_answered(connection)
    connection.execute(delete(record).where(record.c.connection_id == held.id))
    connection.execute(delete(connections).where(connections.c.id == held.id))
    # SQLite gives a removed connection's id to the next one, whose inputs would then look as if they had been worked from.
    connection.execute(delete(stages).where(stages.c.name.in_([f"resolve {held.id}", "join businesses", "join people"])))
    dirty.mark_businesses(connection, _forget(connection, Business, BusinessRecord, "business_id", businesses))
    _forget(connection, Person, PersonRecord, "person_id", people)
    keeping.tell(connection)


def _others() -> Iterator[Table]:
    return (table for table in everything() if table not in (record, connections))


def _answered(connection: Connection, name: str) -> list[str]:
    """The businesses of whose companies a lookup told something; a place that came of one comes of the join that follows."""
    business, answer = bulk.table_of(Business), bulk.table_of(LookupAnswer)
    theirs = business.join(answer, answer.c.key == business.c.company_number)
    return list(connection.scalars(select(business.c.id).select_from(theirs).where(answer.c.connection == name)))


def _ids(connection: Connection, of: type[SQLModel], column: str, mine: Any) -> set[str]:
    table = bulk.table_of(of)
    return set(connection.scalars(select(table.c[column]).where(table.c.record_id.in_(mine))))


def _forget(connection: Connection, model: type[SQLModel], of: type[SQLModel], column: str, ids: set[str]) -> set[str]:
    """Of these businesses or people, removes those that no other connection ever held, and empties those that none holds now.

    Returns those that another holds."""
    holder, joined = bulk.table_of(model), bulk.table_of(of)
    of_these = select(joined.c[column]).where(_in(connection, joined.c[column], ids))
    remain = set(connection.scalars(of_these))
    live = of_these.join(record, record.c.id == joined.c.record_id).where(record.c.deleted_on.is_(None))
    lasting = set(connection.scalars(live))
    merged = _merged_into(connection, holder, ids)
    gone = (ids - remain) | {old for old, into in merged.items() if into not in remain}
    empty = (remain - lasting) | (set(merged) - gone)
    if model is Business:
        tally.forget(connection, gone | empty)
    for table in _others():
        name = "id" if table is holder else column
        if name in table.c:
            connection.execute(delete(table).where(_in(connection, table.c[name], gone)))
    nothing = {"name": ""} | {name: None for name in SAID if name in holder.c}
    connection.execute(update(holder).where(_in(connection, holder.c.id, empty)).values(**nothing))
    return lasting


def _merged_into(connection: Connection, holder: Table, ids: set[str]) -> dict[str, str]:
    """The ids that were merged into these, step by step, each with where it ended."""
    rows = connection.execute(select(holder.c.id, holder.c.merged_into).where(holder.c.merged_into.is_not(None)))
    into = {row.id: row.merged_into for row in rows}
    found = {}
    for old in into:
        at = old
        while at in into:
            at = into[at]
        if at in ids:
            found[old] = at
    return found


def _in(connection: Connection, column: Any, ids: set[str]) -> Any:
    return among(connection, column, sorted(ids))
