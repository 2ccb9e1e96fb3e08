"""Real servers on loopback, down to the socket, so that they can misbehave."""

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate

from connector.conformance.clock import HurriedClock

__all__ = ["Asked", "Handler", "Hung", "HurriedClock", "Peer", "Server", "read_request"]


@dataclass
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    raw: bytes = field(repr=False)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Hung(Exception):
    """The handler has closed the connection."""


class Peer:
    """The client's end, as a handler sees it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def raw(self, data: bytes) -> None:
        self.sock.sendall(data)

    def answer(self, status: int = 200, body: object = None, **headers: str) -> None:
        """A proper answer; a body that is no bytes goes as JSON. `Content_Type="text/html"` sets that header."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"Date": formatdate(usegmt=True), "Content-Type": "application/json", "Content-Length": str(len(content))}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in told.items() if value)]
        self.raw("\r\n".join([*lines, "", ""]).encode() + content)

    def drip(self, data: bytes, every: float) -> None:
        """One byte at a time."""
        for byte in data:
            self.raw(bytes([byte]))
            time.sleep(every)

    def hang_up(self) -> None:
        raise Hung

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Hung


Handler = Callable[[Asked, Peer], None]


class Server:
    """Hands each request to the handler, in a thread for each connection; remembers what was asked."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        self.handler, self.tls, self.asked = handler, tls, []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for sock in list(self.open):
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        self.open.add(sock)
        try:
            secured = self.tls.wrap_socket(sock, server_side=True) if self.tls else sock
            with secured, secured.makefile("rb") as lines:
                while (asked := read_request(lines)) is not None:
                    self.asked.append(asked)
                    self.handler(asked, Peer(secured))
        except (OSError, Hung, ValueError):
            pass
        finally:
            sock.close()
            self.open.discard(sock)


def read_request(lines) -> Asked | None:
    first = lines.readline()
    if not first.strip():
        return None
    raw, headers = [first], {}
    while (line := lines.readline()).strip():
        raw.append(line)
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = lines.read(int(headers.get("content-length", 0)))
    method, target, _ = first.decode("latin-1").split(" ", 2)
    return Asked(method, target, headers, body, b"".join([*raw, b"\r\n", body]))
