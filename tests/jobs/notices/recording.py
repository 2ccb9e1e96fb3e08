"""A channel that notes what it is given, and fails when it is told to."""

import threading

from jobs.notices import Message, NotSent


class Recording:
    """`fails`: how many of the next sendings fail, and by what."""

    def __init__(self, name: str = "email 1") -> None:
        self.name = name
        self.taken: list[Message] = []
        self.tries = 0
        self.fault: Exception | None = None
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        with self._lock:
            self.tries += 1
            if self.fault is not None:
                raise self.fault
            self.taken.append(message)

    def broken(self, words: str = "email: it is down") -> "Recording":
        self.fault = NotSent(words)
        return self

    @property
    def subjects(self) -> list[str]:
        return [message.subject for message in self.taken]
