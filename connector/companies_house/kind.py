"""The kind `companies_house`: the Companies House Public Data API, asked by company number."""

from pydantic import Field, SecretStr

from connector.companies_house.lookup import CompaniesHouse
from connector.http import Patience, Secret, Window
from connector.http.settings import HttpSettings
from connector.kind import Context, LookupKind

SPARE = 100.0
"""Seconds beyond a window in which a call that found the window used up is tried again."""
ON_THE_WAY = 2.0
"""Seconds by which we count a window longer, as requests take different times on their way."""


class CompaniesHouseSettings(HttpSettings):
    """The key, and the limit that Companies House sets: 600 requests in five minutes
    (https://developer-specs.company-information.service.gov.uk/guides/rateLimiting)."""

    api_key: SecretStr = Field(description="the key of a live application made at https://developer.company-information.service.gov.uk")
    url: str = Field("https://api.company-information.service.gov.uk", description="the API's address")
    window_requests: int = Field(600, ge=1, description="how many requests the key may make in a window, as in 600")
    window_seconds: float = Field(300.0, gt=0, description="the window's length in seconds, as in 300")
    keep_days: int = Field(30, ge=1, description="after how many days a company is asked about again, as in 30")
    per_run: int = Field(1000, ge=1, description="about how many companies a sync asks at most, as in 1000; the next one goes on")


def _open(settings: CompaniesHouseSettings, context: Context) -> CompaniesHouse:
    patience = Patience(attempts=7, seconds=settings.window_seconds + SPARE, turn=3 * settings.window_seconds)
    windows = [Window(settings.window_requests, settings.window_seconds + ON_THE_WAY)]
    options = settings.door_options(context, windows, patience=patience)
    key = Secret(settings.api_key.get_secret_value(), "API_KEY")
    return CompaniesHouse(settings.url, key, context.connection, options, settings.secret_expires)


KIND = LookupKind(CompaniesHouseSettings, _open, "Companies House: status, address and officers of companies")
