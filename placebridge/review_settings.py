"""The settings of the review page: PLACEBRIDGE_REVIEW__ and a name."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from connector.contract import StopConnection
from connector.http.hosts import Origin, is_loopback
from placebridge.proxy_setting import ProxyAddress
from review.roles import Role

Rights = dict[str, frozenset[Role]]
"""The provider's words, each with the roles that it gives."""


def _address(url: str) -> str:
    split = urlsplit(url)
    if url and (split.scheme not in {"http", "https"} or not split.hostname or split.query or split.fragment):
        raise ValueError("is no address; write it as in https://placebridge.council.example")
    return url.rstrip("/")


def _issuer(url: str) -> str:
    """As it is: the provider's tokens name it letter by letter, with or without a slash at its end."""
    if url:
        try:
            Origin.of(url)
        except StopConnection:
            raise ValueError("cannot be used; write an address that begins with https:// (http:// only to this machine)") from None
    return url


Address = Annotated[str, AfterValidator(_address)]


class ReviewSettings(BaseModel):
    """Where the site listens, how people reach it, and by whom they sign in."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
    host: str = Field(default="127.0.0.1", min_length=1, description="the address to listen on, as in 127.0.0.1")
    port: int = Field(default=8085, ge=1, le=65535, description="a port from 1 to 65535")
    trusted_proxies: str = Field(default="127.0.0.1", description="the proxy's addresses, parted by commas, as in 127.0.0.1")
    """Whose word on where a browser is counts; only the limit on failed sign-ins goes by it."""
    name: str = Field(default="", max_length=80, description="the name of your organisation, as it stands in the header")
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] = Field(default="", description="the provider's address, as it writes it")
    url: Address = Field(default="", description="the address that people use, as in https://placebridge.council.example")
    """With the path under which a proxy serves the site, if any."""
    upload_mb: int = Field(default=50, ge=1, le=2000, description="megabytes of an uploaded file, from 1 to 2000")
    oidc_client_id: str = Field(default="", description="the application's id at the provider")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="the application's secret at the provider")
    oidc_scopes: str = Field(default="openid profile email", description="scopes parted by spaces, as in openid profile email")
    oidc_user_claim: str = Field(default="sub", min_length=1, description="the claim that people are known by, as in sub")
    oidc_roles_claim: str = Field(default="roles", min_length=1, description="the claim that holds their roles, as in roles")
    oidc_roles: str = Field(default="", description="pairs parted by commas, as in Placebridge.Officer=officer")
    oidc_proxy: ProxyAddress = Field(default=SecretStr(""), description="the proxy's address, as in http://proxy.council.gov.uk:3128")
    oidc_no_proxy: str = Field(default="", description="hosts that are reached without the proxy, parted by commas")
    oidc_ca_bundle: Path | None = Field(default=None, description="a PEM file of CAs to trust beside the public ones")

    @property
    def rights(self) -> Rights | None:
        """What the provider's words mean; None where it uses ours."""
        return _rights(self.oidc_roles) or None

    @field_validator("url")
    @classmethod
    def _reached(cls, url: str, info: ValidationInfo) -> str:
        if not info.data.get("oidc_issuer"):
            return url
        if not url:
            raise ValueError("is missing; with OIDC_ISSUER write the address that people use, to which the provider sends them back")
        split = urlsplit(url)
        if split.scheme != "https" and not is_loopback(split.hostname or ""):
            raise ValueError("is plain http, where anybody can listen to who signs in; put a proxy with https before the site")
        return url

    @field_validator("oidc_client_id")
    @classmethod
    def _known(cls, name: str, info: ValidationInfo) -> str:
        if info.data.get("oidc_issuer") and not name:
            raise ValueError("is missing; with OIDC_ISSUER write the id that the provider shows for the application")
        return name

    @field_validator("oidc_scopes")
    @classmethod
    def _openid(cls, scopes: str) -> str:
        if "openid" not in scopes.split():
            raise ValueError("lacks openid, without which nobody can sign in; write openid profile email")
        return " ".join(scopes.split())

    @field_validator("oidc_roles")
    @classmethod
    def _roles(cls, pairs: str) -> str:
        _rights(pairs)
        return pairs


def _rights(pairs: str) -> Rights:
    """`Placebridge.Officer=officer, Placebridge.Admin=admin`. Semicolons part them where a word of the provider's holds a comma."""
    found: Rights = {}
    for pair in filter(None, (part.strip() for part in pairs.split(";" if ";" in pairs else ","))):
        word, _, role = (part.strip() for part in pair.rpartition("="))
        if not word or role not in set(Role):
            raise ValueError(f"has a pair that cannot be read; write PROVIDER'S WORD=ROLE, where the role is one of {', '.join(Role)}")
        found[word] = found.get(word, frozenset()) | {Role(role)}
    return found
