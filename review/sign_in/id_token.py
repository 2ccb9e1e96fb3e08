"""The ID token: proof of who has signed in, checked as OpenID Connect Core 3.1.3.7 has it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Only by a key pair: `none` proves nothing, and by a shared secret the public key itself could be taken for the secret."""
LEEWAY = 60
"""Seconds by which the provider's clock and ours may differ."""


class Untrue(Exception):
    """A token that proves nothing; the message says why, for ops."""


class UnknownKey(Untrue):
    """It is signed by a key that we have not heard of."""


def claims_of(token: str, keys: KeySet, issuer: str, client_id: str, nonce: str, now: datetime) -> Mapping[str, Any]:
    """What a token says of somebody. Raises Untrue, and UnknownKey where the provider may have new keys."""
    try:
        read = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except InvalidKeyIdError:
        raise UnknownKey("the ID token is signed by a key that the provider does not publish") from None
    except (JoseError, ValueError, TypeError) as fault:
        raise Untrue(f"the ID token's signature does not hold ({type(fault).__name__})") from None
    claims = dict(read.claims)
    _demand_true(claims, issuer, client_id, nonce, now)
    return claims


def _demand_true(claims: dict[str, Any], issuer: str, client_id: str, nonce: str, now: datetime) -> None:
    wanted = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        wanted.validate(claims)
    except JoseError as fault:
        raise Untrue(f"the ID token is not for us or not for now ({getattr(fault, 'claim', '') or fault.error})") from None
    audience, party = claims["aud"], claims.get("azp")
    if party not in {None, client_id} or (isinstance(audience, list) and len(audience) > 1 and party is None):
        raise Untrue("the ID token was issued for another application (azp)")
