"""Rounds of a floor, tools, and the floor again: a tool's ratio is to the mean of the two floors around it.

The ratio of CPU is of the processes alone, without the database's server; it varies less where others use the machine."""

import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load.measure import Cost, python
from store import migrate
from store.database import Database

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEERS = ROOT / ".venv-peers"
HEADINGS = (
    "| database | tool | case | wall s | CPU s | peak MB | ratio to the floor (range) | ratio of CPU (range) |\n"
    "|---|---|---|---|---|---|---|---|"
)
Tool = Callable[[], dict[str, Cost]]
"""Runs every case once, in an empty database, and tells what each cost."""


def compare(label: str, floor: Tool, tools: Mapping[str, Tool], rounds: int) -> None:
    """Measures, and prints the rows of a table that HEADINGS begins."""
    costs: dict[tuple[str, str], list[Cost]] = defaultdict(list)
    ratios: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for _ in range(rounds):
        before = floor()
        for name, tool in tools.items():
            found, after = tool(), floor()
            for case, cost in found.items():
                costs["floor", case] += [before[case], after[case]]
                costs[name, case].append(cost)
                both = before[case], after[case]
                wall, cpu = (statistics.mean(getattr(one, field) for one in both) for field in ("wall", "cpu"))
                ratios[name, case].append((cost.wall / wall, cost.cpu / cpu))
            before = after
    for (name, case), held in costs.items():
        middle = Cost(*(statistics.median(getattr(cost, field) for cost in held) for field in ("wall", "cpu", "memory")))
        told = zip(*ratios[name, case], strict=True) if (name, case) in ratios else []
        shown = [f"{statistics.median(one):.2f} ({min(one):.2f}-{max(one):.2f})" for one in told] or ["1", "1"]
        print(f"| {label} | {name} | {case} {row(middle)} {' | '.join(shown)} |", flush=True)


def row(cost: Cost) -> str:
    """The cells of a cost."""
    return f"| {cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory:.0f} |"


def initialised(empty: Callable[[], str]) -> str:
    """A database with our tables, as `init` makes it; the others put theirs beside them."""
    url = empty()
    store = Database(url)
    migrate.upgrade(store)
    store.close()
    return url


def peer(module: str, *words: str) -> list[str]:
    """The command that runs a module in an environment of its own for dlt, made on the first use."""
    interpreter = PEERS / "bin" / "python"
    if not interpreter.exists():
        print("making .venv-peers for dlt ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([interpreter, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"], check=True)
    return [str(interpreter), "-m", module, *words]


@contextmanager
def served(module: str, *words: str) -> Iterator[str]:
    """The address that a server among our modules prints."""
    server = subprocess.Popen(python(module, *words), stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()
