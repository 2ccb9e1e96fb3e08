"""The kind `dataverse`: its settings and how it is opened."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from connector.dataverse.connector import Address, DataverseConnector
from connector.dataverse.judging import judge
from connector.dataverse.sign_in import SignIn
from connector.http import Secret, Window
from connector.http.hosts import Origin
from connector.http.settings import HttpSettings
from connector.kind import Context, Kind


class DataverseSettings(HttpSettings):
    """Where the organisation is, and the app registration that reads it."""

    url: str = Field(description="the organisation's address, as in https://org.crm11.dynamics.com")
    tenant: str = Field(pattern=r"^[A-Za-z0-9.-]+$", description="the directory (tenant) id, or its domain")
    client_id: str = Field(pattern=r"^[A-Za-z0-9-]+$", description="the app registration's application (client) id")
    client_secret: SecretStr = Field(description="the app registration's secret: its value, not its id")
    login_url: str = Field("https://login.microsoftonline.com", description="where apps sign in; another only for a sovereign cloud")
    api_version: str = Field("9.2", pattern=r"^\d+\.\d+$", description="the Web API's version")
    page_size: int = Field(5000, ge=1, le=5000, description="rows asked for at a time; Dataverse gives 5000 at most")
    look_back_minutes: int = Field(
        10, ge=0, description="how far before its last read a table without change tracking is read again, since clocks differ"
    )
    limit_requests: int = Field(6000, ge=1, description="requests that may be sent in limit_seconds")
    limit_seconds: int = Field(300, ge=1, description="the seconds in which limit_requests may be sent")

    @field_validator("url", "login_url")
    @classmethod
    def _only_a_host(cls, value: str) -> str:
        """An address pasted from a browser has a path that the API's would be put behind."""
        split = urlsplit(value)
        if not split.hostname or split.path.strip("/") or split.query or split.fragment:
            raise ValueError("is no organisation's address; write it with https:// and nothing behind the host, as in https://org.crm11.dynamics.com")
        return value.rstrip("/")


def _open(settings: DataverseSettings, context: Context) -> DataverseConnector:
    """Raises StopConnection for an address, secret or proxy that cannot be used."""
    for url in (settings.url, settings.login_url):
        Origin.of(url)
    secret = Secret(settings.client_secret.get_secret_value(), "client secret")
    windows = [Window(settings.limit_requests, settings.limit_seconds)]
    address = Address(settings.url, f"api/data/v{settings.api_version}/", context.connection)
    token_url = f"{settings.login_url}/{settings.tenant}/oauth2/v2.0/token"
    return DataverseConnector(
        address,
        SignIn(token_url, settings.client_id, secret, f"{settings.url}/.default"),
        settings.door_options(context, windows, judge=judge),
        page_size=settings.page_size,
        look_back=settings.look_back_minutes * 60,
        secret_expires=settings.secret_expires,
    )


KIND = Kind(DataverseSettings, _open, "Dynamics 365 and other Dataverse organisations, over the Web API", reads_ahead=True)
