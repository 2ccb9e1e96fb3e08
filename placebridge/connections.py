"""`placebridge connection rename` and `remove`."""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Connection, delete, func, insert, select, update

from placebridge.faults import UserError
from placebridge.opening import opened
from placebridge.settings import PREFIX
from store import bulk
from store.lock import only_one
from store.tables import (
    Arrival,
    Audit,
    Cursor,
    Engagement,
    EngagementBusiness,
    LinkDecision,
    Notice,
    Participant,
    Post,
    Record,
    Reject,
    Run,
    ThemeFound,
    ThemeRead,
)  # fmt: skip
from store.tables import Connection as ConnectionRow

connections, record, run = bulk.table_of(ConnectionRow), bulk.table_of(Record), bulk.table_of(Run)

OF_CONNECTION = (Arrival, Cursor, Reject, Notice, Engagement, EngagementBusiness, Participant, Post)
"""Tables whose rows belong to one connection and go with it; records, and what hangs on them, go last."""


def rename(file: Path | None, name: str, new_name: str) -> None:
    """Renames a connection. Raises UserError where it is not known or the new name is taken."""
    new = new_name.strip().lower()
    if not new.replace("_", "").isalnum():
        raise UserError(f"'{new_name}' is no name for a connection; use letters, digits and underscores")
    with opened(file, write=True) as at, only_one(at.store), at.store.connect() as connection:
        held = _held(connection, name)
        if connection.execute(select(connections.c.id).where(connections.c.name == new)).first():
            raise UserError(f"a connection '{new}' is there already; choose another name")
        connection.execute(update(connections).where(connections.c.id == held.id).values(name=new))
        connection.execute(update(run).where(run.c.connection == held.name).values(connection=new))
        _audit(connection, "connection rename", held.name, new)
    typer.echo(
        f"{held.name} is now {new}; every id stays. In the settings, rename {PREFIX}CONNECTIONS__{held.name.upper()}__… to"
        f" {PREFIX}CONNECTIONS__{new.upper()}__… before the next sync."
    )


def remove(file: Path | None, name: str, yes: bool) -> None:
    """Removes a connection and all that was read from it, after saying what goes."""
    with opened(file, write=True) as at, only_one(at.store):
        with at.store.reading() as connection:
            held = _held(connection, name)
            counts = connection.execute(
                select(record.c.entity, func.count())
                .where(record.c.connection_id == held.id)
                .group_by(record.c.entity)
                .order_by(record.c.entity)
            ).all()
        said = ", ".join(f"{count:,} {entity} records" for entity, count in counts) or "no records"
        typer.echo(f"Removing {held.name} removes {said}, and all that was worked out from them. Other connections' records stay.")
        if not yes and not typer.confirm("Remove it?"):
            typer.echo("Nothing was removed.")
            return
        with at.store.connect() as connection:
            _remove(connection, held)
    typer.echo(
        f"{held.name} is removed. Take its {PREFIX}CONNECTIONS__{held.name.upper()}__ lines out of the settings, then run `placebridge sync`"
        " to bring the flags up to date."
    )


def _held(connection: Connection, name: str) -> Any:
    rows = connection.execute(select(connections)).all()
    for row in rows:
        if row.name == name.strip().lower():
            return row
    known = ", ".join(sorted(row.name for row in rows)) or "none"
    raise UserError(f"no connection '{name}' has been synced; known are: {known}")


def _remove(connection: Connection, held: Any) -> None:
    mine = select(record.c.id).where(record.c.connection_id == held.id)
    for model in (ThemeFound, ThemeRead):
        table = bulk.table_of(model)
        connection.execute(delete(table).where(table.c.engagement_id.in_(mine)))
    edges = bulk.table_of(LinkDecision)
    connection.execute(delete(edges).where(edges.c.left_id.in_(mine) | edges.c.right_id.in_(mine)))
    for of in OF_CONNECTION:
        table = bulk.table_of(of)
        connection.execute(delete(table).where(table.c.connection_id == held.id))
    connection.execute(delete(record).where(record.c.connection_id == held.id))
    connection.execute(delete(connections).where(connections.c.id == held.id))
    _audit(connection, "connection remove", held.name, "")


def _audit(connection: Connection, action: str, target: str, detail: str) -> None:
    values = {"at": datetime.now(UTC), "who": getpass.getuser(), "action": action, "target": target, "detail": detail}
    connection.execute(insert(bulk.table_of(Audit)).values(**values))
