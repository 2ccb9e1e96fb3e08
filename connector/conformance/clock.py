"""A clock that waits for nothing."""

import time


class HurriedClock:
    """The real time, plus all that was slept, in no time. A stand-in's and its connector's alike."""

    def __init__(self) -> None:
        self.slept = 0.0

    def now(self) -> float:
        """As Clock says."""
        return time.time() + self.slept

    def ticks(self) -> float:
        """As Clock says."""
        return time.monotonic() + self.slept

    def sleep(self, seconds: float) -> None:
        """Puts the time on."""
        self.slept += seconds
