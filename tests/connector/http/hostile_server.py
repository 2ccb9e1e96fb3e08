"""A CRM on a bad day: by seed, every request may meet a mishap, and the whole read a plot that no patience mends."""

import gzip
import json
import random
import time
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

from tests.connector.http.servers import Asked, HurriedClock, Peer, Server

ROWS = [{"id": f"r{number}", "name": f"Café {number} 🏭 Ltd", "note": "x" * (number % 90)} for number in range(60)]
PAGE = 8
BODY_LIMIT = 200_000
SECRET, TOKEN = "client-secret-4711-abcdef", "access-token-0815-ghijkl"
PLOTS = [*["none"] * 9, "duplicates", "duplicates", "moved", "endless", "circle", "elsewhere", "redirected elsewhere", "wrong shape"]


class Hostile:
    """The CRM, its sign-in service, and another host that nothing may be sent to."""

    def __init__(self, seed: int, clock: HurriedClock) -> None:
        self.random, self.clock = random.Random(seed), clock
        self.plot = self.random.choice(PLOTS)
        self.badness = self.random.choice([0.0, 0.2, 0.35, 0.5, 0.8])
        self.valid, self.issued, self.met = "", 0, []
        self.crm, self.sign_in, self.other = Server(self._crm), Server(self._sign_in), Server(lambda asked, peer: peer.answer(200, {}))

    def close(self) -> None:
        for server in (self.crm, self.sign_in, self.other):
            server.close()

    def _sign_in(self, asked: Asked, peer: Peer) -> None:
        if self.random.random() < self.badness / 3:
            return self._meet(peer, b"{}")
        if f"client_secret={SECRET}".encode() not in asked.body:
            return peer.answer(401, {"error": "invalid_client"})
        self.issued += 1
        self.valid = f"{TOKEN}-{self.issued}"
        return peer.answer(200, {"access_token": self.valid, "token_type": "Bearer", "expires_in": self.random.choice([3599, "3599", 30])})

    def _crm(self, asked: Asked, peer: Peer) -> None:
        if not self.valid or asked.headers.get("authorization") != f"Bearer {self.valid}":
            return peer.answer(401, {"error": "expired"})
        start = int(parse_qs(urlsplit(asked.target).query).get("start", ["0"])[0])
        if self.plot == "redirected elsewhere" and start >= 16:
            return peer.answer(302, {}, Location=f"{self.other.url}/rows?start={start}")
        if self.plot == "moved" and asked.path == "/rows":
            return peer.answer(307, {}, Location=f"/moved?start={start}")
        content = json.dumps(self._page(start)).encode()
        return self._meet(peer, content) if self.random.random() < self.badness else self._plainly(peer, content)

    def _page(self, start: int) -> object:
        shown = ROWS[max(0, start - 3 if self.plot == "duplicates" else start) : start + PAGE]
        if self.plot == "duplicates":
            self.random.shuffle(shown)
        if self.plot == "wrong shape" and start >= 16:
            return {"value": {"rows": shown}}
        following = {
            "endless": f"/rows?start={start + PAGE}",
            "circle": f"/rows?start={(start + PAGE) % 32}",
            "elsewhere": f"{self.other.url}/rows?start={start + PAGE}" if start >= 16 else f"/rows?start={start + PAGE}",
        }.get(self.plot, f"/rows?start={start + PAGE}" if start + PAGE < len(ROWS) else None)
        return {"value": shown, "@odata.nextLink": following}

    def _plainly(self, peer: Peer, content: bytes) -> None:
        """The same answer in one of the ways HTTP has for it."""
        way = self.random.choice(["plain", "gzip", "chunked", "until closed"])
        if way == "gzip":
            return peer.answer(200, gzip.compress(content), Content_Encoding="gzip")
        if way == "plain":
            return peer.answer(200, content)
        if way == "chunked":
            return peer.raw(CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts(content)) + b"0\r\n\r\n")
        peer.raw(HEAD + b"Connection: close\r\n\r\n" + content)
        return peer.hang_up()

    def _meet(self, peer: Peer, content: bytes) -> None:
        name = self.random.choice(list(MISHAPS))
        self.met.append(name)
        if name == "expired token":
            self.valid = ""
        if name == "429 with a date":
            return peer.answer(429, {}, Retry_After=formatdate(self.clock.now() + 20, usegmt=True), Date="")
        return MISHAPS[name](peer, content)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b" " * 30_000_000)
