"""Reads a hostile system as jobs do: run after run from the cursor of the last page, until the read is whole."""

import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from connector.conformance import BrokenContract, Heard, State, everything_of
from connector.contract import ConnectorError, TryLater
from tests.connector.hostile.mishaps import NOISE
from tests.connector.hostile.outcome import Outcome
from tests.connector.worlds import HttpWorld, worlds

ROUNDS = 3
"""A whole read and reads of what changed since."""
MOST_RUNS = 6
"""Runs of one read while the service rages; then it is calm."""
CALM_RUNS = 2
"""Within so many a read of the calm service ends well: the first may find that its cursor is dead."""
PRIVATE = 7000
"""Cells are those of this number and above, so that a cell is known where it should not be."""
MINUTE = 60.0
REAL = 40.0
"""Seconds of real time that a seed may take on a busy machine; whoever waits takes far longer."""


class Table:
    """One entity: what the system holds of it by number, and what was read of it."""

    def __init__(self, world: HttpWorld, state: State) -> None:
        self.world, self.state, self.numbers = world, state, list(range(world.size))
        self.put_cells: set[str] = set()
        self.cells = PRIVATE
        for number in self.numbers:
            self.put(number)

    @property
    def source(self) -> str:
        return self.state.entity.source

    def put(self, number: int) -> None:
        """Gives the row cells that no row had before."""
        self.cells += 1
        fields = self.world.fields(self.state.entity, self.cells)
        self.put_cells |= {cell for cell in fields.values() if isinstance(cell, str) and str(self.cells) in cell and len(cell) > 5}
        self.world.put(self.state.entity, self.world.new_id(self.state.entity, number), fields)

    def change(self, chance: random.Random) -> None:
        """Changes, creates or deletes a row."""
        kind = chance.random()
        if kind < 0.6:
            self.put(chance.choice(self.numbers))
        elif kind < 0.8 or len(self.numbers) < 4:
            self.numbers.append(max(self.numbers) + 1)
            self.put(self.numbers[-1])
        else:
            gone = self.numbers.pop(chance.randrange(len(self.numbers)))
            self.world.delete(self.state.entity, self.world.new_id(self.state.entity, gone))

    def differs(self) -> str:
        """How what was read differs from what the system, which is calm, gives to one who knows nothing. Empty if it does not."""
        truth, held = State(self.state.entity), self.state.rows
        truth.read(self.world.connector())
        put = {self.world.new_id(self.state.entity, number) for number in self.numbers}
        if put != truth.rows.keys():
            return "even the calm service's rows are not those that were put"
        lost, over = sorted(truth.rows.keys() - held.keys()), sorted(held.keys() - truth.rows.keys())
        other = sorted(source_id for source_id in truth.rows.keys() & held.keys() if truth.rows[source_id] != held[source_id])
        return f"lost {lost}, over {over}, not up to date {other}" if lost or over or other else ""


class Reading:
    """One seed."""

    def __init__(self, world: HttpWorld, seed: int) -> None:
        self.world, self.chance = world, random.Random(f"changes {seed}")
        self.tables = [Table(world, State(entity)) for entity in world.entities()]
        self.layer = world.layer
        self.layer.stir = lambda: self.chance.choice(self.tables).change(self.chance)
        self.layer.rage(seed)
        self.outcome, self.shown = Outcome(seed, self.layer.plot), []

    def go(self) -> None:
        """Reads whole, then what changed, and that again; at last from the calm service."""
        for _round in range(ROUNDS):
            for table in self.tables:
                self._read(table)
            self.layer.forget()
            if self.layer.plot != "changes":  # what changes while it is read may be in the next read only
                self._compare("after a read")
            for _change in range(3):
                self.layer.stir()
            self.world.advance(MINUTE)
        self.layer.calm = True
        for table in self.tables:
            self._calmly(table)
        self._compare("in the end")

    def _read(self, table: Table) -> None:
        if any(self._run(table) for _run in range(MOST_RUNS)):
            return
        self.layer.calm = True
        self._calmly(table)
        self.layer.calm = False

    def _calmly(self, table: Table) -> None:
        if not any(self._run(table) for _run in range(CALM_RUNS)):
            self._break(table, f"no end though the service is calm: {self.outcome.message}")

    def _run(self, table: Table) -> bool:
        """One run; whether the read is whole."""
        self.outcome.runs += 1
        try:
            return table.state.read(self.world.connector())
        except ConnectorError as error:
            self.outcome.error, self.outcome.message = type(error).__name__, str(error)
            self.shown.append((str(error), everything_of(error)))
            self.world.advance((error.wait or MINUTE) if isinstance(error, TryLater) else MINUTE)
        except BrokenContract as error:
            self._break(table, str(error))
        except Exception as error:
            self._break(table, f"{type(error).__name__} leaks: {error}")
        return False

    def _compare(self, when: str) -> None:
        calm, self.layer.calm = self.layer.calm, True
        for table in self.tables:
            if difference := table.differs():
                self._break(table, f"{when}: {difference}")
        self.layer.calm = calm

    def _break(self, table: Table, words: str) -> None:
        self.outcome.broken.append(f"{table.source}: {words}")


def run(world_of: Callable[[Path], HttpWorld], seed: int) -> Outcome:
    """One seed: reads a world's system while it rages, and looks at all that was sent and said."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        world = world_of(Path(folder))
        try:
            with Heard() as heard:
                reading = Reading(world, seed)
                reading.go()
            _judge(reading, heard.lines)
        finally:
            world.close()
    if time.monotonic() - began > REAL:
        reading.outcome.broken.append(f"somebody waits: {time.monotonic() - began:.0f} s of real time")
    return reading.outcome


def _judge(reading: Reading, lines: list[str]) -> None:
    """Nothing went to another host, and no secret or cell was seen."""
    world, outcome = reading.world, reading.outcome
    outcome.met, outcome.requests = reading.layer.met, len(world.server.asked)
    if world.other.asked:
        outcome.broken.append("something was sent to the other host")
    messages = [*(message for message, _shown in reading.shown), *(note for table in reading.tables for note in table.state.notes)]
    cells = {cell for table in reading.tables for cell in table.put_cells} | {NOISE.decode()}
    addresses = [asked.target for asked in world.server.asked]
    for what, words, texts in (
        ("secret in a log line, message or traceback", world.secrets(), [*lines, *messages, *(shown for _message, shown in reading.shown)]),
        ("secret in an address", world.secrets(), addresses),
        ("cell of a row or part of an answer in a log line or message", cells, [*lines, *messages]),
    ):
        if any(word in text for word in words for text in texts):
            outcome.broken.append(f"a {what}")


def subjects() -> dict[str, Callable[[int], Outcome]]:
    """What the command can run: each connector over HTTP by its name."""
    return {name: partial(run, world) for name, world in worlds().items()}
