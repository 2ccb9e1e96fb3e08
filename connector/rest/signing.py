"""The sign-in that the YAML names, with the secrets that the settings hold."""

from urllib.parse import urljoin

from pydantic import SecretStr

from connector.contract import StopConnection
from connector.http import Clock, Fixed, Secret, SignIn, bearer, client_credentials, key_header, user_and_password
from connector.rest import words


def sign_in_of(said: words.SignIn, base: str, secrets: dict[str, SecretStr | str | None], clock: Clock) -> SignIn:
    """`secrets`: the settings token, user, password, client_id and client_secret. Raises StopConnection for one that is missing."""
    match said.by:
        case "none":
            return Fixed()
        case "bearer":
            return bearer(_setting(secrets, "token"))
        case "basic":
            return user_and_password(_setting(secrets, "user"), _text(secrets.get("password")))
        case "header":
            return key_header(said.name or "", _filled(said.value, secrets))
    url = urljoin(base if base.endswith("/") else f"{base}/", said.token_url or "")
    secret = Secret(_setting(secrets, "client_secret"), "client secret")
    return client_credentials(url, _setting(secrets, "client_id"), secret, scope=said.scope, clock=clock)


def _filled(value: str, secrets: dict[str, SecretStr | str | None]) -> str:
    for name in ("token", "user", "password"):
        if f"{{{name}}}" in value:
            value = value.replace(f"{{{name}}}", _setting(secrets, name))
    return value


def _setting(secrets: dict[str, SecretStr | str | None], name: str) -> str:
    text = _text(secrets.get(name))
    if not text:
        raise StopConnection(f"the setting {name.upper()} is missing; connector.sign_in in the field map needs it")
    return text


def _text(found: SecretStr | str | None) -> str:
    return found.get_secret_value() if isinstance(found, SecretStr) else found or ""
