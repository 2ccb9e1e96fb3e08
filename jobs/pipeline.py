"""The pipeline: pull every connection, resolve, join, map, flag. Each stage writes only what differs and can be killed at any moment."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from connector.contract import ConnectorError
from jobs import collecting, runs
from jobs.budget import shared_budget
from jobs.decisions import corrected
from jobs.decisions.holding import stamp
from jobs.flag_stage import flag_businesses
from jobs.join_businesses import join_businesses
from jobs.join_people import join_people
from jobs.lookup import Asking
from jobs.members import SHAPE
from jobs.pulling import Options, Result, connection_id, end_runs, pull_connection
from jobs.resolve import resolve
from jobs.rules import Rules
from jobs.sources import LookupSource, Source
from jobs.themes import map_themes
from store import bulk
from store.database import Database
from store.lease import STAGES, hold
from store.lock import Locked
from store.tables import Connection as ConnectionRow
from store.tables import RegisterCompany, Stage

connections, stages = bulk.table_of(ConnectionRow), bulk.table_of(Stage)
register = bulk.table_of(RegisterCompany)


def sync(store: Database, sources: list[Source], rules: Rules, options: Options, lookups: Sequence[LookupSource] = ()) -> list[Result]:
    """One pass over these connections, then over everything that their changes touch. The caller holds the sync lock."""
    results = [pull_connection(store, source, options) for source in sources]
    results += refresh(store, rules, options, lookups)
    end_runs(store, results)
    for result in results:
        result.counts = runs.latest(store, result.connection)
    return results


def refresh_alone(store: Database, rules: Rules, options: Options, lookups: Sequence[LookupSource] = ()) -> list[Result]:
    """`refresh`, with the runs of its lookups ended. The caller holds the stages' lease."""
    results = refresh(store, rules, options, lookups)
    end_runs(store, results)
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
