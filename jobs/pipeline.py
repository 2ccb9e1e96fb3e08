"""The pipeline: pull every connection, resolve, join, map, flag. Each stage writes only what differs and can be killed at any moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from connector.contract import Connector, ConnectorError, StopConnection
from connector.kind import BudgetOf
from jobs import collecting, runs
from jobs.budget import shared_budget
from jobs.decisions import corrected
from jobs.decisions.holding import stamp
from jobs.flag_stage import flag_businesses
from jobs.join_businesses import join_businesses
from jobs.join_people import join_people
from jobs.lookup import Asking, LookupSource
from jobs.members import SHAPE
from jobs.pull import ENTITY_ORDER, Progress, Task, pull
from jobs.resolve import resolve
from jobs.rules import Rules
from jobs.settle import DeletionsRefused
from jobs.themes import map_themes
from mappings.field_map import FieldMap
from store import bulk
from store.database import Database
from store.lease import STAGES, hold
from store.lock import Locked
from store.tables import Connection as ConnectionRow
from store.tables import RegisterCompany, Stage

connections, stages = bulk.table_of(ConnectionRow), bulk.table_of(Stage)
register = bulk.table_of(RegisterCompany)


@dataclass(frozen=True)
class Source:
    """A configured connection, ready to be read."""

    name: str
    kind: str
    side: str
    open: Callable[[BudgetOf], Connector]
    """Makes its connector. Raises ConnectorError for settings that cannot be used."""
    field_map: FieldMap
    reads: object = None
    """What it reads, in the settings' words: two connections that read the same hold everything twice."""


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


def sync(store: Database, sources: list[Source], rules: Rules, options: Options, lookups: Sequence[LookupSource] = ()) -> list[Result]:
    """One pass over these connections, then over everything that their changes touch. The caller holds the sync lock."""
    results = [_pull_connection(store, source, options) for source in sources]
    results += refresh(store, rules, options, lookups)
    _end_runs(store, results)
    for result in results:
        result.counts = runs.latest(store, result.connection)
    return results


def pull_alone(store: Database, source: Source, options: Options) -> Result:
    """Reads one connection; what its changes touch is left to `refresh`. The caller holds the connection's lease."""
    result = _pull_connection(store, source, options)
    _end_runs(store, [result])
    result.counts = runs.latest(store, source.name)
    return result


def refresh_alone(store: Database, rules: Rules, options: Options, lookups: Sequence[LookupSource] = ()) -> list[Result]:
    """`refresh`, with the runs of its lookups ended. The caller holds the stages' lease."""
    results = refresh(store, rules, options, lookups)
    _end_runs(store, results)
    return results


def refresh(store: Database, rules: Rules, options: Options, lookups: Sequence[LookupSource] = ()) -> list[Result]:
    """Everything after the pulls, as far as its inputs have changed; what became of each lookup."""
    with collecting.seldom():
        return _refresh(store, rules, options, lookups)


def _refresh(store: Database, rules: Rules, options: Options, lookups: Sequence[LookupSource]) -> list[Result]:
    read = _connections(store)
    for row in read:
        _stage(store, f"resolve {row.id}", options, _resolve_from(row, rules), partial(_resolve, store, row.id, rules, options))
    worked_from = _join_from(store, read, rules)
    _stage(store, "join businesses", options, worked_from, lambda: join_businesses(store, rules.places))
    _stage(store, "join people", options, worked_from, lambda: join_people(store))
    results = [_look_up(store, source, rules, options) for source in lookups]
    options.stage("themes")
    map_themes(store, rules.themes, rules.resources, lambda done, total: options.progress("themes", done, total))
    options.stage("flags")
    flag_businesses(store, options.today, rules, options.zone, lambda done, total: options.progress("flags", done, total))
    return results


