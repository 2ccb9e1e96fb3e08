"""`placebridge connection rename`, `remove` and `replace`."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Connection, delete, func, insert, select, update

from connector.http import SlidingBudget
from jobs import dirty
from jobs.pipeline import refresh
from jobs.pulling import Options
from jobs.replace import Plan, plan
from jobs.replace import replace as carry_over
from jobs.rules import Rules
from placebridge.faults import UserError
from placebridge.opening import Opened, opened, rules_of, sources_of
from placebridge.output import counted, say
from placebridge.removing import remove_all_of
from placebridge.settings_file import CONNECTIONS, NAME
from placebridge.user import user
from store import bulk
from store.lease import whole
from store.tables import Audit, BusinessRecord, DueRun, LookupAnswer, Record, Schedule, everything
from store.tables import Connection as ConnectionRow

connections, record = bulk.table_of(ConnectionRow), bulk.table_of(Record)
answer = bulk.table_of(LookupAnswer)
PLANNED = (bulk.table_of(Schedule), bulk.table_of(DueRun))


def rename(file: Path | None, name: str, new_name: str) -> None:
    """Renames a connection. Raises UserError where it is not known or the new name is taken."""
    new = new_name.strip().lower()
    if not re.fullmatch(NAME, new):
        raise UserError(f"'{new_name}' is no name for a connection; use letters, digits and single underscores between them")
    with opened(file, write=True) as at, whole(at.store):
        rules = rules_of(at.config, at.store)
        with at.store.connect() as connection:
            held = _held(connection, name)
            _not_taken(connection, new)
            connection.execute(update(connections).where(connections.c.id == held.id).values(name=new))
            for table in PLANNED:  # the worker may have begun to follow the new name
                connection.execute(delete(table).where(table.c.connection == new))
            for table in everything():
                if "connection" in table.c:
                    connection.execute(update(table).where(table.c.connection == held.name).values(connection=new))
            _mark(connection, held.id)
            _audit(connection, "connection rename", held.name, new)
        _refresh(at, rules)
    say(
        f"{held.name} is now {new}; every id stays. In the settings, rename {_key(held.name)}… to {_key(new)}… before the next sync"
        " (where that is done already, nothing is left to do)."
    )


def remove(file: Path | None, name: str, yes: bool) -> None:
    """Removes a connection and all that was read from it, after saying what goes."""
    with opened(file, write=True) as at, whole(at.store):
        rules = rules_of(at.config, at.store)
        with at.store.reading() as connection:
            held = _held(connection, name)
            said = _counted(connection, held)
        say(
            f"Removing {held.name} removes {said}, its runs, and all that was worked out from them. What other connections hold stays."
            " It cannot be undone, but while its lines stand in the settings a sync reads it anew."
        )
        if not yes and not _confirmed("Remove it?"):
            say("Nothing was removed.")
            return
        with at.store.connect() as connection:
            remove_all_of(connection, held)
            _audit(connection, "connection remove", held.name, "")
        _refresh(at, rules)
        left = held.name in at.config.settings.connections
    then = f" Take its {_key(held.name)}… lines out of the settings, or the next sync reads it again." if left else ""
    say(f"{held.name} is removed and the flags are up to date.{then}")


def replace(file: Path | None, name: str, yes: bool, dry_run: bool) -> None:
    """Gives a connection's records the ids of the system that its settings name now, after saying which are which.

    Raises UserError where the connection is not known or nobody may be asked, ConfigError, and ConnectorError where that system cannot
    be read."""
    with opened(file, write=not dry_run) as at, whole(at.store):
        source = sources_of(at.config, at.store, (name,))[0]
        connector = source.open(SlidingBudget)
        with at.store.reading() as connection:
            held = _held(connection, name)
            plans = list(plan(connection, held.id, connector, source.field_map, at.config.zone))
        connector.close(stored=False)
        for planned in plans:
            say(_planned(planned))
        renamed = sum(len(planned.renamed) for planned in plans)
        if dry_run or not renamed:
            say("Nothing was changed." if dry_run else f"No id changes, so nothing is to be done; `placebridge sync {held.name}` reads it.")
            return
        if not yes and not _confirmed(f"Give {counted(renamed, 'record')} their new ids?"):
            say("Nothing was changed.")
            return
        with at.store.connect() as connection:
            carry_over(connection, held.id, plans)
            _audit(connection, "connection replace", held.name, f"{held.kind} by {source.kind}, {renamed} ids")
    say(
        f"{counted(renamed, 'record')} have their new ids, and keep all that was decided about them. Now run `placebridge sync {held.name}`."
    )


def _planned(planned: Plan) -> str:
    """What becomes of an entity, in a sentence."""
    matched = len(planned.matches)
    by = ", ".join(f"{count:,} by {evidence}" for evidence, count in planned.by.items())
    told = f"{planned.entity}: {counted(planned.held, 'record')} held, {planned.read:,} in the new system; {matched:,} are the same"
    gone, new = planned.held - matched, planned.read - matched
    return f"{told}{f' ({by})' if by else ''}; the next sync would remove {gone:,} and add {new:,}."


def _key(name: str) -> str:
    return f"{CONNECTIONS}{name.upper()}__"


def _confirmed(question: str) -> bool:
    try:
        return typer.confirm(question)
    except typer.Abort:
        raise UserError("nobody answered, so nothing was changed; write --yes where nobody can be asked") from None


def _held(connection: Connection, name: str) -> Any:
    rows = connection.execute(select(connections)).all()
    for row in rows:
        if row.name == name.strip().lower():
            return row
    if not rows:
        raise UserError(f"no connection '{name}' has been synced, nor any other; `placebridge sync` makes the first")
    raise UserError(f"no connection '{name}' has been synced; known are {', '.join(sorted(row.name for row in rows))}")


def _not_taken(connection: Connection, new: str) -> None:
    if connection.execute(select(connections.c.id).where(connections.c.name == new)).first():
        raise UserError(
            f"a connection '{new}' is there already; choose another name. If it was synced by mistake under its new name,"
            f" `placebridge connection remove {new}` first"
        )


def _counted(connection: Connection, held: Any) -> str:
    counts = connection.execute(
        select(record.c.entity, func.count()).where(record.c.connection_id == held.id).group_by(record.c.entity)
    ).all()
    said = [counted(count, f"{entity} record") for entity, count in sorted(tuple(row) for row in counts)]
    answers = connection.scalar(select(func.count()).select_from(answer).where(answer.c.connection == held.name)) or 0
    said += [counted(answers, "answer")] if answers else []
    return ", ".join(said) or "no records"


def _mark(connection: Connection, connection_id: int) -> None:
    """Marks every business of a connection: its flag names the connection."""
    joined = bulk.table_of(BusinessRecord)
    mine = select(record.c.id).where(record.c.connection_id == connection_id, record.c.entity == "business")
    dirty.mark_businesses(connection, connection.scalars(select(joined.c.business_id).where(joined.c.record_id.in_(mine))))


def _refresh(at: Opened, rules: Rules) -> None:
    """Brings flags up to date at once. Should it be stopped here, the next sync does it."""
    refresh(at.store, rules, Options(at.config.zone))


def _audit(connection: Connection, action: str, target: str, detail: str) -> None:
    values = {"at": datetime.now(UTC), "who": user(), "action": action, "target": target, "detail": detail}
    connection.execute(insert(bulk.table_of(Audit)).values(**values))
