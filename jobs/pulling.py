"""Reading one connection: all its entities, in their order. It knows nothing of the stages that come after, and loads none of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from connector.contract import Connector, ConnectorError, StopConnection
from jobs import runs
from jobs.budget import shared_budget
from jobs.pull import ENTITY_ORDER, Progress, Task, pull
from jobs.settling.deletions import DeletionsRefused
from jobs.sources import Configured, Source
from store import bulk
from store.database import Database
from store.tables import Connection as ConnectionRow

connections = bulk.table_of(ConnectionRow)


@dataclass
class Options:
    """How to sync."""

    zone: ZoneInfo
    as_of: date | None = None
    full: bool = False
    accept_deletions: bool = False
    rehearsal: bool = False
    """A dry run: what is stored is undone."""
    progress: Progress = lambda what, done, total: None
    stage: Callable[[str], None] = lambda name: None
    """Told the name of each stage after the pulls as it begins."""

    @property
    def today(self) -> date:
        """The as-of day."""
        return self.as_of or datetime.now(self.zone).date()

    @property
    def moment(self) -> datetime:
        """What counts as now: the end of the as-of day, where one was given."""
        if self.as_of is None:
            return datetime.now(UTC)
        return datetime.combine(self.as_of + timedelta(days=1), time(), self.zone).astimezone(UTC) - timedelta(seconds=1)


@dataclass
class Result:
    """What a sync did to one connection."""

    connection: str
    outcome: str = "done"
    counts: runs.Counts = field(default_factory=runs.Counts)
    messages: list[str] = field(default_factory=list)
    untouched: bool = True
    """Nothing had changed since the last sync, so nothing was read."""
    unit: str = "row"
    """What was read: rows of a CRM, answers of a register."""
    wait: float = 0.0
    """Seconds before which it is in vain to try again, where the other end said so."""
    refused: bool = False
    """A person has to decide before another try can end otherwise."""
    left: int = 0
    """What is still to be asked of a register, after as much as one run asks."""


def pull_alone(store: Database, source: Source, options: Options) -> Result:
    """Reads one connection; what its changes touch is left to `refresh`. The caller holds the connection's lease."""
    result = pull_connection(store, source, options)
    end_runs(store, [result])
    result.counts = runs.latest(store, source.name)
    return result


def pull_connection(store: Database, source: Source, options: Options) -> Result:
    """Reads one connection and leaves its run open, for `end_runs`. A fault of the other end is in what it gives."""
    result = Result(source.name)
    task_of = _tasks(store, source, options)
    try:
        connector = source.open(partial(shared_budget, store, source.name))
    except ConnectorError as fault:
        return Result(source.name, "failed", messages=[str(fault)])
    stored = False
    try:
        _pull_entities(source, connector, task_of, result)
        stored = result.outcome == "done" and not options.rehearsal
    finally:
        connector.close(stored)
    return result


def _pull_entities(source: Source, connector: Connector, task_of: Callable[[Connector, str], Task], result: Result) -> None:
    for entity in ENTITY_ORDER:
        try:
            counts = pull(task_of(connector, entity))
        except StopConnection as fault:
            result.outcome = "failed"
            result.messages.append(str(fault))
            break
        except (ConnectorError, DeletionsRefused) as fault:
            result.outcome = "partial"
            result.messages.append(str(fault))
            result.refused = result.refused or isinstance(fault, DeletionsRefused)
            result.wait = max(result.wait, getattr(fault, "wait", None) or 0.0)
        else:
            result.untouched = result.untouched and counts is None
    if result.outcome == "partial" and len(result.messages) == len(source.field_map.blocks):
        result.outcome = "failed"


def _tasks(store: Database, source: Source, options: Options) -> Callable[[Connector, str], Task]:
    held, run_id = connection_id(store, source), runs.begin(store, source.name)

    def task(connector: Connector, entity: str) -> Task:
        return Task(
            store, held, run_id, connector, source.field_map, entity, options.zone, options.today,
            options.full, options.accept_deletions, lambda what, done, total: options.progress(f"{source.name}: {what}", done, total),
            source.reads_ahead and store.writes_side_by_side,
        )  # fmt: skip

    return task


def connection_id(store: Database, source: Configured) -> int:
    """The stored id of a connection, which it gets when it is first seen."""
    values = {"kind": source.kind, "side": source.side}
    with store.connect() as connection:
        held = connection.execute(select(connections).where(connections.c.name == source.name)).one_or_none()
        if held is None:
            new = insert(connections).values(name=source.name, version=0, **values)
            return int(connection.execute(new.returning(connections.c.id)).scalar_one())
        if (held.kind, held.side) != (source.kind, source.side):
            connection.execute(update(connections).where(connections.c.id == held.id).values(**values))
        return int(held.id)


def end_runs(store: Database, results: Sequence[Result]) -> None:
    """Closes the runs of these connections, each with its outcome and what was said."""
    runs.end(store, {result.connection: (result.outcome, "; ".join(result.messages)) for result in results})
