"""What may happen to one answer on its way. Each mishap is named, and sends what comes instead."""

import gzip
import time
from collections.abc import Callable
from email.utils import formatdate

from tests.connector.http.servers import HurriedClock, Peer

NOISE = b"never to be shown: private@example.org"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b" " * 30_000_000)

Mishap = Callable[[Peer, bytes, HurriedClock], None]
"""Given the client's end, the answer that was meant, and the site's clock."""


def parts(content: bytes) -> list[bytes]:
    """The content in chunks."""
    return [content[at : at + 700] for at in range(0, len(content), 700)]


def refuse_with_a_date(peer: Peer, content: bytes, clock: HurriedClock) -> None:
    peer.answer(429, {}, Retry_After=formatdate(clock.now() + 20, usegmt=True), Date="")


def endless_hundreds(peer: Peer, content: bytes, clock: HurriedClock) -> None:
    while True:
        peer.raw(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.02)


def oversize_chunks(peer: Peer, content: bytes, clock: HurriedClock) -> None:
    peer.raw(CHUNKED)
    while True:
        peer.raw(b"8000\r\n" + b"[" * 0x8000 + b"\r\n")


def reset_in_the_body(peer: Peer, content: bytes, clock: HurriedClock) -> None:
    peer.raw(HEAD + b"Content-Length: %d\r\n\r\n" % len(content) + content[: len(content) // 2])
    peer.reset()


def cut(peer: Peer, content: bytes, clock: HurriedClock) -> None:
    peer.raw(HEAD + b"Connection: close\r\n\r\n" + content[: len(content) * 2 // 3])
    peer.hang_up()


def cut_chunks(peer: Peer, content: bytes, clock: HurriedClock) -> None:
    peer.raw(CHUNKED + b"%x\r\n%s\r\n" % (len(content), content[: len(content) // 2]))
    peer.hang_up()


def too_long(peer: Peer, content: bytes, clock: HurriedClock) -> None:
    peer.raw(HEAD + b"Content-Length: %d\r\n\r\n" % (len(content) + 100) + content)
    peer.hang_up()


def too_short(peer: Peer, content: bytes, clock: HurriedClock) -> None:
    peer.raw(HEAD + b"Content-Length: %d\r\n\r\n" % max(0, len(content) - 2) + content)


def past_the_end(peer: Peer, content: bytes, clock: HurriedClock) -> None:
    """Half of it, and the rest when an answer's whole time is over: the clock is put on, so nobody waits."""
    peer.raw(HEAD + b"Content-Length: %d\r\n\r\n" % len(content) + content[: len(content) // 2])
    time.sleep(0.01)
    clock.sleep(130)
    peer.raw(content[len(content) // 2 :])


REFUSALS: dict[str, Mishap] = {
    "429 with Retry-After": lambda peer, content, clock: peer.answer(429, NOISE, Retry_After="12"),
    "429 with a date": refuse_with_a_date,
    "429 without": lambda peer, content, clock: peer.answer(429, NOISE),
    "429 for an hour": lambda peer, content, clock: peer.answer(429, {}, Retry_After="3600"),
    "500": lambda peer, content, clock: peer.answer(500, NOISE, Content_Type="text/html"),
    "502": lambda peer, content, clock: peer.answer(502, NOISE),
    "503": lambda peer, content, clock: peer.answer(503, NOISE),
    "503 with Retry-After": lambda peer, content, clock: peer.answer(503, NOISE, Retry_After="7"),
    "reset at once": lambda peer, content, clock: peer.reset(),
    "closed at once": lambda peer, content, clock: peer.hang_up(),
    "a web page": lambda peer, content, clock: peer.answer(200, b"<!DOCTYPE html><p>" + NOISE, Content_Type="text/html"),
    "a web page as JSON": lambda peer, content, clock: peer.answer(200, b"\n<html><p>" + NOISE),
    "expired token": lambda peer, content, clock: peer.answer(401, NOISE),
    "no HTTP": lambda peer, content, clock: peer.raw(NOISE + b"\r\n\r\n"),
    "damaged headers": lambda peer, content, clock: peer.raw(HEAD + b"no header " + NOISE[:10] + b"\r\nContent-Length: 2\r\n\r\n{}"),
}
"""Instead of asking the site."""

SPOILS: dict[str, Mishap] = {
    "reset in the body": reset_in_the_body,
    "cut chunks": cut_chunks,
    "cut gzip": lambda peer, content, clock: peer.answer(200, gzip.compress(content)[:-12], Content_Encoding="gzip"),
    "damaged gzip": lambda peer, content, clock: peer.answer(200, b"\x1f\x8b\x08" + content, Content_Encoding="gzip"),
    "declared oversize": lambda peer, content, clock: peer.answer(200, content, Content_Length="999999999"),
    "length too long": too_long,
}
"""Instead of the site's answer, which is lost on the way."""

JSON_SPOILS: dict[str, Mishap] = {
    "cut": cut,
    "length too short": too_short,
    "another type": lambda peer, content, clock: peer.answer(200, content, Content_Type="text/plain"),
    "invalid JSON": lambda peer, content, clock: peer.answer(200, content + b"," + NOISE),
    "invalid UTF-8": lambda peer, content, clock: peer.answer(200, content.replace(b"{", b'{"\xff":1,', 1)),
    "no body": lambda peer, content, clock: peer.answer(200, b""),
}
"""Of JSON only: nobody could tell that a CSV is cut at the end of a line."""

LATE: dict[str, Mishap] = {"past the end": past_the_end}
"""Of a door whose limits are its defaults. A small answer may be whole in spite of it."""

SLOW_REFUSALS: dict[str, Mishap] = {
    "no bytes": lambda peer, content, clock: time.sleep(0.4),
    "slow headers": lambda peer, content, clock: peer.drip(HEAD, 0.02),
    "endless hundreds": endless_hundreds,
    "oversize chunks": oversize_chunks,
    "gzip bomb": lambda peer, content, clock: peer.answer(200, BOMB, Content_Encoding="gzip"),
}
SLOW_SPOILS: dict[str, Mishap] = {
    "slow bytes": lambda peer, content, clock: peer.drip(HEAD + b"Content-Length: 500\r\n\r\n" + content[:20], 0.02),
}
"""These take real time, unless the door's limits are far below its defaults."""

MISHAPS = REFUSALS | SPOILS | JSON_SPOILS | SLOW_REFUSALS | SLOW_SPOILS
"""All that a door with quick limits ends in an error."""
