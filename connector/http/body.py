"""Reading a body: as it comes, never more than allowed, and whole or not at all.

Decompression is done here and not by urllib3, which takes a gzip body that was cut short for a whole one. Only gzip is asked for."""

import zlib
from collections.abc import Iterator
from typing import Any

from connector.contract import StopConnection, StopEntity
from connector.http.faults import Again, Fault, FaultFound

PIECE = 1 << 16
GZIP = {"gzip", "x-gzip"}


def read_body(raw: Any, encoding: str, limit: int) -> bytes:
    """The body of urllib3's answer `raw`, decompressed. `limit`: bytes at most, both as sent and as decompressed.

    Raises FaultFound, and whatever urllib3 raises."""
    coding = encoding.strip().lower() or "identity"
    declared = raw.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > limit:
        raise FaultFound(_too_large(limit))
    pieces = _pieces(raw, limit)
    if coding == "identity":
        return b"".join(pieces)
    if coding in GZIP:
        return b"".join(_unzipped(pieces, limit))
    raise FaultFound(Fault("the answer is compressed in a way that was not asked for: look at the proxy", StopConnection))


def _pieces(raw: Any, limit: int) -> Iterator[bytes]:
    """What one read of the socket gives at a time, so that the deadline is heeded."""
    total = 0
    while piece := raw.read1(PIECE, decode_content=False):
        total += len(piece)
        if total > limit:
            raise FaultFound(_too_large(limit))
        yield piece


def _unzipped(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Members of a gzip stream one after another (RFC 1952 2.2), never more than the limit in memory. An empty body stays empty."""
    total, member = 0, None
    for piece in pieces:
        rest = piece
        while rest:
            member = member if member and not member.eof else zlib.decompressobj(wbits=31)
            out = member.decompress(rest, limit + 1 - total)
            rest = member.unconsumed_tail or member.unused_data
            total += len(out)
            if total > limit:
                raise FaultFound(_too_large(limit))
            yield out
    if member is not None and not member.eof:
        raise FaultFound(Fault("the answer was cut short: try later, and look at the proxy if it stays", StopEntity, Again.WAIT))


def _too_large(limit: int) -> Fault:
    return Fault(f"the answer is larger than {limit / 1_000_000:g} MB: ask for fewer rows or columns at a time", StopEntity)
