"""The one-host rule: where a connection's sign-in may go, and nowhere else.

Links come from answers, and an answer may come from anybody: a next-link, a redirect or an `instance_url` is followed only to an origin
(scheme, host and port, RFC 6454) that the connection's settings allow."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from connector.contract import StopConnection

PORTS = {"https": 443, "http": 80}
PLAIN_HOST = re.compile(r"[a-z0-9._:-]{1,253}")
EXAMPLE = "write one like https://crm.example.org"
FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port of an address."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin":
        """The origin of an absolute address.

        Raises StopConnection when it is no address, holds a user name, or is plain http to another machine."""
        parts = _parts(url)
        if parts is None:
            raise StopConnection(f"an address cannot be read; {EXAMPLE}")
        split, host, port = parts
        if FORBIDDEN.search(url) or "@" in split.netloc:
            raise StopConnection(f"an address holds a user name or a character that is not allowed; {EXAMPLE}")
        scheme = split.scheme.lower()
        if scheme not in PORTS or not host:
            raise StopConnection(f"an address does not begin with https:// and a host; {EXAMPLE}")
        if scheme == "http" and not is_loopback(host):
            raise StopConnection(f"{shown(host)} is to be read over plain http, where anybody can listen; write https:// in its address")
        return cls(scheme, host, port or PORTS[scheme])


class Hosts:
    """The origins that a connection may talk to."""

    def __init__(self, base: str, also: Iterable[str] = ()) -> None:
        """`base` is the connection's address. Each of `also` is a further address, or any host below a domain, by https:
        `*.my.salesforce.com`.

        Raises StopConnection when one of them cannot be read."""
        patterns = list(also)
        self._exact = {Origin.of(base), *(Origin.of(pattern) for pattern in patterns if not pattern.startswith("*."))}
        self._below = tuple(_suffix(pattern) for pattern in patterns if pattern.startswith("*."))

    def require(self, url: str) -> None:
        """Raises StopConnection unless the address is one that may be talked to."""
        origin = Origin.of(url)
        if origin in self._exact:
            return
        if origin.scheme == "https" and origin.port == PORTS["https"] and origin.host.endswith(self._below or ("\0",)):
            return
        raise StopConnection(
            f"the service points to {shown(origin.host)} port {origin.port}, which is not this connection's host; nothing was sent there. "
            "If the service has moved, correct the connection's address; if not, tell whoever runs it"
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shown(host: str) -> str:
    """A host as it may stand in a message: an odd one is not repeated."""
    return host if PLAIN_HOST.fullmatch(host) else "another host"


def joined(base: str, link: str) -> str:
    """The address that `link` means when it stands in an answer from `base` (RFC 3986 5.2), without its fragment.

    Raises StopConnection when it is none."""
    found = _join(base, link)
    if found is None:
        raise StopConnection("the service gives a link that cannot be read; tell whoever runs it")
    return found.partition("#")[0]


def _join(base: str, link: str) -> str | None:
    try:
        return urljoin(base, link)
    except ValueError:
        return None


def _parts(url: str) -> tuple[SplitResult, str, int | None] | None:
    try:
        split = urlsplit(url)
        return split, split.hostname or "", split.port
    except ValueError:
        return None


def _suffix(pattern: str) -> str:
    suffix = pattern[1:].lower()
    if suffix.count(".") < 2 or not PLAIN_HOST.fullmatch(suffix) or "*" in suffix:
        raise StopConnection("an allowed host with a star needs two words behind it, like *.my.salesforce.com; correct the setting")
    return suffix
