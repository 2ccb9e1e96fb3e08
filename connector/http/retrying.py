"""Trying again: tenacity with our clock, an end to the attempts and to the time."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_result

from connector.http.clock import Clock
from connector.http.faults import Again, Fault

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long one call may go on; all but `attempts` in seconds. A call ends within `seconds` + `turn`, and what connecting takes."""

    attempts: int = 6
    seconds: float = 300.0
    """For attempts, the waits between them, and signing in on the way."""
    first: float = 1.0
    """The first wait where the service names none; each next one is twice as long. Up to half is left off, so that workers part."""
    longest: float = 60.0
    turn: float = 900.0
    """Further seconds in which to wait for the rate budget."""


class Effort:
    """One call's time."""

    def __init__(self, clock: Clock, patience: Patience, most: float = float("inf")) -> None:
        """`most`: seconds that an enclosing call has left."""
        self.clock, self.patience, self.attempts = clock, patience, 0
        self._ends = clock.ticks() + min(patience.seconds, most)
        self._turn = patience.turn
        self.signed_in_again = False

    def left(self) -> float:
        """Seconds that are left for attempts and the waits between them."""
        return self._ends - self.clock.ticks()

    def wait_for_turn(self, seconds: float) -> bool:
        """Waits for the rate budget; the call's end moves along. False, without waiting, when that is more than is left for it."""
        if seconds > self._turn:
            return False
        self._turn -= seconds
        self._ends += seconds
        self.clock.sleep(seconds)
        return True


def persist(once: Callable[[], T | Fault], effort: Effort, jitter: random.Random, waiting: Callable[[Fault, float], None]) -> T | Fault:
    """Calls `once` until it gives no fault that another attempt could mend, or attempts or time are used up.

    `waiting` hears of each wait and its seconds before it begins."""

    def outcome(state: RetryCallState) -> T | Fault:
        return state.outcome.result()  # type: ignore[union-attr, no-any-return]

    def fault(state: RetryCallState) -> Fault:
        found = outcome(state)
        assert isinstance(found, Fault)  # noqa: S101 (only faults are tried again)
        return found

    def spent(state: RetryCallState) -> bool:
        return state.attempt_number >= effort.patience.attempts or state.upcoming_sleep >= effort.left()

    return Retrying(
        retry=retry_if_result(lambda found: isinstance(found, Fault) and found.again is Again.WAIT),
        wait=lambda state: _pause(fault(state), state.attempt_number, effort.patience, jitter),
        stop=spent,
        sleep=effort.clock.sleep,
        before_sleep=lambda state: waiting(fault(state), state.upcoming_sleep),
        retry_error_callback=lambda state: fault(state).after(state.attempt_number),
    )(once)


def _pause(fault: Fault, attempt: int, patience: Patience, jitter: random.Random) -> float:
    """Never less than the service asks for; a little more, so that not all come back at once."""
    if fault.wait is not None:
        return fault.wait + jitter.uniform(0, min(patience.first, patience.longest))
    pause = min(patience.longest, patience.first * 2.0 ** (attempt - 1))
    return pause - jitter.uniform(0, pause / 2)
