"""Every table as plain rows that can be compared between databases: ids that a database makes are replaced by what they stand for, and
the clocks of runs are left out, as are the tables that tell only which processes live."""

from typing import Any

from sqlalchemy import Connection, select

from store import bulk
from store.contents import ours
from store.database import Database
from store.tables import Connection as ConnectionRow
from store.tables import Record

RECORD_IDS = {
    "record_id", "engagement_id", "business_record_id", "person_record_id", "left_id", "right_id", "who",
}  # fmt: skip
CLOCKS = {"run": {"started_at", "ended_at"}, "listed": {"version"}, "list_version": {"version"}}

Rows = list[tuple[Any, ...]]


def everything(store: Database) -> dict[str, Rows]:
    """The rows of every table, sorted."""
    with store.reading() as connection:
        names = _Names(connection)
        return {table.name: sorted((names.row(table.name, row) for row in connection.execute(select(table)).mappings()), key=repr)
                for table in ours()}  # fmt: skip


def at(table: str, column: str) -> int:
    """Where a column stands in a row of `everything`, counted from its end."""
    names = next(list(found.c.keys()) for found in ours() if found.name == table)
    return names.index(column) - len(names)


class _Names:
    """What the ids of connections and records stand for."""

    def __init__(self, connection: Connection) -> None:
        held, record = bulk.table_of(ConnectionRow), bulk.table_of(Record)
        self._connections = {row.id: row.name for row in connection.execute(select(held.c.id, held.c.name))}
        columns = (record.c.id, record.c.connection_id, record.c.entity, record.c.source_id)
        self._records = {row.id: (self._connections[row.connection_id], *row[2:]) for row in connection.execute(select(*columns))}

    def row(self, table: str, row: Any) -> tuple[Any, ...]:
        values = {name: self._value(name, value) for name, value in row.items() if name not in CLOCKS.get(table, ())}
        if isinstance(row.get("id"), int):
            del values["id"]
        if table == "link_decision":
            values["left_id"], values["right_id"] = sorted((values["left_id"], values["right_id"]))
        if table == "stage":
            values["name"] = self._stage(values["name"])
            values["worked_from"] = _without_ids(values["worked_from"])
        return tuple(repr(value) for value in values.values())

    def _value(self, name: str, value: Any) -> Any:
        if name == "connection_id":
            return self._connections.get(value, value)
        if name in RECORD_IDS and str(value).isdigit():
            return self._records.get(int(value), value)
        return bytes(value) if isinstance(value, memoryview) else value

    def _stage(self, name: str) -> str:
        """`resolve 1` as `resolve council`."""
        what, _, number = name.rpartition(" ")
        return f"{what} {self._connections[int(number)]}" if number.isdigit() else name


def _without_ids(worked_from: Any) -> Any:
    """What a stage worked from names connections by id, and says of each which it is."""
    held = worked_from and worked_from.get("connections")
    return worked_from | {"connections": sorted(held.values())} if held else worked_from
