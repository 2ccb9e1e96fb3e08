"""The errors of requests, urllib3, http.client, ssl and the operating system as faults. None of their texts goes any further: they may hold
an address with values in it, or a header with the token."""

import http.client
import ssl
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import requests.exceptions as req
import urllib3.exceptions as url3

from connector.contract import ConnectorError, StopConnection, StopEntity
from connector.http import statuses
from connector.http.faults import Again, Fault, FaultFound

LOWER: tuple[type[Exception], ...] = (
    req.RequestException, url3.HTTPError, http.client.HTTPException, OSError, ValueError, zlib.error, FaultFound
)  # fmt: skip
"""All that the libraries below may raise; whatever else comes is a mistake in this program and shows itself as such."""

CERTIFICATE = {
    10: "its certificate has expired: tell whoever runs it, and look at this machine's clock",
    18: "its certificate is signed by nobody known: put the file of the private CA into the connection's CA_BUNDLE setting",
    19: "its certificate is signed by a private CA: put that CA's file into the connection's CA_BUNDLE setting",
    20: "its certificate is signed by a CA that is not known here: put that CA's file into the connection's CA_BUNDLE setting "
    "(a proxy that opens TLS needs the same)",
    62: "its certificate is for another host: correct the connection's address",
    64: "its certificate is for another address: write the host's name into the connection's address, not its number",
}
"""By OpenSSL's verify codes (openssl-verification-options)."""


@dataclass(frozen=True)
class Kind:
    """Errors that mean the same to an admin."""

    errors: tuple[type[BaseException], ...]
    words: str
    again: Again = Again.WAIT
    untouched: bool = False
    """The service surely saw nothing."""
    then: type[ConnectorError] = StopConnection
    """StopEntity where the service was reached: what fails may be this table's answer alone."""


TABLE = (
    Kind(
        (req.InvalidProxyURL, url3.ProxySchemeUnknown, url3.ProxySchemeUnsupported),
        "the proxy's address cannot be used: write one like http://proxy:3128 into the connection's PROXY setting",
        Again.NEVER,
    ),
    Kind(
        (req.ProxyError, url3.ProxyError),
        "the proxy cannot be reached or refuses: look at the connection's PROXY setting, and ask that the host be allowed",
        untouched=True,
    ),
    Kind(
        (req.SSLError, url3.SSLError, ssl.SSLError),
        "no secure connection (TLS) can be made or kept: look at the proxy and the address, and ask whoever runs the service",
    ),
    Kind(
        (url3.NameResolutionError,),
        "the host's name is not known here: correct the connection's address, or look at this machine's DNS",
        untouched=True,
    ),
    Kind(
        (req.ConnectTimeout, url3.ConnectTimeoutError, ConnectionRefusedError),
        "no connection can be made: look whether the service runs, and at firewall and proxy",
        untouched=True,
    ),
    Kind(
        (req.Timeout, url3.TimeoutError, TimeoutError),
        "the answer did not come in time: try later, or raise the connection's timeouts",
        then=StopEntity,
    ),
    Kind(
        (req.ContentDecodingError, url3.DecodeError, zlib.error),
        "the answer's compression is damaged: look at the proxy, and tell whoever runs the service",
        then=StopEntity,
    ),
    Kind(
        (url3.HeaderParsingError,),
        "the answer's headers are damaged: look at the proxy, and tell whoever runs the service",
    ),
    Kind(
        (req.InvalidHeader, url3.InvalidHeader),
        "a header cannot be sent: copy the token again from where it was issued",
        Again.NEVER,
    ),
    Kind(
        (
            req.InvalidURL, req.URLRequired, req.MissingSchema, req.InvalidSchema,
            url3.LocationValueError, url3.HostChangedError, UnicodeError,
        ),
        "the address cannot be used: write one like https://crm.example.org into the connection's settings",
        Again.NEVER,
    ),
    Kind(
        (
            req.ChunkedEncodingError, req.ConnectionError, url3.ProtocolError, url3.IncompleteRead, url3.InvalidChunkLength,
            url3.BodyNotHttplibCompatible, http.client.HTTPException, ConnectionError,
        ),
        "the connection broke off: try later, and look at the proxy and the network if it stays",
        then=StopEntity,
    ),
    Kind(
        (
            req.RetryError, req.TooManyRedirects, req.HTTPError, req.InvalidJSONError, req.StreamConsumedError,
            req.UnrewindableBodyError, url3.PoolError, url3.ResponseError, url3.TimeoutStateError, url3.UnrewindableBodyError,
        ),
        "the HTTP library was used wrongly: please report it",
        Again.NEVER,
    ),
    Kind(
        (OSError, req.RequestException, url3.HTTPError),
        "the network fails: look at this machine's network, and try later",
    ),
)  # fmt: skip
"""The first kind that fits an error, or anything inside it, counts."""

PROXY_SIGN_IN = "Tunnel connection failed: 407"
"""How http.client words a proxy's refusal of CONNECT."""
UNKNOWN = Fault("something went wrong that this program does not know: please report it", StopConnection)


def fault_of(error: BaseException) -> Fault:
    """The fault that an error of a lower layer stands for, looking also at what it was raised from; never fails."""
    errors = list(_all_of(error))
    for inner in errors:
        if isinstance(inner, FaultFound):
            return inner.fault
        if isinstance(inner, ssl.SSLCertVerificationError):
            return _certificate(inner)
    for kind in TABLE:
        found = next((inner for inner in errors if isinstance(inner, kind.errors)), None)
        if found is not None:
            return _of_kind(kind, found, errors)
    return UNKNOWN


def _of_kind(kind: Kind, found: BaseException, errors: list[BaseException]) -> Fault:
    if isinstance(found, (req.ProxyError, url3.ProxyError)) and any(PROXY_SIGN_IN in str(inner) for inner in errors):
        return Fault(statuses.WORDS[407], StopConnection, untouched=True)
    return Fault(f"{kind.words} ({type(found).__name__})", kind.then, kind.again, untouched=kind.untouched)


def _certificate(error: ssl.SSLCertVerificationError) -> Fault:
    code = getattr(error, "verify_code", 0)
    words = CERTIFICATE.get(code, f"its certificate is not valid (OpenSSL's code {code}): tell whoever runs it")
    return Fault(f"the service cannot be trusted: {words}", StopConnection, untouched=True)


def _all_of(error: BaseException) -> Iterator[BaseException]:
    """The error, and those it was made of: outermost first, each once. Not what was being handled meanwhile: that is the caller's."""
    waiting, seen = [error], set()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inside = [current.__cause__, getattr(current, "reason", None), *getattr(current, "args", ())]
        waiting += [inner for inner in inside if isinstance(inner, BaseException)]
