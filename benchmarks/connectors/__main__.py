"""How long connectors take, as a ratio to a bare loop that asks the same service in the same run, and beside dlt's REST source.

    python -m benchmarks.connectors [--rows 100000] [--rounds 3] [--peers] [--large] [--only sqlite|postgresql] [--way NAME ...]

The ways are those of benchmarks/connectors/ways.py. Each figure is of whole processes, start-up included. Each round runs the floor,
Placebridge (and with --peers dlt), and the floor again, each in a database of its own; a ratio is to the mean of the two floors around it.
--large adds a first load and a second read of ten times the rows, for their memory.
"""

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import requests

from benchmarks.connectors.ways import CHANGES, WAYS
from benchmarks.load.compare import HEADINGS, compare, initialised, peer, row, served
from benchmarks.load.measure import Cost, cost_of, python
from tests.databases import empty_databases

Command = Callable[[str, str, str, str], list[str]]
"""From the way, the service's address, the database's and a folder to keep state in."""
COMMANDS: dict[str, Command] = {
    "placebridge": lambda way, url, database, folder: python("benchmarks.connectors.ours", way, url, database),
    "dlt": lambda *words: peer("benchmarks.connectors.dlt_rest", *words),
    "dlt, Arrow": lambda *words: peer("benchmarks.connectors.dlt_rest", *words, "--arrow"),
}


def main() -> None:
    """Measures, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--way", nargs="+", choices=list(WAYS), default=list(WAYS))
    options = parser.parse_args()
    print(f"{options.rows:,} contacts, {options.rounds} rounds; medians, and the range of the ratios\n\n{HEADINGS}")
    for kind in [options.only] if options.only else ["sqlite", "postgresql"]:
        with empty_databases(kind, {"shared_buffers": "256MB"}) as empty:
            new = partial(initialised, empty)
            for way in options.way:
                with served("benchmarks.connectors.service", WAYS[way].service, str(options.rows)) as url:
                    tools = {name: partial(_all, way, COMMANDS[name], new, url) for name in _tools(way, options.peers)}
                    compare(f"{way}, {kind}", partial(_all, way, _floor, new, url), tools, options.rounds)
                if options.large:
                    with served("benchmarks.connectors.service", WAYS[way].service, str(10 * options.rows)) as url:
                        for case, cost in _all(way, COMMANDS["placebridge"], new, url).items():
                            print(f"| {way}, {kind} | placebridge, {10 * options.rows:,} rows | {case} {row(cost)} |", flush=True)


def _tools(way: str, peers: bool) -> list[str]:
    """dlt with Arrow tables is no REST source, and is measured for one way."""
    return ["placebridge", *(["dlt"] if peers else []), *(["dlt, Arrow"] if peers and way == "next" else [])]


def _all(way: str, command: Command, new: Callable[[], str], url: str) -> dict[str, Cost]:
    database, costs = new(), {}
    requests.get(f"{url}forget", timeout=60)
    with tempfile.TemporaryDirectory() as folder:
        for case in WAYS[way].cases:
            if case == CHANGES[-1]:
                requests.get(f"{url}change", timeout=60)
            costs[case] = cost_of(command(way, url, database, str(Path(folder))))
    return costs


def _floor(way: str, url: str, database: str, folder: str) -> list[str]:
    return python("benchmarks.connectors.floor", way, url, database, folder)


if __name__ == "__main__":
    main()
