"""Errands: work that may take longer than somebody waits for a page. It goes on by itself, and the page is asked for again."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

log = structlog.get_logger()

PATIENCE = 8.0
"""Seconds for which a page waits."""
KEPT = 200
"""Errands that are remembered; the oldest is forgotten first."""


@dataclass(frozen=True)
class Errand:
    """One piece of work."""

    key: tuple[str, ...]
    begun_at: datetime
    _future: "Future[Any]"

    @property
    def under_way(self) -> bool:
        """Whether it has not ended yet."""
        return not self._future.done()

    def result(self, patience: float = 0) -> Any:
        """What it came to. Raises what the work raised, and NotYet where it has not ended after so many seconds."""
        return self._future.result(patience)


class Errands:
    """The errands of this process, one at a time for each key; the newest of each is remembered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[tuple[str, ...], Errand] = {}

    def begin(self, key: tuple[str, ...], now: datetime, work: Callable[[], Any]) -> Errand:
        """Begins an errand; where one of this key is under way, that one is meant."""
        with self._lock:
            held = self._held.get(key)
            if held is not None and held.under_way:
                return held
            self._held.pop(key, None)
            errand = self._held[key] = Errand(key, now, Future())
            for old in [one.key for one in self._held.values() if not one.under_way][: max(0, len(self._held) - KEPT)]:
                del self._held[old]
        threading.Thread(target=_do, args=(errand._future, work), name=f"errand {key[0]}", daemon=True).start()
        return errand

    def find(self, key: tuple[str, ...]) -> Errand | None:
        """The newest errand of a key."""
        return self._held.get(key)

    def forget(self, key: tuple[str, ...]) -> None:
        """Forgets it."""
        with self._lock:
            self._held.pop(key, None)


def _do(future: "Future[Any]", work: Callable[[], Any]) -> None:
    try:
        future.set_result(work())
    except Exception as fault:
        log.info("errand failed", fault=type(fault).__name__)
        future.set_exception(fault)


__all__ = ["KEPT", "PATIENCE", "Errand", "Errands", "NotYet"]
