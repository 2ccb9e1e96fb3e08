"""Answers that cost much are kept for some minutes, and worked out by one request at a time: others wait for it and take what it found."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, TypeVar

T = TypeVar("T")

FOR: Final = timedelta(minutes=5)
MOST: Final = 20


@dataclass
class Kept:
    """What was worked out of late, with when it was."""

    _held: OrderedDict[Hashable, tuple[datetime, Any]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _making: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, now: datetime, make: Callable[[], T]) -> tuple[T, datetime]:
        """What `make` gives, or gave up to five minutes ago under the same key; and when. What is kept is given without waiting."""
        found = self._fresh(key, now)
        if found is None:
            with self._making:
                found = self._fresh(key, now) or self._keep(key, (now, make()))
        return found[1], found[0]

    def _fresh(self, key: Hashable, now: datetime) -> tuple[datetime, Any] | None:
        with self._lock:
            found = self._held.get(key)
        return found if found and now - FOR < found[0] <= now else None

    def _keep(self, key: Hashable, made: tuple[datetime, Any]) -> tuple[datetime, Any]:
        with self._lock:
            self._held[key] = made
            self._held.move_to_end(key)
            while len(self._held) > MOST:
                self._held.popitem(last=False)
        return made
