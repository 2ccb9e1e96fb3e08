"""The kind `salesforce`: its settings, and how a connection is opened."""

from pathlib import Path

from pydantic import Field, SecretStr

from connector.contract import StopConnection
from connector.http import Door
from connector.http.settings import HttpSettings
from connector.kind import Context, Kind
from connector.salesforce.connector import SalesforceConnector
from connector.salesforce.errors import Judge
from connector.salesforce.org import Org
from connector.salesforce.reading import Habits
from connector.salesforce.signing import Signing, by_certificate, by_secret

HOSTS = ("*.my.salesforce.com",)
"""Where an organisation may say that it lives (`instance_url`), beside the connection's own address."""


class SalesforceSettings(HttpSettings):
    """Where the organisation is, how to sign in, and how much to ask of it."""

    url: str = Field(description="the organisation's My Domain, as in https://mycouncil.my.salesforce.com")
    client_id: str = Field(description="the app's consumer key")
    client_secret: SecretStr | None = Field(None, description="the app's consumer secret; leave it out to sign in by certificate")
    username: str | None = Field(None, description="the user to sign in as by certificate")
    private_key: Path | None = Field(None, description="the PEM file of the certificate's private key")
    audience: str = Field("https://login.salesforce.com", description="who issues tokens by certificate; a sandbox: https://test.salesforce.com")
    api_version: str = Field("64.0", pattern=r"^\d{2,3}\.0$", description="the API's version, as in 64.0")
    look_back_minutes: int = Field(15, ge=0, le=1440, description="minutes that each read goes back behind the one before")
    sweep_days: int = Field(7, ge=1, le=14, description="days after which all ids are asked for, to find what is gone without a trace")
    bulk_above: int = Field(10_000, ge=0, description="rows above which a read goes by the Bulk API")
    bulk_page: int = Field(10_000, ge=1, le=250_000, description="rows of a page that is read by the Bulk API")
    bulk_wait_minutes: int = Field(30, ge=1, le=1440, description="minutes to wait for a Bulk job before the next run goes on waiting")
    quota_percent: int = Field(90, ge=1, le=100, description="the share of the day's API calls at which reading stops")


def _open(settings: SalesforceSettings, context: Context) -> SalesforceConnector:
    signing = _signing(settings, context)
    judge = Judge(context.clock)
    options = settings.door_options(context, (), also=HOSTS, judge=judge)
    judge.budget = options.budget
    door = Door(settings.url, context.connection, signing.sign_in, options)
    org = Org(door, signing.told, settings.url, settings.api_version, settings.quota_percent)
    habits = Habits(
        look_back=settings.look_back_minutes * 60.0,
        sweep_days=settings.sweep_days,
        bulk_above=settings.bulk_above,
        bulk_page=settings.bulk_page,
        bulk_wait=settings.bulk_wait_minutes * 60.0,
    )
    return SalesforceConnector(org, habits, context.clock, settings.secret_expires)


def _signing(settings: SalesforceSettings, context: Context) -> Signing:
    secret, key, user = settings.client_secret, settings.private_key, settings.username
    if secret is not None and key is None:
        return by_secret(settings.url, settings.client_id, secret.get_secret_value(), context.clock)
    if key is not None and user and secret is None:
        path = context.folder / key.expanduser()
        return by_certificate(settings.url, settings.client_id, user, path, settings.audience, context.clock)
    raise StopConnection("sign-in wants either CLIENT_SECRET, or USERNAME and PRIVATE_KEY; write one of the two into the settings")


KIND = Kind(SalesforceSettings, _open, "Salesforce: accounts, contacts, events, tasks and any other object", reads_ahead=True)
