"""How much a database holds, table by table, whatever its schema is."""

from sqlalchemy import Connection, Table, func, inspect, literal_column, select, table

from store.database import Database
from store.tables import everything

VERSION = "alembic_version"
OF_PROCESSES = {"lease", "worker", "site_session", "sign_in_failure"}
"""Tables that tell only which processes live and who is signed in. They go into a backup, and mean nothing afterwards or elsewhere."""


def ours() -> list[Table]:
    """Every table of this program's schema, those that others point at first, but for those of processes."""
    return [table for table in everything() if table.name not in OF_PROCESSES]


def tables(connection: Connection) -> list[str]:
    """The names of the tables that are there, those of other programs included, but for Alembic's own and those of processes."""
    return sorted(name for name in inspect(connection).get_table_names() if name not in {VERSION, *OF_PROCESSES})


def is_empty(database: Database) -> bool:
    """Whether no table holds a row."""
    with database.reading() as connection:
        return not any(connection.scalar(select(literal_column("1")).select_from(table(name)).limit(1)) for name in tables(connection))


def counts(database: Database) -> dict[str, int]:
    """The number of rows of each table."""
    with database.reading() as connection:
        return {name: _count(connection, name) for name in tables(connection)}


def _count(connection: Connection, name: str) -> int:
    return int(connection.scalar(select(func.count()).select_from(table(name))) or 0)
