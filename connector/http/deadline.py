"""One end to a whole answer, however slowly its bytes come.

requests' read timeout begins anew with each byte. Here the socket's timeout is set before each read to what is left of the whole, so that
neither a dripped header, nor endless `100 Continue`, nor a dripped body outlasts it. The way in is http.client's own `response_class`."""

import http.client
import io
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from urllib3.util.response import assert_header_parsing

_current: ContextVar["Deadline | None"] = ContextVar("deadline", default=None)


class Deadline:
    """When an answer must be whole."""

    def __init__(self, ticks: Callable[[], float], seconds: float, each: float) -> None:
        """`seconds` for the whole, `each` for a single read; `ticks` is the clock's."""
        self._ticks, self._each, self._ends = ticks, each, ticks() + seconds

    def left(self) -> float:
        """Seconds until the end; negative after it."""
        return self._ends - self._ticks()

    def for_one_read(self) -> float:
        """Seconds that one read may take. Raises TimeoutError after the end."""
        left = self.left()
        if left <= 0:
            raise TimeoutError("the whole answer took too long")
        return min(left, self._each)

    @contextmanager
    def held(self) -> Iterator[None]:
        """All answers that are read meanwhile, in this thread, end with it."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


class TimedResponse(http.client.HTTPResponse):
    """An answer whose every read heeds the deadline."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedReader(sock, self.fp.detach()))

    def begin(self) -> None:
        """Raises HeaderParsingError for headers that cannot be read whole: urllib3 would log them and go on without those that follow."""
        super().begin()
        assert_header_parsing(self.msg)


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock, self._raw = sock, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        deadline = _current.get()
        if deadline is not None:
            self._sock.settimeout(deadline.for_one_read())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
