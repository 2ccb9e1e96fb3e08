"""The kind `rest`: any REST API in JSON, described in the field map."""

from pydantic import Field, SecretStr

from connector.contract import StopConnection
from connector.http import Window
from connector.http.settings import HttpSettings
from connector.kind import Context, Kind
from connector.rest.connector import RestConnector
from connector.rest.parsing import read_top
from connector.rest.signing import sign_in_of


class RestSettings(HttpSettings):
    """Where the API is, and the secrets that its sign-in needs; which of them, the field map's `sign_in` says."""

    url: str | None = Field(None, description="the API's address, in place of `base` in the field map, as in https://crm.example.org/api")
    token: SecretStr | None = Field(None, description="for sign_in bearer and header: the token or key that was issued")
    user: str | None = Field(None, description="for sign_in basic: the user name")
    password: SecretStr | None = Field(None, description="for sign_in basic: the password")
    client_id: str | None = Field(None, description="for sign_in oauth: the application's id")
    client_secret: SecretStr | None = Field(None, description="for sign_in oauth: the application's secret")


def _open(settings: RestSettings, context: Context) -> RestConnector:
    top = read_top(context.options)
    base = settings.url or top.base
    if not base:
        raise StopConnection("connector.base is missing; write the API's address there or into the connection's URL setting")
    secrets = {name: getattr(settings, name) for name in ("token", "user", "password", "client_id", "client_secret")}
    sign_in = sign_in_of(top.sign_in, base, secrets, context.clock)
    windows = [Window(limit.requests, limit.seconds) for limit in top.limits]
    options = settings.door_options(context, windows, also=tuple(top.hosts))
    return RestConnector(context, top, base, sign_in, options, settings.secret_expires)


KIND = Kind(RestSettings, _open, "any REST API in JSON, described in the field map", reads_ahead=True)
