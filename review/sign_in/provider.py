"""An OpenID provider: the authorization code flow with PKCE, through Authlib; what it publishes about itself is kept for an hour."""

import hmac
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from authlib.common.urls import add_params_to_uri
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from connector.contract import StopConnection
from connector.http.hosts import Origin
from review.roles import User
from review.sign_in.asking import TurnedDown, Unreachable, client_of, exchange, get
from review.sign_in.id_token import UnknownKey, Untrue, claims_of
from review.sign_in.registered import Registered, at

log = structlog.get_logger()

KEPT = 3600.0
"""Seconds for which what the provider publishes is good."""
ANEW = 30.0
"""Seconds between two readings of its keys, however many tokens come by one that we do not know."""
LONGEST_NAME = 200
LONGEST_HINT = 4_000
"""A longer ID token may not fit into an address."""


@dataclass(frozen=True)
class Begun:
    """A sign-in under way: what its answer is checked against."""

    state: str
    nonce: str
    verifier: str
    wanted: str
    """The page that somebody wanted."""


@dataclass(frozen=True)
class Came:
    """Somebody whom the provider vouches for. Without roles they may see nothing here."""

    user: User
    id_token: str
    """What it takes to sign out there without being asked."""


@dataclass(frozen=True)
class _Published:
    document: Mapping[str, Any]
    keys: KeySet
    read_at: float


class Provider:
    """A provider, and what it published of late."""

    def __init__(self, registered: Registered, ticks: Callable[[], float] = time.monotonic) -> None:
        self.registered = registered
        self._ticks, self._lock = ticks, threading.Lock()
        self._held: _Published | None = None

    def start(self, begun: Begun, back: str) -> str:
        """The address at which somebody signs in; they come back to `back`. Raises Unreachable."""
        document = self.published().document
        client = client_of(self.registered, _methods(document))
        url, _ = client.create_authorization_url(
            document["authorization_endpoint"], begun.state, begun.verifier, redirect_uri=back, nonce=begun.nonce
        )
        return str(url)

    def finish(self, begun: Begun, code: str, issuer: str, back: str, now: datetime) -> Came:
        """Who came back with a code. `issuer` is what the answer names (RFC 9207), or empty.

        Raises Unreachable, TurnedDown, Untrue."""
        held = self.published()
        ours, named = self.registered.issuer, bool(held.document.get("authorization_response_iss_parameter_supported"))
        if (issuer or named) and not hmac.compare_digest(issuer.encode(), ours.encode()):
            raise Untrue("the answer comes from another provider (iss)")
        told = exchange(
            self.registered,
            held.document["token_endpoint"],
            _methods(held.document),
            code=code,
            redirect_uri=back,
            code_verifier=begun.verifier,
        )
        token = told.get("id_token")
        if not isinstance(token, str):
            raise TurnedDown("the provider gives no ID token; is `openid` among the scopes?")
        claims = self._true(token, begun.nonce, now)
        if at(claims, self.registered.roles_claim) is None or "name" not in claims:
            claims = {**self._more(held.document, claims["sub"], told.get("access_token")), **claims}
        return Came(self._user(claims), token)

    def end_address(self, id_token: str, after: str) -> str | None:
        """Where somebody signs out at the provider, and comes back to `after`; None where it has no such page, or cannot be asked now."""
        try:
            endpoint = self.published().document.get("end_session_endpoint")
        except Unreachable:
            return None
        if not isinstance(endpoint, str) or not _is_address(endpoint):
            return None
        hint = id_token if len(id_token) <= LONGEST_HINT else ""
        wanted = {"client_id": self.registered.client_id, "post_logout_redirect_uri": after, "id_token_hint": hint}
        return str(add_params_to_uri(endpoint, [(name, value) for name, value in wanted.items() if value]))

    def published(self, anew: bool = False) -> "_Published":
        """What the provider says of itself (OpenID Connect Discovery), and its keys. Raises Unreachable."""
        with self._lock:
            held, now = self._held, self._ticks()
            if held is not None and now - held.read_at < (ANEW if anew else KEPT):
                return held
            try:
                self._held = self._read(now)
            except Unreachable as fault:
                log.warning("the sign-in service cannot be read", why=str(fault))
                if held is None or anew:
                    raise
                return held
            return self._held

    def _read(self, now: float) -> "_Published":
        document = get(self.registered, f"{self.registered.issuer.rstrip('/')}/.well-known/openid-configuration", "discovery document")
        if document.get("issuer") != self.registered.issuer:
            raise Unreachable(f"the provider calls itself {document.get('issuer')!s:.200}; write just that into OIDC_ISSUER")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(document.get(name), str) or not _is_address(document[name]):
                raise Unreachable(f"the provider's {name} is missing or no https address")
        if "S256" not in document.get("code_challenge_methods_supported", ["S256"]):
            raise Unreachable("the provider does not do PKCE with S256")
        try:
            keys = KeySet.import_key_set({"keys": list(get(self.registered, document["jwks_uri"], "keys").get("keys", ()))})
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise Unreachable("the provider's keys cannot be read") from None
        return _Published(document, keys, now)

    def _true(self, token: str, nonce: str, now: datetime) -> Mapping[str, Any]:
        ours = self.registered
        try:
            return claims_of(token, self.published().keys, ours.issuer, ours.client_id, nonce, now)
        except UnknownKey:
            return claims_of(token, self.published(anew=True).keys, ours.issuer, ours.client_id, nonce, now)

    def _more(self, document: Mapping[str, Any], sub: str, token: object) -> Mapping[str, Any]:
        """What the provider tells of them beside the token, where some keep names and roles. It is no fault where that cannot be had."""
        endpoint = document.get("userinfo_endpoint")
        if not isinstance(endpoint, str) or not _is_address(endpoint) or not isinstance(token, str):
            return {}
        try:
            told = get(self.registered, endpoint, "userinfo", token)
        except Unreachable as fault:
            log.warning("the sign-in service tells no more of somebody", why=str(fault))
            return {}
        return told if told.get("sub") == sub else {}

    def _user(self, claims: Mapping[str, Any]) -> User:
        known_by = claims.get(self.registered.user_claim)
        if not isinstance(known_by, str) or not known_by.isprintable() or not 0 < len(known_by) <= LONGEST_NAME:
            raise TurnedDown(f"the ID token has no usable claim {self.registered.user_claim}")
        if self.registered.user_claim == "email" and claims.get("email_verified") is False:
            raise TurnedDown("the provider has not verified the email address")
        names = (claims.get(name) for name in ("name", "preferred_username", "email"))
        name = next((" ".join(name.split())[:LONGEST_NAME] for name in names if isinstance(name, str) and name.strip()), known_by)
        email = claims.get("email")
        return User(known_by, name, self.registered.roles_of(claims), email[:LONGEST_NAME] if isinstance(email, str) else "")


def _methods(document: Mapping[str, Any]) -> list[str]:
    found = document.get("token_endpoint_auth_methods_supported")
    return [method for method in found if isinstance(method, str)] if isinstance(found, list) else []


def _is_address(url: str) -> bool:
    try:
        Origin.of(url)
    except StopConnection:
        return False
    return True
