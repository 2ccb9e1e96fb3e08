"""How a connection says who it is: a header on each request, and nothing else."""

from collections.abc import Mapping
from typing import Protocol

from connector.http.call import Answer
from connector.http.secrets import Secret, basic

Form = Mapping[str, str | Secret]


class Poster(Protocol):
    """The part of the door that a sign-in needs."""

    def post_form(self, url: str, form: Form) -> Answer:
        """Posts a form without signing in, to that address's host only; 400 and 401 are answers. Raises ConnectorError."""
        ...


class SignIn(Protocol):
    """A way to sign in. One object serves one door."""

    def headers(self, poster: Poster) -> Mapping[str, Secret]:
        """The headers of a request, fetching a token first where that is due.

        Raises StopConnection when the sign-in is refused, or what `post_form` raises."""
        ...

    def renew(self) -> bool:
        """The service has refused the headers: forgets what was fetched. False when nothing else could be had."""
        ...


class Fixed:
    """Headers that stay as they are; without any, nobody signs in."""

    def __init__(self, headers: Mapping[str, Secret] | None = None) -> None:
        self._headers = dict(headers or {})

    def headers(self, poster: Poster) -> Mapping[str, Secret]:
        return self._headers

    def renew(self) -> bool:
        return False


def bearer(token: str) -> Fixed:
    """A token that was issued once (RFC 6750 2.1). Raises StopConnection when no header can hold it."""
    return Fixed({"Authorization": bearer_value(Secret(token, "token"))})


def bearer_value(token: Secret) -> Secret:
    """The Authorization header's value for a token."""
    return Secret(f"Bearer {token.reveal()}", "token")


def user_and_password(user: str, password: str) -> Fixed:
    """Basic authentication (RFC 7617). Companies House takes its key as the user and an empty password."""
    return Fixed({"Authorization": basic(user, password)})


def key_header(name: str, key: str) -> Fixed:
    """A key in a header of its own, such as X-Api-Key. Raises StopConnection when no header can hold it."""
    return Fixed({name: Secret(key, "key")})
