"""How long it takes to load contacts, as a ratio to a bare loop in the same run, and beside dlt.

    python -m benchmarks.load [--rows 100000] [--rounds 3] [--peers] [--large] [--only sqlite|postgresql]

Each figure is of whole processes, start-up included. Each round runs the floor, Placebridge (and with --peers dlt), and the floor again;
a ratio is to the mean of the two floors around it. `full` is the first load into a database that `placebridge init` has made, `unchanged`
a second read of the same rows. --peers makes
an environment of its own for dlt in .venv-peers. --large adds one load of ten times the rows, for its memory.
"""

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.load.compare import HEADINGS, compare, initialised, peer, row, served
from benchmarks.load.measure import Cost, cost_of, python
from tests.databases import empty_databases

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
    commands: dict[str, Command] = {"placebridge": lambda url, database, _: python("benchmarks.load.ours", url, database)}
    if options.peers:
        commands["dlt"] = lambda url, database, folder: peer("benchmarks.load.dlt_load", url, database, str(folder))
    print(f"{options.rows:,} contacts, {options.rounds} rounds; medians, and the range of the ratios\n\n{HEADINGS}")
    for kind in [options.only] if options.only else ["sqlite", "postgresql"]:
        with empty_databases(kind, {"shared_buffers": "256MB"}) as empty:
            new = partial(initialised, empty)
            with served("benchmarks.load.contacts", str(options.rows)) as url:
                tools = {name: partial(_both, command, new, url) for name, command in commands.items()}
                compare(kind, partial(_both, _floor, new, url), tools, options.rounds)
            if options.large:
                with served("benchmarks.load.contacts", str(10 * options.rows)) as url, tempfile.TemporaryDirectory() as folder:
                    cost = cost_of(commands["placebridge"](url, new(), Path(folder)))
                    print(f"| {kind} | placebridge, {10 * options.rows:,} rows | full {row(cost)} |")


def _both(command: Command, new: Callable[[], str], url: str) -> dict[str, Cost]:
    database = new()
    with tempfile.TemporaryDirectory() as folder:
        return {case: cost_of(command(url, database, Path(folder))) for case in CASES}


def _floor(url: str, database: str, _folder: Path) -> list[str]:
    return python("benchmarks.load.floor", url, database)


if __name__ == "__main__":
    main()
