"""Signing in: the client credentials flow, and the JWT bearer flow with a certificate.

Source: Salesforce Help, "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration" (remoteaccess_oauth_client_credentials_flow),
"OAuth 2.0 JWT Bearer Flow" (remoteaccess_oauth_jwt_flow) and "OAuth 2.0 Authorization Errors" (remoteaccess_oauth_flow_errors)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from connector.contract import StopConnection
from connector.http import Answer, Clock, OAuth, Secret, SignIn, client_credentials
from connector.http.sign_in import Form

KEEP = ("instance_url", "id")
"""What a token's answer says beside the token: where the organisation lives, and who signed in."""
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT_LIFE = 180
"""Seconds; Salesforce takes an assertion that ends within five minutes."""
TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 (a path)
REFUSALS = {
    "no client credentials user enabled": "choose a run-as user in the app's client credentials settings",
    "request not supported on this domain": "write the organisation's My Domain (https://….my.salesforce.com) into URL",
    "user hasn't approved this consumer": "set the app's permitted users to 'admin approved' and give its permission set to the user",
    "user is not admin approved to access this app": "give the app's permission set to the user",
    "audience is invalid": "correct AUDIENCE: https://login.salesforce.com, for a sandbox https://test.salesforce.com",
    "invalid assertion": "look whether the certificate that the app holds belongs to PRIVATE_KEY",
    "client identifier invalid": "correct CLIENT_ID: it is the app's consumer key",
    "invalid client credentials": "correct CLIENT_SECRET: it is the app's consumer secret, and may have been replaced",
    "inactive user": "the user is no longer active: choose another, or activate it",
    "expired authorization code": "set this machine's clock by NTP: the assertion had ended when it came",
}
"""error_description, in lower case, and what to do about it."""
CODES = {
    "invalid_client_id": REFUSALS["client identifier invalid"],
    "inactive_user": REFUSALS["inactive user"],
    "inactive_org": "the organisation is locked or closed: ask whoever runs it",
    "invalid_app_access": REFUSALS["user is not admin approved to access this app"],
    "unsupported_grant_type": "allow this flow in the app's OAuth settings",
}


@dataclass(frozen=True)
class Signing:
    """A way to sign in and where to look for what it was told."""

    sign_in: SignIn
    oauth: OAuth

    def told(self) -> Mapping[str, str]:
        """The texts of KEEP, after a sign-in."""
        return self.oauth.told


def by_secret(url: str, client_id: str, secret: str, clock: Clock) -> Signing:
    """The client credentials flow. Raises StopConnection when the secret could not stand in a form."""
    held = Secret(secret, "client secret")
    oauth = client_credentials(_token_url(url), client_id, held, keep=KEEP, explain=_explain, clock=clock)
    return Signing(oauth, oauth)


def by_certificate(url: str, client_id: str, username: str, key: Path, audience: str, clock: Clock) -> Signing:
    """The JWT bearer flow: each sign-in sends a fresh assertion, signed RS256.

    Raises StopConnection when the key cannot be used."""
    private = _read(key)

    def form() -> Form:
        claims = {"iss": client_id, "sub": username, "aud": audience, "exp": int(clock.now()) + JWT_LIFE}
        return {"grant_type": JWT_GRANT, "assertion": Secret(jwt.encode(claims, private, algorithm="RS256"), "assertion")}

    oauth = OAuth(_token_url(url), form, keep=KEEP, explain=_explain, clock=clock)
    return Signing(oauth, oauth)


def _read(path: Path) -> RSAPrivateKey:
    try:
        found = load_pem_private_key(path.read_bytes(), None)
    except OSError:
        raise StopConnection(f"the private key {path} cannot be read; correct the connection's PRIVATE_KEY setting") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise StopConnection(f"{path} is no private key without a password; PRIVATE_KEY wants a PEM file of one") from None
    if not isinstance(found, RSAPrivateKey):
        raise StopConnection(f"{path} is no RSA key, which is what Salesforce takes; make a certificate with an RSA key of 2048 bits")
    return found


def _token_url(url: str) -> str:
    return url.rstrip("/") + TOKEN_PATH


def _explain(answer: Answer) -> str | None:
    """An admin's words for Salesforce's own refusals; nothing of the answer is repeated."""
    data = answer.data if isinstance(answer.data, dict) else {}
    said = str(data.get("error_description", "")).lower()
    return next((words for text, words in REFUSALS.items() if text in said), CODES.get(str(data.get("error"))))
