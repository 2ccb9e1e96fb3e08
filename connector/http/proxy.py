"""The proxy that a council's machines go out by: from the connection's settings, never from the environment.

One is enough: plain http only ever goes to this machine, and that needs none."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from connector.contract import StopConnection
from connector.http.hosts import Origin, is_loopback
from connector.http.secrets import Secret, basic


@dataclass(frozen=True)
class Proxy:
    """Where to, and for which hosts not."""

    url: str
    """Without user name and password."""
    authorization: Secret | None = None
    """The value of the Proxy-Authorization header."""
    bypass: tuple[str, ...] = ()

    @classmethod
    def of(cls, address: str, no_proxy: str = "") -> "Proxy":
        """The proxy of an address like `http://user:password@proxy.council.gov.uk:3128`, as HTTPS_PROXY has it.

        `no_proxy`, as NO_PROXY has it: hosts, each with all below it, host:port, networks like 10.0.0.0/8, or `*`, parted by commas.
        Raises StopConnection when the address is none; its message does not repeat it."""
        try:
            split = urlsplit(address if "://" in address else f"http://{address}")
            host, port = split.hostname, split.port
        except ValueError:
            host = port = split = None
        if split is None or not host or split.scheme not in {"http", "https"}:
            raise StopConnection("the proxy's address cannot be used; write one like http://proxy:3128 into the connection's PROXY setting")
        port = port or (443 if split.scheme == "https" else 80)
        url = f"{split.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        bypass = tuple(part.strip().lower() for part in no_proxy.split(",") if part.strip())
        return cls(url, _authorization(split.username, split.password), bypass)

    def serves(self, origin: Origin) -> bool:
        """Whether requests to that origin go by the proxy."""
        return not is_loopback(origin.host) and not any(_matches(pattern, origin) for pattern in self.bypass)


def _authorization(user: str | None, password: str | None) -> Secret | None:
    return basic(unquote(user), unquote(password or ""), "proxy password") if user else None


def _matches(pattern: str, origin: Origin) -> bool:
    if pattern == "*":
        return True
    if "/" in pattern:
        return _in_network(origin.host, pattern)
    name, _, port = pattern.partition(":") if pattern.count(":") == 1 else (pattern, "", "")
    name = name.removeprefix("*").lstrip(".")
    return (not port or port == str(origin.port)) and (origin.host == name or origin.host.endswith(f".{name}"))


def _in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
