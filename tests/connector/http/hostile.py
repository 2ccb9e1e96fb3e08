"""Reads a hostile CRM through the door, seed after seed: `python -m tests.connector.http.hostile --seeds 200`."""

import argparse
import logging
import random
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field

from connector.contract import ConnectorError
from connector.http import (
    Call,
    Door,
    Limits,
    Options,
    Patience,
    Secret,
    SlidingBudget,
    Window,
    client_credentials,
    linked,
    pages,
)
from connector.http import field as at
from tests.connector.http.hostile_server import BODY_LIMIT, NOISE, ROWS, SECRET, TOKEN, Hostile
from tests.connector.http.servers import HurriedClock

PATIENCES = [*[Patience(attempts=6, seconds=120, turn=60)] * 3, Patience(attempts=30, seconds=60, turn=60)]
LIMITS = Limits(connect=2, read=0.3, total=0.5, body=BODY_LIMIT)
FINAL = {"429 for an hour", "declared oversize", "oversize chunks", "gzip bomb", "expired token"}
"""Mishaps that may end a read at once; the last when a sign-in answers so."""
CONNECTING = 5.0
"""Seconds of real time that the machine may take beside what is counted."""


class Heard(logging.Handler):
    """Every record that is logged, in full."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {vars(record)!r}")

    def __enter__(self) -> "Heard":
        logger = logging.getLogger()
        self.before = logger.level
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self)
        return self

    def __exit__(self, *args: object) -> None:
        logging.getLogger().removeHandler(self)
        logging.getLogger().setLevel(self.before)


def everything_of(error: BaseException) -> str:
    """All that an error can show: text, repr, traceback with the locals of every frame, and those of the errors behind it."""
    shown, current = [], error
    while current is not None:
        trace = traceback.TracebackException.from_exception(current, capture_locals=True)
        shown += [str(current), repr(current), repr(vars(current)), *trace.format()]
        current = current.__cause__ or current.__context__
    return "\n".join(shown)


@dataclass
class Outcome:
    """How one seed ended."""

    seed: int
    plot: str
    error: str = ""
    message: str = ""
    longest: float = 0.0
    requests: int = 0
    met: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """What should hold and did not."""


def run(seed: int) -> Outcome:
    """Reads the whole table once."""
    clock = HurriedClock()
    hostile = Hostile(seed, clock)
    outcome, rows = Outcome(seed, hostile.plot), {}
    with Heard() as heard:
        shown = ""
        try:
            for row in read(hostile, clock, outcome, seed):
                rows[row["id"]] = row
        except ConnectorError as error:
            outcome.error, outcome.message, shown = type(error).__name__, str(error), everything_of(error)
        except Exception as error:
            outcome.broken.append(f"{type(error).__name__} leaks: {error}")
    hostile.close()
    outcome.met, outcome.requests = hostile.met, len(hostile.crm.asked)
    judge(outcome, hostile, rows, heard.lines, shown)
    return outcome


def read(hostile: Hostile, clock: HurriedClock, outcome: Outcome, seed: int):
    jitter, patience = random.Random(seed), PATIENCES[seed % len(PATIENCES)]
    options = Options(budget=SlidingBudget([Window(6, 10)]), limits=LIMITS, patience=patience, clock=clock, jitter=jitter)
    sign_in = client_credentials(f"{hostile.sign_in.url}/token", "client-1", Secret(SECRET), clock=clock)
    with Door(hostile.crm.url, "council", sign_in, options) as door:

        class Timed:
            def send(self, call):
                began = clock.ticks()
                try:
                    return door.send(call)
                finally:
                    outcome.longest = max(outcome.longest, clock.ticks() - began)

        first = Call("rows", "rows")

        def following(answer):
            link = at(answer.data, "@odata.nextLink", (str, type(None)))
            return linked(first, answer, link) if link else None

        for answer in pages(Timed(), first, following, most=40):
            yield from at(answer.data, "value", list)


def judge(outcome: Outcome, hostile: Hostile, rows: dict, lines: list[str], shown: str) -> None:
    """What must hold for every seed."""
    if not outcome.error and rows != {row["id"]: row for row in ROWS}:
        outcome.broken.append(f"{len(rows)} rows that are not the calm server's {len(ROWS)}")
    mendable = outcome.plot in {"none", "duplicates", "moved"} and not FINAL & set(outcome.met)
    if mendable and outcome.error not in {"", "TryLater"} and "tried" not in outcome.message:
        outcome.broken.append(f"given up at once: {outcome.message}")
    patience = PATIENCES[outcome.seed % len(PATIENCES)]
    if outcome.longest > patience.seconds + patience.turn + CONNECTING:
        outcome.broken.append(f"a call of {outcome.longest:.0f} s")
    if hostile.other.asked:
        outcome.broken.append("something was sent to the other host")
    if any(SECRET.encode() in asked.raw for asked in hostile.crm.asked) or any(TOKEN.encode() in asked.raw for asked in hostile.sign_in.asked):
        outcome.broken.append("the secret went to the CRM or the token to the sign-in")
    if any(word in asked.target for asked in hostile.crm.asked + hostile.sign_in.asked for word in (SECRET, TOKEN)):
        outcome.broken.append("a secret in an address")
    for word in (SECRET, TOKEN, "private@example.org", "Café"):
        if any(word in line for line in lines) or word in outcome.message:
            outcome.broken.append(f"{word} in a log line or message")
    if SECRET in shown or TOKEN in shown or NOISE.decode() in outcome.message:
        outcome.broken.append("a secret in a traceback")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    ends: Counter[str] = Counter()
    met: Counter[str] = Counter()
    longest, requests, broken = 0.0, 0, 0
    for seed in range(asked.first, asked.first + asked.seeds):
        outcome = run(seed)
        ends[f"{outcome.plot}: {outcome.error or 'all rows'}"] += 1
        met.update(outcome.met)
        longest, requests = max(longest, outcome.longest), requests + outcome.requests
        for words in outcome.broken:
            broken += 1
            print(f"seed {seed} ({outcome.plot}): {words}", file=sys.stderr)
    print(f"{asked.seeds} seeds, {requests} requests, {sum(met.values())} mishaps of {len(met)} kinds, longest call {longest:.0f} s (not waited)")
    for counter in (ends, met):
        print("\n".join(f"{count:6} {name}" for name, count in sorted(counter.items())))
    print(f"{broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
