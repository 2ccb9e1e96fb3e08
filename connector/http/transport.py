"""requests and urllib3 as the door wants them: TLS always checked, nothing from the environment, no cookies, no redirects, a deadline."""

import logging
import ssl
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from connector.contract import StopConnection
from connector.http.deadline import TimedResponse
from connector.http.proxy import Proxy

# Its debug lines hold the whole address, and so whatever values a query has.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class _PlainConnection(HTTPConnection):
    response_class = TimedResponse


class _TlsConnection(HTTPSConnection):
    response_class = TimedResponse


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class Adapter(HTTPAdapter):
    """Connections that know the deadline, trust what the context trusts, and sign in at the proxy."""

    def __init__(self, context: ssl.SSLContext | None, proxy: Proxy | None) -> None:
        """`context`: None where nothing is asked by https."""
        self._context, self._proxy = context, proxy
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)
        _time(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context, proxy_ssl_context=self._context)
        _time(manager)
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """The sign-in at the proxy, which its address does not hold."""
        authorization = self._proxy.authorization if self._proxy else None
        return {"Proxy-Authorization": authorization.reveal()} if authorization else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Always checks, by the context, which holds every CA; requests would load them again for each connection."""
        conn.cert_reqs = "CERT_REQUIRED"


class Session(requests.Session):
    """requests' session without what would go past the rules: environment, netrc, cookies, and reading a redirect's body without limit."""

    def __init__(self, ca_bundle: Path | None, proxy: Proxy | None) -> None:
        """Raises StopConnection when `ca_bundle`, as `context_of` has it, cannot be read."""
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._ca_bundle, self._proxy = ca_bundle, proxy
        self.adapters.clear()
        self.mount("http://", Adapter(None, proxy))
        if ca_bundle is not None:
            self._mount_tls()

    def get_adapter(self, url: str) -> BaseAdapter:
        """TLS is made ready by the first address that wants it: reading all CAs takes longer than many a request to this machine."""
        if "https://" not in self.adapters and url.lower().startswith("https://"):
            self._mount_tls()
        return super().get_adapter(url)

    def _mount_tls(self) -> None:
        self.mount("https://", Adapter(context_of(self._ca_bundle), self._proxy))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None ever: redirects are the door's business."""
        return


def context_of(ca_bundle: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or later that trusts the public CAs, those that this machine trusts, and those of `ca_bundle`, a PEM file.

    Raises StopConnection when the file cannot be read."""
    if ca_bundle is None:
        return _public()
    context = _public.__wrapped__()
    try:
        context.load_verify_locations(ca_bundle)
    except FileNotFoundError:
        raise StopConnection(f"the private CA's file {ca_bundle} does not exist; correct the connection's CA_BUNDLE setting") from None
    except (OSError, ssl.SSLError):
        raise StopConnection(f"{ca_bundle} cannot be read as a list of CAs; the connection's CA_BUNDLE setting wants a PEM file") from None
    return context


@cache
def _public() -> ssl.SSLContext:
    """Made once in a process: reading all those CAs takes longer than a request."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def _time(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
