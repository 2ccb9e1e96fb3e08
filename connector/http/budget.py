"""How often a connection may ask: a budget that all its workers share."""

import math
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

DAY = 86_400.0


class Budget(Protocol):
    """What the door asks before each request. One that lives in a database does each method in a transaction of its own; all
    times are seconds since 1970, so that workers on several machines mean the same."""

    def take(self, now: float) -> float:
        """Takes one request from the budget and gives 0; or takes nothing and gives the seconds after which to ask again."""
        ...

    def hold(self, until: float) -> None:
        """Nobody takes anything before that time: the service has asked to wait. An earlier time than one already held changes nothing."""
        ...


@dataclass(frozen=True)
class Window:
    """At most so many requests in any stretch of so many seconds. A daily quota is `Window(100_000, DAY)`."""

    requests: int
    seconds: float


class SlidingBudget:
    """A budget for the workers (threads) of one process: every window holds at every moment, and nothing is taken from one that another
    refuses. Without windows it only holds back when told to."""

    def __init__(self, windows: Iterable[Window] = ()) -> None:
        self._windows = [(window, deque[float]()) for window in windows]
        if any(window.requests < 1 or window.seconds <= 0 for window, _ in self._windows):
            raise ValueError("a window lets at least one request through in a time that is more than none")
        self._held_until = 0.0
        self._lock = threading.Lock()

    def take(self, now: float) -> float:
        with self._lock:
            wait = max([self._held_until - now, *(_wait(window, taken, now) for window, taken in self._windows)])
            if wait > 0:
                return math.ceil(wait * 1000) / 1000
            for _, taken in self._windows:
                taken.append(now)
            return 0.0

    def hold(self, until: float) -> None:
        with self._lock:
            self._held_until = max(self._held_until, until)


def _wait(window: Window, taken: deque[float], now: float) -> float:
    """Seconds until the window lets one more through. What a clock that was set back makes to lie ahead counts as now."""
    ahead = 0
    while taken and taken[-1] > now:
        taken.pop()
        ahead += 1
    taken.extend([now] * ahead)
    while taken and taken[0] + window.seconds <= now:
        taken.popleft()
    return taken[0] + window.seconds - now if len(taken) >= window.requests else 0.0
