"""The limit as the answers tell it: 429 until the window ends."""

from connector.contract import TryLater
from connector.http import Again, Answer, Clock, Fault

LONGEST = 3600.0
"""A reset that lies further ahead is not believed."""
UNTOLD = 60.0
"""Seconds after which to try again where it is not told when the window ends."""


class Limit:
    """Reads X-Ratelimit-Remain and X-Ratelimit-Reset (seconds since 1970) of each answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.left: int | None = None
        """Requests that were left in the window after the last answer, where it said so."""

    def judge(self, answer: Answer) -> Fault | None:
        """A 429 is waited out; all else is left to its status."""
        left, reset = _number(answer, "X-Ratelimit-Remain"), _number(answer, "X-Ratelimit-Reset")
        self.left = self.left if left is None else left
        if answer.status != 429 or "Retry-After" in answer.headers:
            return None
        told = reset - self._clock.now() if reset is not None else 0.0
        wait = told if 0 < told <= LONGEST else UNTOLD
        words = f"the limit of requests is used up for {wait:.0f} seconds; the next run goes on"
        return Fault(words, TryLater, Again.WAIT, wait, untouched=True, throttled=True)


def _number(answer: Answer, name: str) -> int | None:
    text = answer.headers.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
