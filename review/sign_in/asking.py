"""What we ask of the provider over HTTP: through the door that connectors use, but with the patience of somebody who waits for a page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from connector.contract import ConnectorError
from connector.http import Call, Door, Options
from connector.http.clock import SystemClock
from connector.http.deadline import Deadline
from connector.http.exchange import Limits
from connector.http.hosts import Origin
from connector.http.lower_errors import LOWER
from connector.http.retrying import Patience
from connector.http.secrets import basic
from connector.http.transport import Adapter, context_of
from review.sign_in.registered import Registered

SECONDS = 10.0
LIMITS = Limits(connect=5.0, read=5.0, total=SECONDS, body=2_000_000)
PATIENCE = Patience(attempts=2, seconds=SECONDS, first=0.2, longest=1.0, turn=1.0)


class Unreachable(Exception):
    """The provider cannot be reached, or answers nonsense. The message is for ops."""


class TurnedDown(Exception):
    """The provider answers, and does not let us or somebody in. The message is for ops."""


def get(registered: Registered, url: str, what: str, token: str = "") -> Mapping[str, Any]:
    """A JSON object of the provider's. Raises Unreachable."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        options = Options(limits=LIMITS, patience=PATIENCE, proxy=registered.proxy, ca_bundle=registered.ca_bundle)
        with Door(url, "sign-in", options=options) as door:
            data = door.send(Call(url, what, headers=headers)).data
    except ConnectorError as fault:
        raise Unreachable(str(fault)) from None
    if not isinstance(data, dict):
        raise Unreachable(f"{what}: the answer is no JSON object")
    return data


def exchange(registered: Registered, endpoint: str, methods: list[str], **sent: str) -> Mapping[str, Any]:
    """The tokens for a code (RFC 6749 4.1.3). `methods`: how the provider lets clients show who they are.

    Raises Unreachable, TurnedDown."""
    client = client_of(registered, methods)
    clock = SystemClock()
    try:
        Origin.of(endpoint)
        with client, Deadline(clock.ticks, SECONDS, LIMITS.read).held():
            return dict(
                client.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    timeout=(LIMITS.connect, LIMITS.read),
                    allow_redirects=False,
                    proxies=_proxies(registered, endpoint),
                    **sent,
                )
            )
    except OAuthError as fault:
        raise TurnedDown(f"the provider does not take the code: {word(fault.error)}") from None
    except ConnectorError as fault:
        raise Unreachable(str(fault)) from None
    except LOWER as fault:
        raise Unreachable(f"the token endpoint cannot be reached or answers nonsense ({type(fault).__name__})") from None


def client_of(registered: Registered, methods: list[str]) -> OAuth2Session:
    """Authlib's client on our own transport: TLS always checked, nothing from the environment."""
    secret = registered.secret.reveal() if registered.secret else None
    method = "none" if secret is None else _method(methods)
    client = OAuth2Session(
        registered.client_id, secret, token_endpoint_auth_method=method, scope=registered.scopes, code_challenge_method="S256"
    )
    client.trust_env = False
    client.register_client_auth_method(("client_secret_basic", _by_header))
    adapter = Adapter(context_of(registered.ca_bundle), registered.proxy)
    client.adapters.clear()
    client.mount("https://", adapter)
    client.mount("http://", adapter)
    return client


def word(said: object) -> str:
    """An error code as it may stand in a log or on a page; anything else is not repeated."""
    return said if isinstance(said, str) and said.isascii() and said.replace("_", "").isalnum() and len(said) <= 40 else "no reason"


def _method(methods: list[str]) -> str:
    """By header, which is what a client does that said nothing when it was registered; in the form where that alone is offered."""
    return "client_secret_post" if "client_secret_basic" not in methods and "client_secret_post" in methods else "client_secret_basic"


def _by_header(client: Any, method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]:
    """RFC 6749 2.3.1 has both encoded first; Authlib does not, and a + or % in a secret would be another one to the provider."""
    headers["Authorization"] = basic(quote_plus(client.client_id), quote_plus(client.client_secret)).reveal()
    return uri, headers, body


def _proxies(registered: Registered, url: str) -> dict[str, str]:
    proxy = registered.proxy
    return {"https": proxy.url} if proxy is not None and proxy.serves(Origin.of(url)) else {}
