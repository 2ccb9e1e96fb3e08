"""How long it takes to load contacts, as a ratio to a bare loop in the same run, and beside dlt.

    python -m benchmarks.load [--rows 100000] [--rounds 3] [--peers] [--large] [--only sqlite|postgresql]

Each figure is of whole processes, start-up included. Each round runs the floor, Placebridge (and with --peers dlt), and the floor again;
a ratio is to the mean of the two floors around it. `full` is the first load into a database that `placebridge init` has made, `unchanged`
a second read of the same rows. --peers makes
an environment of its own for dlt in .venv-peers. --large adds one load of ten times the rows, for its memory.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.load.measure import Cost, cost_of, python
from store import migrate
from store.database import Database
from tests.databases import empty_databases

HERE = Path(__file__).parent
PEERS = HERE.parents[1] / ".venv-peers"
CASES = ("full", "unchanged")
Command = Callable[[str, str, Path], list[str]]
"""From the API's URL, the database's and a folder to keep state in."""


def main() -> None:
    """Measures, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    tools: dict[str, Command] = {"placebridge": lambda url, database, _: python("benchmarks.load.ours", url, database)}
    if options.peers:
        tools["dlt"] = _dlt()
    print(f"{options.rows:,} contacts, {options.rounds} rounds; medians, and the range of the ratios\n")
    print("| database | tool | case | wall s | CPU s | peak MB | ratio to the floor |\n|---|---|---|---|---|---|---|")
    for kind in [options.only] if options.only else ["sqlite", "postgresql"]:
        with empty_databases(kind, {"shared_buffers": "256MB"}) as empty:
            new = partial(_made, empty)
            with _api(options.rows) as url:
                _compare(kind, new, url, tools, options.rounds)
            if options.large:
                with _api(10 * options.rows) as url, tempfile.TemporaryDirectory() as folder:
                    cost = cost_of(tools["placebridge"](url, new(), Path(folder)))
                    print(f"| {kind} | placebridge, {10 * options.rows:,} rows | full {_row(cost)} |")


def _made(empty: Callable[[], str]) -> str:
    """A database with our tables, as `init` makes it; the others put theirs beside them."""
    url = empty()
    store = Database(url)
    migrate.upgrade(store)
    store.close()
    return url


def _compare(kind: str, new: Callable[[], str], url: str, tools: dict[str, Command], rounds: int) -> None:
    costs: dict[tuple[str, str], list[Cost]] = defaultdict(list)
    ratios: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(rounds):
        before = _both(_floor, new(), url)
        for name, tool in tools.items():
            found = _both(tool, new(), url)
            after = _both(_floor, new(), url)
            for case in CASES:
                costs["floor", case] += [before[case], after[case]]
                costs[name, case].append(found[case])
                ratios[name, case].append(found[case].wall / statistics.mean([before[case].wall, after[case].wall]))
            before = after
    for (name, case), held in costs.items():
        middle = Cost(*(statistics.median(getattr(cost, field) for cost in held) for field in ("wall", "cpu", "memory")))
        told = ratios.get((name, case))
        ratio = f"{statistics.median(told):.2f} ({min(told):.2f}-{max(told):.2f})" if told else "1"
        print(f"| {kind} | {name} | {case} {_row(middle)} {ratio} |", flush=True)


def _row(cost: Cost) -> str:
    return f"| {cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory:.0f} |"


def _both(tool: Command, database: str, url: str) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory() as folder:
        return {case: cost_of(tool(url, database, Path(folder))) for case in CASES}


def _floor(url: str, database: str, _folder: Path) -> list[str]:
    return python("benchmarks.load.floor", url, database)


def _dlt() -> Command:
    """dlt in an environment of its own, made on the first use."""
    interpreter = PEERS / "bin" / "python"
    if not interpreter.exists():
        print("making .venv-peers for dlt ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([interpreter, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"], check=True)
    return lambda url, database, folder: [str(interpreter), str(HERE / "dlt_load.py"), url, database, str(folder)]


@contextmanager
def _api(rows: int) -> Iterator[str]:
    server = subprocess.Popen(python("benchmarks.load.contacts", str(rows)), stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
