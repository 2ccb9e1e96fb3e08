"""What stands in the settings about the sign-in provider: who we are to it, and what its words mean here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from connector.http.proxy import Proxy
from connector.http.secrets import Secret
from review.roles import Role

SAME: Mapping[str, frozenset[Role]] = MappingProxyType({role.value: frozenset({role}) for role in Role})
"""Where the provider uses our own words."""


@dataclass(frozen=True)
class Registered:
    """An application as it is registered at an OpenID provider."""

    issuer: str
    """Just as the provider writes it: https://login.example/realms/council"""
    client_id: str
    secret: Secret | None = None
    """None for a public client, which PKCE alone protects."""
    scopes: str = "openid profile email"
    user_claim: str = "sub"
    """What people are known by for good. It must never pass from one person to another, as an email address may."""
    roles_claim: str = "roles"
    """A claim, or a way to one: realm_access.roles"""
    roles: Mapping[str, frozenset[Role]] = field(default_factory=lambda: SAME)
    """The provider's words, each with the roles that it gives."""
    proxy: Proxy | None = None
    ca_bundle: Path | None = None

    def roles_of(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        """The roles that somebody's claims give; what is none of the provider's words that we know gives none."""
        return frozenset(role for word in _words(at(claims, self.roles_claim)) for role in self.roles.get(word, frozenset()))


def at(claims: Mapping[str, Any], name: str) -> object:
    """The claim of that name, or at the end of that way (`realm_access.roles`); None where there is none."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _words(held: object) -> list[str]:
    if isinstance(held, str):
        return [held, *held.split()]
    return [word for word in held if isinstance(word, str)] if isinstance(held, list) else []
