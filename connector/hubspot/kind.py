"""The kind `hubspot`: its settings. HubSpot's limits and versions change, so each is a setting with a default."""

from pydantic import Field, SecretStr

from connector.http.budget import DAY, Window
from connector.http.secrets import Secret
from connector.http.settings import HttpSettings
from connector.hubspot.api import Api, Paths, Sizes, Ways
from connector.hubspot.connector import HubSpotConnector
from connector.hubspot.faults import Judge
from connector.hubspot.places import Overlap
from connector.kind import Context, Kind


class HubSpotSettings(HttpSettings):
    """Where the account is, what opens it, and how often it may be asked."""

    token: SecretStr = Field(description="the service key, or the access token of a private app")
    url: str = Field("https://api.hubapi.com", description="the API's address")
    prefix: str = Field("crm/v3/objects", description="where objects are read, as in crm/objects/2026-03")
    properties_prefix: str = Field("crm/v3/properties", description="where properties are listed, as in crm/properties/2026-03")
    associations_prefix: str = Field("crm/v4/associations", description="where associations are read, as in crm/associations/2026-03")
    account_prefix: str = Field("account-info/v3", description="where the account is described, as in account-info/2026-03")
    requests_per_window: int = Field(100, ge=1, description="requests that HubSpot allows in a window")
    window_seconds: float = Field(10.0, gt=0, description="the window's length")
    requests_per_day: int = Field(250_000, ge=1, description="requests that this connection may make in a day")
    searches_per_second: int = Field(5, ge=1, description="searches that HubSpot allows the whole account in a second")
    look_back_minutes: float = Field(10.0, ge=1, description="minutes by which reads overlap, for changes that search shows late")
    whole_read_days: float = Field(1.0, ge=0, le=90, description="days after which everything is read again; 0: at each run")
    list_rows: int = Field(100, ge=1, description="records that a list gives at once")
    search_rows: int = Field(200, ge=1, description="records that a search gives at once")
    page_rows: int = Field(1000, ge=1, description="records whose associations are asked for at once")
    property_characters: int = Field(4000, ge=0, description="names of properties longer than this together do not go into an address")


def _open(settings: HubSpotSettings, context: Context) -> HubSpotConnector:
    windows = [Window(settings.requests_per_window, settings.window_seconds), Window(settings.requests_per_day, DAY)]
    token = Secret(settings.token.get_secret_value(), "token")
    judge = Judge(context.clock)
    options = settings.door_options(context, windows, judge=judge)
    searches = context.budget([Window(settings.searches_per_second, 1.0)])
    paths = Paths(settings.prefix, settings.properties_prefix, settings.associations_prefix, settings.account_prefix)
    sizes = Sizes(settings.list_rows, settings.search_rows, settings.page_rows, settings.property_characters)
    ways = Ways(settings.url, context.connection, token, options, searches, judge)
    overlap = Overlap(settings.look_back_minutes * 60, settings.whole_read_days * DAY)
    return HubSpotConnector(lambda: Api(ways, paths, sizes), context.clock, overlap, settings.secret_expires)


KIND = Kind(HubSpotSettings, _open, "HubSpot CRM", reads_ahead=True)
