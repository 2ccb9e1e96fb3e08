"""The settings of notices to ops: PLACEBRIDGE_NOTICES__ and a name."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from connector.contract import StopConnection
from connector.http.hosts import Origin, is_loopback
from placebridge.proxy_setting import ProxyAddress

NOTIFY = "https://api.notifications.service.gov.uk"
AN_ADDRESS = re.compile(r"[^\s@<>,;\"']{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
A_KEY = re.compile(r".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
NEEDS = {
    "smtp_from": ("smtp_host", "the address that notices come from"),
    "smtp_to": ("smtp_host", "the addresses that notices go to"),
    "notify_template": ("notify_key", "the template's id"),
    "notify_to": ("notify_key", "the addresses that notices go to"),
}
"""What a setting is needed for, and what to write."""


def _words(given: object) -> object:
    return given.replace(",", " ").replace(";", " ").split() if isinstance(given, str) else given


Addresses = Annotated[tuple[str, ...], BeforeValidator(_words)]


class NoticeSettings(BaseModel):
    """How ops are told: by email, by webhook, by GOV.UK Notify, by several of them or by none."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
    smtp_host: str = Field(default="", description="the mail server's name, as in mail.council.gov.uk")
    smtp_security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="starttls, tls or none")
    """none: only to this machine."""
    smtp_port: int = Field(default=0, ge=0, le=65535, description="a port from 1 to 65535, or 0 for the usual one")
    smtp_user: str = Field(default="", description="the user by which to sign in there")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="that user's password")
    smtp_from: str = Field(default="", description="an address, as in placebridge@council.gov.uk")
    smtp_to: Addresses = Field(default=(), description="addresses parted by spaces, as in ops@council.gov.uk")
    webhook_url: SecretStr = Field(default=SecretStr(""), description="an address, as in https://hooks.council.gov.uk/placebridge")
    webhook_format: Literal["json", "teams"] = Field(default="json", description="json or teams")
    webhook_secret: SecretStr = Field(default=SecretStr(""), description="the text by which each message is signed")
    notify_key: SecretStr = Field(default=SecretStr(""), description="an API key of GOV.UK Notify")
    notify_template: str = Field(default="", description="the template's id")
    notify_to: Addresses = Field(default=(), description="addresses parted by spaces, as in ops@council.gov.uk")
    notify_reply_to: str = Field(default="", description="the id of a reply-to address")
    notify_url: str = Field(default=NOTIFY, description=f"Notify's address, as in {NOTIFY}")
    proxy: ProxyAddress = Field(default=SecretStr(""), description="the proxy's address, as in http://proxy.council.gov.uk:3128")
    """For webhook and Notify; mail goes straight to its server."""
    no_proxy: str = Field(default="", description="hosts that are reached without the proxy, parted by commas")
    ca_bundle: Path | None = Field(default=None, description="a PEM file of CAs to trust beside the public ones")
    backlog_minutes: float = Field(default=60, gt=0, description="minutes that a due run may wait to be begun")
    disk_mb: int = Field(default=1000, ge=0, description="megabytes that should be free beside SQLite's file, or 0")
    """0: nobody is told of a full disk."""

    @field_validator("smtp_security")
    @classmethod
    def _tls(cls, security: str, info: ValidationInfo) -> str:
        if security == "none" and not is_loopback(info.data.get("smtp_host") or "localhost"):
            raise ValueError("may be none only where the mail server is this machine; write starttls or tls")
        return security

    @field_validator("smtp_from", "smtp_to", "notify_template", "notify_to")
    @classmethod
    def _needed(cls, value: str | tuple[str, ...], info: ValidationInfo) -> str | tuple[str, ...]:
        by, what = NEEDS[info.field_name or ""]
        given = info.data.get(by, "")
        if not value and (given.get_secret_value() if isinstance(given, SecretStr) else given):
            raise ValueError(f"is missing; with {by.upper()} write {what}")
        return value

    @field_validator("smtp_from", "smtp_to", "notify_to")
    @classmethod
    def _addresses(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        given = value if isinstance(value, tuple) else [value] if value else []
        if not all(AN_ADDRESS.fullmatch(address) and address.isascii() for address in given):
            raise ValueError("has something that is no email address; write one as in ops@council.gov.uk, without a name")
        return value

    @field_validator("smtp_password")
    @classmethod
    def _user(cls, password: SecretStr, info: ValidationInfo) -> SecretStr:
        if bool(password.get_secret_value()) != bool(info.data.get("smtp_user")):
            raise ValueError("and SMTP_USER go together; write both or neither")
        return password

    @field_validator("webhook_url")
    @classmethod
    def _webhook(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value():
            _demand_address(url.get_secret_value())
        return url

    @field_validator("notify_url")
    @classmethod
    def _notify_address(cls, url: str) -> str:
        _demand_address(url)
        return url

    @field_validator("notify_key")
    @classmethod
    def _key(cls, key: SecretStr) -> SecretStr:
        if key.get_secret_value() and not A_KEY.fullmatch(key.get_secret_value()):
            raise ValueError(
                "is no key of Notify's: name, service and secret with hyphens between; copy it whole from the page API integration"
            )
        return key

    @field_validator("notify_template", "notify_reply_to")
    @classmethod
    def _id(cls, value: str) -> str:
        if value and not AN_ID.fullmatch(value):
            raise ValueError("is no id; copy it from GOV.UK Notify, as in f33517ff-2a88-4f6e-b855-c550268ce08a")
        return value


def _demand_address(url: str) -> None:
    try:
        Origin.of(url)
    except StopConnection:
        raise ValueError(
            "cannot be used; write an address that begins with https:// (http:// only to this machine) and holds no user name"
        ) from None
