"""How much a browser may send: more is refused before it is read, or while it comes."""

from starlette.requests import Request
from starlette.types import Message

LARGEST_FORM = 2_000_000
"""Bytes. An upload may be larger by what the settings say: files go to the disk as they come, not into memory."""


class TooLarge(Exception):
    """More was sent than may be; the message says what to do."""


def within(request: Request, most: int) -> Request:
    """The request, whose body ends with TooLarge beyond so many bytes. Raises TooLarge at once where it says so itself."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > most:
        raise TooLarge(_said(most))
    seen = 0

    async def receive() -> Message:
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLarge(_said(most))
        return message

    return Request(request.scope, receive)


def _said(most: int) -> str:
    return f"At most {most // 1_000_000} MB can be sent at a time. Send less, or in parts. Nothing was changed."
