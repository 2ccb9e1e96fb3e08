"""Many rows at once: executemany on SQLite, COPY and one INSERT on PostgreSQL.

`insert` appends and leaves rows that are there as they are; `replace` makes a part of a table hold just the rows given, writing only
what differs, so that a second pass over the same data writes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from store.queries import among

Key = tuple[Any, ...]
Row = tuple[Any, ...]
T = TypeVar("T")
CHUNK = 5000


@dataclass
class Change:
    """The keys of the rows that a `replace` touches, and what the added and changed ones are to hold, in the order of `names`."""

    added: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    removed: list[Key] = field(default_factory=list)
    names: Sequence[str] = ()
    rows: dict[Key, Row] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def keys(self) -> list[Key]:
        """Every key touched."""
        return [*self.added, *self.changed, *self.removed]


def parts(values: Sequence[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The values in their order, so many at a time: what one statement is to be asked for, or one transaction to hold."""
    return (list(values[start : start + size]) for start in range(0, len(values), size))


def table_of(model: type[SQLModel]) -> Table:
    """A model's Core table."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def insert(connection: Connection, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Inserts rows; one whose key is there already is left as it is.

    `rows` are in the order of `columns`; JSON columns take any JSON value, or text that is JSON already."""
    if not rows:
        return
    table = table_of(model)
    by_column = dict(zip(columns, zip(*rows, strict=True), strict=True))
    stored = list(zip(*_stored(table, by_column, connection), strict=True))
    if connection.dialect.name == "sqlite":
        _executemany(connection, "INSERT OR IGNORE", table, columns, stored)
        return
    names, staging = ", ".join(columns), f"copy_{table.name}"
    connection.exec_driver_sql(f"CREATE TEMP TABLE {staging} ON COMMIT DROP AS SELECT {names} FROM {table.name} WITH NO DATA")
    _copy(connection, table, staging, columns, stored)
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {staging} ON CONFLICT DO NOTHING")
    connection.exec_driver_sql(f"DROP TABLE {staging}")


def upsert(connection: Connection, model: type[SQLModel]) -> Any:
    """An INSERT of this database's own dialect, which takes `on_conflict_do_nothing` and `on_conflict_do_update`: for single rows."""
    if connection.dialect.name == "sqlite":
        return sqlite_insert(table_of(model))
    from sqlalchemy.dialects.postgresql import insert as pg_insert  # takes a while, and SQLite never needs it

    return pg_insert(table_of(model))


def append(connection: Connection, model: type[SQLModel], columns: Mapping[str, Sequence[Any]]) -> None:
    """`insert` into a table whose keys the database makes, so that no row can be there already.

    `columns` hold each column's values, all as many: a page of thousands of rows is quicker to make so."""
    # sqlite3 takes twice as long to bind a None as a text.
    filled = {name: values for name, values in columns.items() if values.count(None) < len(values)}
    append_to(connection, table_of(model), filled)


def append_to(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """`append` for a Core table; every column is written, whatever it holds."""
    names = list(columns)
    rows = list(zip(*_stored(table, columns, connection), strict=True))
    if rows and connection.dialect.name == "sqlite":
        _executemany(connection, "INSERT", table, names, rows)
    elif rows:
        _copy(connection, table, table.name, names, rows)


def sort_in_memory(connection: Connection) -> None:
    """For this transaction, in which very many rows are sorted: PostgreSQL's own 4 MB have it write them to files and back."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL work_mem = '64MB'")


def look_up_in_memory(connection: Connection) -> None:
    """For this connection from now on, by which very many rows are looked up in no order: SQLite keeps up to 64 MB of its file at hand, as
    with 16 MB it reads a page of a larger one for nearly every row. PostgreSQL's memory is the server's."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size=-64000")


def tell_planner(connection: Connection, model: type[SQLModel], written: int) -> None:
    """After very many rows: has PostgreSQL look at the table at once. Its autovacuum comes a minute later, and until then a look-up by
    many keys reads the whole table for each."""
    if written >= CHUNK and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {table_of(model).name}")


def _executemany(connection: Connection, verb: str, table: Table, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"{verb} INTO {table.name} ({', '.join(columns)}) VALUES ({marks})", rows)


