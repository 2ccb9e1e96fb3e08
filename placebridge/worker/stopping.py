"""Being asked to stop: a run stops between two pages, and wakes from any wait."""

import threading
import time

from connector.contract import Stopped


class StoppableClock:
    """The machine's time; a wait ends at once, by raising Stopped, when `asked` is set."""

    def __init__(self, asked: threading.Event) -> None:
        self._asked = asked

    def now(self) -> float:
        return time.time()

    def ticks(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if self._asked.wait(seconds):
            raise Stopped
