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

    def get(self, key: Hashable, now: datetime, make: Callable[[], T]) -> tuple[T, datetime]:
        """What `make` gives, or gave up to five minutes ago under the same key; and when."""
        with self._lock:
            at, found = self._held.get(key, (now - 2 * FOR, None))
            if not now - FOR < at <= now:
                at, found = now, make()
                self._held[key] = at, found
                self._held.move_to_end(key)
                while len(self._held) > MOST:
                    self._held.popitem(last=False)
        return found, at
