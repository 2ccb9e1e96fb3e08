"""What an answer is made of: JSON, CSV or anything, and the faults of what only looks like it."""

import json
import re
from enum import Enum

import orjson

from connector.contract import StopConnection, StopEntity
from connector.http.faults import Again, Fault, FaultFound

BOM = b"\xef\xbb\xbf"
HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
WEB_PAGE = (
    "a web page came instead of data: look at the connection's address, and whether a proxy's or the service's sign-in page is in between"
)
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Content(Enum):
    """What a caller expects; the value is its Accept header."""

    JSON = "application/json"
    CSV = "text/csv"
    ANY = "*/*"


KINDS = {
    Content.JSON: re.compile(r"(application|text)/([\w.!#$&^-]+\+)?json"),
    Content.CSV: re.compile(r"text/(csv|plain)|application/(csv|octet-stream|vnd\.ms-excel)"),
    Content.ANY: re.compile(r".*"),
}


def check_kind(expected: Content, content_type: str, body: bytes) -> None:
    """Raises FaultFound for a web page and for a wrong content type. A missing type is let pass: the body shows what it is."""
    media_type = content_type.partition(";")[0].strip().lower()
    if expected is not Content.ANY and (media_type in {"text/html", "application/xhtml+xml"} or HTML.match(body[:1024])):
        raise FaultFound(Fault(WEB_PAGE, StopConnection, Again.WAIT))
    if media_type and not KINDS[expected].fullmatch(media_type):
        words = f"the answer is of another kind than {expected.value}: correct the connection's address or 'from' in the field map"
        raise FaultFound(Fault(words, StopEntity, Again.WAIT))


def read_json(body: bytes) -> object:
    """The value that a JSON body means (RFC 8259); a byte order mark is let pass, half a character escape becomes U+FFFD.

    Raises FaultFound."""
    body = body.removeprefix(BOM)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_leniently(body)


def _read_leniently(body: bytes) -> object:
    """Some systems cut a text in the middle of an emoji, and orjson then refuses the whole page."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise FaultFound(_unreadable("is not UTF-8")) from None
    try:
        return _whole(json.loads(text, parse_constant=_refuse))
    except (ValueError, RecursionError):
        raise FaultFound(_unreadable("is not JSON" if text.strip() else "is empty")) from None


def _whole(value: object) -> object:
    if isinstance(value, str):
        return LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    return value


def _refuse(constant: str) -> object:
    raise ValueError("no JSON")


def _unreadable(how: str) -> Fault:
    return Fault(f"the answer {how}, or was cut short: try later, and tell whoever runs the service if it stays", StopEntity, Again.WAIT)