def _copy(connection: Connection, table: Table, target: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Copies rows into `target`, whose columns are like those of `table`."""
    from psycopg.types.string import BytesBinaryDumper  # SQLite never needs it

    driver: Any = connection.connection.driver_connection
    # In the server's own format, which the driver makes in a third of the time that it takes to write text.
    with driver.cursor() as cursor:
        cursor.adapters.register_dumper(bytes, BytesBinaryDumper)  # the one that it finds by type otherwise is written in Python
        with cursor.copy(f"COPY {target} ({', '.join(columns)}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types([_type_word(table.c[name], connection.dialect) for name in columns])
            for row in rows:
                copy.write_row(row)


@lru_cache(1024)
def _type_word(column: Column[Any], dialect: Dialect) -> str:
    """A column's type as the driver is told of it; JSON is text by then."""
    word = column.type.compile(dialect).lower()
    return {"json": "text", "float": "double precision"}.get(word, word)


def _stored(table: Table, columns: Mapping[str, Sequence[Any]], connection: Connection) -> Iterator[Sequence[Any]]:
    """Each column as the driver stores it: most as they are."""
    for name, values in columns.items():
        column = table.c[name]
        if isinstance(column.type, JSON):
            yield _json(values)
        elif connection.dialect.name == "sqlite" and isinstance(column.type, UTCDateTime):
            yield _sqlite_instants(list(values))
        else:
            store = _processor(column, connection)
            yield values if store is None else [value if value is None else store(value) for value in values]


def _json(values: Sequence[Any]) -> Sequence[str | None]:
    """JSON values as text; what is text is JSON already."""
    try:
        "".join(values)
    except TypeError:
        return [value if value is None or isinstance(value, str) else orjson.dumps(value).decode() for value in values]
    return values


def _processor(column: Column[Any], connection: Connection) -> Callable[[Any], Any] | None:
    """How a value becomes what the driver stores; None where it goes as it is."""
    if connection.dialect.name == "sqlite" and not isinstance(column.type, LargeBinary):
        return column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return None


def _sqlite_instants(values: list[datetime | None]) -> Sequence[str | None]:
    """Whole seconds of UTC, which most columns hold and nothing else, are written all at once."""
    written = orjson.dumps(values).decode()
    if values and "." not in written and written.count("+00:00") == len(values):
        return written[2:-2].replace("T", " ").replace("+00:00", ".000000").split('","')
    return [None if value is None else _sqlite_instant(value) for value in values]


def _sqlite_instant(value: datetime) -> str:
    """As SQLAlchemy stores it, at an eighth of the cost."""
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return f"{utc.date().isoformat()} {utc.time().isoformat('microseconds')}"


def replace(
    connection: Connection,
    model: type[SQLModel],
    rows: Iterable[Mapping[str, Any]],
    where: Mapping[str, Any] | None = None,
    key: Sequence[str] = (),
) -> Change:
    """Makes the rows that match `where` (all rows, if empty) be just `rows`, and says what differed.

    `rows` hold every column but generated ones; `key` names the columns that tell rows apart (the primary key, unless said)."""
    return replace_rows(connection, model, *_as_rows(rows, list(key) or _keys(table_of(model))), where, key)


def replace_rows(
    connection: Connection,
    model: type[SQLModel],
    names: Sequence[str],
    rows: Iterable[Row],
    where: Mapping[str, Any] | None = None,
    key: Sequence[str] = (),
) -> Change:
    """`replace` for rows in the order of `names`, which take less time and room where there are very many."""
    table = table_of(model)
    keys = list(key) or _keys(table)
    condition = and_(True, *(table.c[name] == value for name, value in (where or {}).items()))
    change = _compare(connection, table, names, rows, condition, keys)
    _write(connection, model, change, keys)
    return change


def replace_among(
    connection: Connection, model: type[SQLModel], column: str, values: Sequence[Any], rows: Iterable[Mapping[str, Any]]
) -> Change:
    """`replace` for the rows whose `column` holds one of `values`."""
    change = compare_among(connection, model, column, values, rows)
    carry_out(connection, model, change)
    return change


def compare_among(
    connection: Connection, model: type[SQLModel], column: str, values: Sequence[Any], rows: Iterable[Mapping[str, Any]]
) -> Change:
    """What `replace_among` would do, without writing: `carry_out` does it, in this transaction or another."""
    table = table_of(model)
    keys = _keys(table)
    return _compare(connection, table, *_as_rows(rows, keys), among(connection, table.c[column], values), keys)


def carry_out(connection: Connection, model: type[SQLModel], change: Change) -> None:
    """Writes what `compare_among` found."""
    _write(connection, model, change, _keys(table_of(model)))


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _as_rows(rows: Iterable[Mapping[str, Any]], keys: list[str]) -> tuple[list[str], Iterator[Row]]:
    """The names of the columns (the keys', where there is no row), and the rows in their order."""
    given = iter(rows)
    first = next(given, None)
    if first is None:
        return keys, iter(())
    names = list(first)
    return names, map(_cells(names), chain([first], given))


def _cells(places: Sequence[Any]) -> Callable[[Any], Row]:
    """Takes these places of a row, or of a mapping."""
    if len(places) == 1:
        place = places[0]
        return lambda row: (row[place],)
    return itemgetter(*places)


def _compare(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Row], condition: ColumnElement[bool], keys: list[str]
) -> Change:
    key_of = _cells([names.index(name) for name in keys])
    wanted = {key_of(row): row for row in rows}
    missing, differing, removed = set(wanted), set(), []
    for held in _held(connection, table, names, condition):
        found = key_of(held)
        row = wanted.get(found)
        if row is None:
            removed.append(found)
            continue
        missing.discard(found)
        if _differs(held, row):
            differing.add(found)
    added = [found for found in wanted if found in missing] if missing else []
    changed = [found for found in wanted if found in differing] if differing else []
    return Change(added, changed, removed, names, {found: wanted[found] for found in (*added, *changed)})


