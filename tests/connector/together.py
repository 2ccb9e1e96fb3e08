"""A clock that several threads share without waiting: time goes on when all of them sleep, and then to where the first one wakes."""

import threading


class TogetherClock:
    """Seconds since 1970 that only sleeping moves. Each worker calls `leave` when it is done."""

    def __init__(self, workers: int, now: float = 1_795_000_000.0) -> None:
        self._now, self._working = now, workers
        self._wakes: list[float] = []
        self._turn = threading.Condition()

    def now(self) -> float:
        with self._turn:
            return self._now

    def ticks(self) -> float:
        return self.now()

    def sleep(self, seconds: float) -> None:
        with self._turn:
            until = self._now + seconds
            self._wakes.append(until)
            self._go_on()
            while self._now < until:
                self._turn.wait()
            self._wakes.remove(until)

    def leave(self) -> None:
        with self._turn:
            self._working -= 1
            self._go_on()

    def _go_on(self) -> None:
        """Nobody works who does not sleep, so nothing happens until the first one wakes."""
        asleep = [wake for wake in self._wakes if wake > self._now]
        if asleep and len(asleep) >= self._working:
            self._now = min(asleep)
            self._turn.notify_all()
