"""How a seed ended, and the command that runs many and counts."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """How one seed ended."""

    seed: int
    plot: str
    error: str = ""
    message: str = ""
    longest: float = 0.0
    requests: int = 0
    runs: int = 0
    met: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """What should hold and did not."""


def command(subjects: Mapping[str, Callable[[int], Outcome]]) -> int:
    """Runs seeds of the subjects asked for; prints what was met and what broke. The exit code is 1 where anything broke."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--connector", choices=sorted(subjects), action="append", help="only this one; all unless said")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    return max([_report(name, subjects[name], seeds) for name in asked.connector or sorted(subjects)], default=0)


def _report(name: str, run: Callable[[int], Outcome], seeds: range) -> int:
    ends: Counter[str] = Counter()
    met: Counter[str] = Counter()
    requests, runs, broken = 0, 0, 0
    for seed in seeds:
        outcome = run(seed)
        ends[f"{outcome.plot}: {outcome.error or 'all rows'}"] += 1
        met.update(outcome.met)
        requests, runs = requests + outcome.requests, runs + outcome.runs
        for words in outcome.broken:
            broken += 1
            print(f"{name}, seed {seed} ({outcome.plot}): {words}", file=sys.stderr)
    print(f"{name}: {len(seeds)} seeds, {runs} runs, {requests} requests, {sum(met.values())} mishaps of {len(met)} kinds")
    for counter in (ends, met):
        print("\n".join(f"{count:6} {what}" for what, count in sorted(counter.items())))
    print(f"{broken} broken")
    return 1 if broken else 0
