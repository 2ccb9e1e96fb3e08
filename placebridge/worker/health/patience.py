"""Waiting for the database only so long, whatever it hangs in: a network that swallows packets has no timeout of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Overdue(Exception):
    """It is not done in the time there was."""


class Patience(Generic[Found]):
    """Does one thing, and waits for it at most so many seconds. What is late goes on, and whoever asks meanwhile waits for the same."""

    def __init__(self, look: Callable[[], Found], seconds: float) -> None:
        self._look, self._seconds = look, seconds
        self._lock = threading.Lock()
        self._under_way: Future[Found] | None = None

    def wait(self) -> Found:
        """What it comes to. Raises Overdue, and whatever it raises."""
        with self._lock:
            if self._under_way is None or self._under_way.done():
                self._under_way = Future()
                threading.Thread(target=self._do, args=(self._under_way,), name="look", daemon=True).start()
            under_way = self._under_way
        try:
            return under_way.result(self._seconds)
        except NotInTime:
            if under_way.done():
                raise  # its own
            raise Overdue from None

    def _do(self, under_way: "Future[Found]") -> None:
        try:
            under_way.set_result(self._look())
        except Exception as fault:
            under_way.set_exception(fault)