def refresh_if_free(store: Database, rules: Rules, options: Options) -> bool:
    """`refresh` without lookups, at once, where nobody is at the stages; else False: whoever is, or the next run, does it.

    `store` may be in use by other threads meanwhile, as this works through a door of its own."""
    own = store if store.in_memory else Database(store.url.render_as_string(hide_password=False))
    try:
        with hold(own, [STAGES]):
            refresh(own, rules, options)
    except Locked:
        return False
    finally:
        if own is not store:
            own.close()
    return True


def _end_runs(store: Database, results: Sequence[Result]) -> None:
    runs.end(store, {result.connection: (result.outcome, "; ".join(result.messages)) for result in results})


def connection_id(store: Database, source: Source | LookupSource) -> int:
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


def _pull_connection(store: Database, source: Source, options: Options) -> Result:
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


def _look_up(store: Database, source: LookupSource, rules: Rules, options: Options) -> Result:
    """Asks a register. Whatever goes wrong, the sync goes on with what is known."""
    connection_id(store, source)
    result, run_id = Result(source.name, unit="answer"), runs.begin(store, source.name)
    options.stage(f"look up {source.name}")
    try:
        lookup = source.open(partial(shared_budget, store, source.name))
        asking = Asking(
            store, source, lookup, options.zone, rules.places, run_id, lambda done, total: options.progress(source.name, done, total)
        )
        due = asking.due()
        result.untouched = not (due.keys or due.forgotten)
        left = len(due.keys) - source.per_run
        if options.rehearsal:
            result.messages += [f"it would be asked about {len(due.keys):,}"] if due.keys else []
            return result
        asking.run(due)
        result.left = max(left, 0)
        result.messages += [f"{left:,} more are to be asked about; the next sync goes on"] if left > 0 else []
    except ConnectorError as fault:
        result.outcome = "partial"
        result.messages.append(str(fault))
        result.wait = getattr(fault, "wait", None) or 0.0
    return result


def _tasks(store: Database, source: Source, options: Options) -> Callable[[Connector, str], Task]:
    held, run_id = connection_id(store, source), runs.begin(store, source.name)

    def task(connector: Connector, entity: str) -> Task:
        return Task(
            store, held, run_id, connector, source.field_map, entity, options.zone, options.today,
            options.full, options.accept_deletions, lambda what, done, total: options.progress(f"{source.name}: {what}", done, total),
        )  # fmt: skip

    return task


def _connections(store: Database) -> list[Any]:
    """Those of which something was read; a lookup never is."""
    with store.reading() as connection:
        return list(connection.execute(select(connections).where(connections.c.version > 0).order_by(connections.c.id)).all())


def _stage(store: Database, name: str, options: Options, worked_from: dict[str, Any], work: Callable[[], object]) -> None:
    """Does a stage's work unless it was done from just these inputs before."""
    with store.reading() as connection:
        held = connection.scalar(select(stages.c.worked_from).where(stages.c.name == name))
    if held == worked_from:
        return
    options.stage(name)
    work()
    with store.connect() as connection:
        bulk.replace(connection, Stage, [{"name": name, "worked_from": worked_from}], {"name": name})


def _resolve_from(row: Any, rules: Rules) -> dict[str, Any]:
    return {"version": row.version, "levels": rules.levels.version}


def _resolve(store: Database, connection_id: int, rules: Rules, options: Options) -> None:
    resolve(store, connection_id, rules.levels, options.moment, options.today)


def _join_from(store: Database, read: list[Any], rules: Rules) -> dict[str, Any]:
    resolves = select(stages.c.name, stages.c.worked_from).where(stages.c.name.like("resolve %"))
    with store.reading() as connection:
        resolved = {row.name: row.worked_from["version"] for row in connection.execute(resolves)}
        return {
            # What was resolved, not what is read by now: a pull may have gone on meanwhile.
            "connections": {str(row.id): [row.name, row.side, resolved[f"resolve {row.id}"]] for row in read},
            "decisions": stamp(connection),
            "said_places": corrected.stamp(connection),
            "register": connection.scalar(select(stages.c.worked_from).where(stages.c.name == "register")),
            "places": rules.places.version,
            "person roles": 1,  # goes up when what is kept of them is worked out otherwise
            "shape": SHAPE,
        }
