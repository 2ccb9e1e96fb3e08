"""Time as the door sees it: one object to replace, so that no test waits."""

import time
from typing import Protocol


class Clock(Protocol):
    """What the door asks of time."""

    def now(self) -> float:
        """The time of day in seconds since 1970, UTC. It may be set back; workers on several machines share it roughly."""
        ...

    def ticks(self) -> float:
        """Seconds that only ever go forward; good for durations and nothing else."""
        ...

    def sleep(self, seconds: float) -> None:
        """Waits so many seconds."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.time()

    def ticks(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
