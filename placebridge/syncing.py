"""`placebridge sync`: one pass of the pipeline, with progress on a terminal and plain lines in a log."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from connector.http import SystemClock
from connector.http.findings import expiry_finding
from jobs.flag import flags_as_of, stored_states
from jobs.pipeline import sync as run_pipeline
from jobs.pulling import Options, Result
from jobs.rules import Rules
from placebridge.garbage import keep_for_good
from placebridge.opening import lookups_of, rules_of, sources_of, unconfigured
from placebridge.output import console, counted, say
from placebridge.settings import Config
from placebridge.settings import load as load_settings
from store import migrate
from store.database import Database
from store.lease import STAGES, hold
from store.lock import demand_writable

DONE, FAILED, PARTIAL = 0, 1, 3


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    connections: tuple[str, ...] = ()
    full: bool = False
    dry_run: bool = False
    as_of: date | None = None
    accept_deletions: bool = False


def sync(file: Path | None, wanted: Wanted) -> int:
    """Runs a sync and tells what it did; returns the exit code."""
    config = load_settings(file)
    with closing(Database(config.database_url)) as store:
        rules, sources = rules_of(config, store), sources_of(config, store, wanted.connections)
    lookups = lookups_of(config, wanted.connections)
    keep_for_good()
    names = [*(source.name for source in sources), *(lookup.name for lookup in lookups), STAGES]
    with _database(config, names, wanted.dry_run) as store, _watched() as watch:
        options = Options(config.zone, wanted.as_of, wanted.full, wanted.accept_deletions, wanted.dry_run, watch.progress, watch.stage)
        before = stored_states(store)
        results = run_pipeline(store, sources, rules, options, lookups)
        after = _states(store, rules, options)
        left_behind = unconfigured(store, config)
    _tell(results, before, after, wanted.dry_run)
    for name, said in left_behind:
        say(f"{name}: {said}.")
    for name, said in _ending_secrets(config):
        say(f"{name}: the secret: {said}.")
    say(_standing(after))
    return _exit_code(results)


def _ending_secrets(config: Config) -> Iterator[tuple[str, str]]:
    """The connections whose secret ends soon or has ended, as far as the settings tell."""
    for name, expires in config.secret_ends.items():
        finding = expiry_finding(expires, SystemClock())
        if not finding.ok:
            yield name, finding.detail


@contextmanager
def _database(config: Config, names: list[str], dry_run: bool) -> Iterator[Database]:
    """The database, migrated, and these leases of it; in a dry run everything is undone, and one that is not there yet is imagined."""
    store = Database(config.database_url)
    imagined = dry_run and store.file is not None and not store.file.exists()
    if imagined:
        store = Database("sqlite://")
    try:
        demand_writable(store)
        old = migrate.needs_upgrade(store)  # says plainly where the database cannot be reached
        if not dry_run:
            migrate.upgrade(store)
        with hold(store, names) if not (dry_run and old) else nullcontext():  # an old schema may have no leases yet
            if not dry_run:
                yield store
                return
            with store.rehearsal():
                migrate.upgrade(store)
                yield store
    finally:
        store.close()


def _states(store: Database, rules: Rules, options: Options) -> dict[str, tuple[str, str]]:
    rows = flags_as_of(store, options.today, rules.policy, options.zone)
    return {row["business_id"]: (row["state"], row["name"]) for row in rows}


class _Log:
    """Progress as plain lines, for a log: one for each tenth of a long read."""

    def __init__(self) -> None:
        self.said: dict[str, int] = {}

    def progress(self, what: str, done: int | None, total: int | None) -> None:
        tenth = int(10 * done / total) if done and total else 0
        if tenth and tenth < 10 and self.said.get(what) != tenth:
            self.said[what] = tenth
            print(f"{what}: {tenth * 10} %")

    def stage(self, name: str) -> None:
        pass


class _Bar:
    """Progress as a bar on a terminal."""

    def __init__(self, bars: Any) -> None:
        self.bars = bars
        self.task = bars.add_task("reading", total=None)

    def progress(self, what: str, done: int | None, total: int | None) -> None:
        self.bars.update(self.task, description=what, completed=done or 0, total=total)

    def stage(self, name: str) -> None:
        self.bars.update(self.task, description=name, completed=0, total=None)


@contextmanager
def _watched() -> Iterator[_Log | _Bar]:
    out = console(stderr=True)
    if not out.is_terminal:
        yield _Log()
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as bars:
        yield _Bar(bars)


def _tell(results: list[Result], before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]], dry_run: bool) -> None:
    if dry_run:
        say("Dry run: this is what a sync would do; nothing was written.")
    for result in results:
        say(f"{result.connection}: {_said(result, dry_run)}")
        for message in result.messages:
            say(f"  {message}")
    if not any(result.counts.written for result in results) and before == after:
        say("Nothing has changed since the last sync.")
    for line in _changes(before, after):
        say(line)


def _said(result: Result, dry_run: bool) -> str:
    if result.outcome == "failed":
        return "failed"
    counts = result.counts
    if result.untouched and result.outcome == "done":
        return "nothing new to read" if result.unit == "row" else "nothing to ask"
    would = "would be " if dry_run else ""
    parts = [
        f"{counted(counts.read, result.unit)} read",
        f"{counts.added:,} {would}added",
        f"{counts.changed:,} {would}changed",
        f"{counts.removed:,} {would}removed",
    ]
    if counts.rejected:
        parts.append(f"{counts.rejected:,} rejected (`placebridge rejects` lists them)")
    return ", ".join(parts) + (" - in part" if result.outcome == "partial" else "")


def _changes(before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]) -> Iterator[str]:
    if not before:
        return
    moved = [
        (found, before.get(found, ("new", ""))[0], state, name)
        for found, (state, name) in after.items()
        if before.get(found, ("new",))[0] != state
    ]
    gone = [(found, name) for found, (_, name) in before.items() if found not in after]
    for found, old, new, name in sorted(moved, key=lambda row: row[3])[:20]:
        yield f"  {name} ({found}): {old} -> {new}"
    if len(moved) > 20:
        yield f"  ... and {len(moved) - 20:,} more changed state"
    if gone:
        yield f"  {len(gone):,} no longer listed (closed, gone or joined with another)"


def _standing(after: dict[str, tuple[str, str]]) -> str:
    if not after:
        return "No business is known yet."
    counts = Counter(state for state, _ in after.values())
    flagged = len(after) - counts["engaged"]
    return f"{counted(len(after), 'business', 'businesses')}: {counts['engaged']:,} with a leader engaged, {flagged:,} flagged. `placebridge flags` lists them."


def _exit_code(results: list[Result]) -> int:
    outcomes = {result.outcome for result in results}
    if outcomes == {"failed"}:
        return FAILED
    return DONE if outcomes == {"done"} else PARTIAL