NOISE = b"never to be shown: private@example.org"


def parts(content: bytes) -> list[bytes]:
    return [content[at : at + 700] for at in range(0, len(content), 700)]


def reset_in_the_body(peer: Peer, content: bytes) -> None:
    peer.raw(HEAD + b"Content-Length: %d\r\n\r\n" % len(content) + content[: len(content) // 2])
    peer.reset()


def cut(peer: Peer, content: bytes) -> None:
    peer.raw(HEAD + b"Connection: close\r\n\r\n" + content[: len(content) * 2 // 3])
    peer.hang_up()


def cut_chunks(peer: Peer, content: bytes) -> None:
    peer.raw(CHUNKED + b"%x\r\n%s\r\n" % (len(content), content[: len(content) // 2]))
    peer.hang_up()


def too_long(peer: Peer, content: bytes) -> None:
    peer.raw(HEAD + b"Content-Length: %d\r\n\r\n" % (len(content) + 100) + content)
    peer.hang_up()


def too_short(peer: Peer, content: bytes) -> None:
    peer.raw(HEAD + b"Content-Length: %d\r\n\r\n" % max(0, len(content) - 2) + content)


def endless_hundreds(peer: Peer, content: bytes) -> None:
    while True:
        peer.raw(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.02)


def oversize_chunks(peer: Peer, content: bytes) -> None:
    peer.raw(CHUNKED)
    while True:
        peer.raw(b"8000\r\n" + b"[" * 0x8000 + b"\r\n")


MISHAPS = {
    "429 with Retry-After": lambda peer, content: peer.answer(429, NOISE, Retry_After="12"),
    "429 with a date": lambda peer, content: peer.answer(429, {}),
    "429 without": lambda peer, content: peer.answer(429, NOISE),
    "429 for an hour": lambda peer, content: peer.answer(429, {}, Retry_After="3600"),
    "500": lambda peer, content: peer.answer(500, NOISE, Content_Type="text/html"),
    "502": lambda peer, content: peer.answer(502, NOISE),
    "503": lambda peer, content: peer.answer(503, NOISE),
    "503 with Retry-After": lambda peer, content: peer.answer(503, NOISE, Retry_After="7"),
    "reset at once": lambda peer, content: peer.reset(),
    "closed at once": lambda peer, content: peer.hang_up(),
    "reset in the body": reset_in_the_body,
    "cut": cut,
    "cut chunks": cut_chunks,
    "cut gzip": lambda peer, content: peer.answer(200, gzip.compress(content)[:-12], Content_Encoding="gzip"),
    "damaged gzip": lambda peer, content: peer.answer(200, b"\x1f\x8b\x08" + content, Content_Encoding="gzip"),
    "another type": lambda peer, content: peer.answer(200, content, Content_Type="text/plain"),
    "a web page": lambda peer, content: peer.answer(200, b"<!DOCTYPE html><p>" + NOISE, Content_Type="text/html"),
    "a web page as JSON": lambda peer, content: peer.answer(200, b"\n<html><p>" + NOISE),
    "slow bytes": lambda peer, content: peer.drip(HEAD + b"Content-Length: 500\r\n\r\n" + content[:20], 0.02),
    "slow headers": lambda peer, content: peer.drip(HEAD, 0.02),
    "no bytes": lambda peer, content: time.sleep(0.4),
    "endless hundreds": endless_hundreds,
    "expired token": lambda peer, content: peer.answer(401, NOISE),
    "declared oversize": lambda peer, content: peer.answer(200, content, Content_Length="999999999"),
    "oversize chunks": oversize_chunks,
    "gzip bomb": lambda peer, content: peer.answer(200, BOMB, Content_Encoding="gzip"),
    "length too long": too_long,
    "length too short": too_short,
    "invalid JSON": lambda peer, content: peer.answer(200, content + b"," + NOISE),
    "invalid UTF-8": lambda peer, content: peer.answer(200, content.replace(b"{", b'{"\xff":1,', 1)),
    "no body": lambda peer, content: peer.answer(200, b""),
    "no HTTP": lambda peer, content: peer.raw(NOISE + b"\r\n\r\n"),
    "damaged headers": lambda peer, content: peer.raw(HEAD + b"no header " + NOISE[:10] + b"\r\nContent-Length: 2\r\n\r\n{}"),
}