def _held(connection: Connection, table: Table, names: Sequence[str], condition: ColumnElement[bool]) -> Iterator[Row]:
    """The rows that are there, never all at once. Of JSON many rows hold the same, which is read once."""
    of_json = [isinstance(table.c[name].type, JSON) for name in names]
    columns = [cast(table.c[name], Text).label(name) if json else table.c[name] for name, json in zip(names, of_json, strict=True)]
    read = lru_cache(4096)(orjson.loads)
    for part in connection.execute(select(*columns).where(condition)).partitions(CHUNK):
        if any(of_json):
            for row in part:
                yield tuple([read(cell) if json and cell is not None else cell for cell, json in zip(row, of_json, strict=True)])
        else:
            yield from map(tuple, part)


def _differs(held: Row, wanted: Row) -> bool:
    # Most are equal at first sight. Instants of two zones may not be and yet be the same moment, where clocks are put back.
    return held != wanted and any(_cell_differs(*cells) for cells in zip(held, wanted, strict=True))


def _cell_differs(held: Any, wanted: Any) -> bool:
    if isinstance(held, datetime) and isinstance(wanted, datetime):
        return held.timestamp() != wanted.timestamp()
    return bool(held != wanted)


def _write(connection: Connection, model: type[SQLModel], change: Change, keys: list[str]) -> None:
    table, names, rows = table_of(model), change.names, change.rows
    is_key = and_(*(table.c[name] == bindparam(f"key_{name}") for name in keys))
    if change.removed:
        connection.execute(delete(table).where(is_key), [_key_values(keys, found) for found in change.removed])
    if change.changed:
        others = [(index, name) for index, name in enumerate(names) if name not in keys]
        statement = update(table).where(is_key).values({name: bindparam(f"new_{name}") for _, name in others})
        values = [_key_values(keys, found) | {f"new_{name}": rows[found][index] for index, name in others} for found in change.changed]
        connection.execute(statement, values)
    for part in parts(change.added):
        insert(connection, model, names, [rows[found] for found in part])
    tell_planner(connection, model, len(change.added))


def _key_values(keys: list[str], found: Key) -> dict[str, Any]:
    return {f"key_{name}": value for name, value in zip(keys, found, strict=True)}
