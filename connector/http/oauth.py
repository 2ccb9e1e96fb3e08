"""OAuth 2.0: a token fetched with the client's own credentials, kept until it expires or is refused (RFC 6749 4.4 and 5)."""

from collections.abc import Callable, Mapping

from connector.contract import StopConnection
from connector.http.call import Answer
from connector.http.clock import Clock, SystemClock
from connector.http.secrets import Secret
from connector.http.shape import field
from connector.http.sign_in import Form, Poster, bearer_value

MARGIN = 60.0
"""Seconds before its end at which a token is given up; a tenth of its life where that is less."""
REFUSALS = {
    "invalid_client": "correct the client id and secret, and look whether the secret has expired",
    "unauthorized_client": "allow client credentials for this application",
    "invalid_grant": "look whether the application, its user and its key are still allowed",
    "invalid_scope": "correct the scope",
    "unsupported_grant_type": "allow client credentials for this application",
    "invalid_request": "correct the sign-in settings",
}
"""RFC 6749 5.2. Only these codes are repeated in a message."""

Explain = Callable[[Answer], str | None]


class OAuth:
    """Fetches a token and holds it. What a vendor adds stands in `form` (called for each sign-in) and `explain`."""

    def __init__(
        self,
        token_url: str,
        form: Callable[[], Form],
        *,
        keep: tuple[str, ...] = (),
        explain: Explain | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`keep` names texts of the token answer that the connector needs, such as instance_url; they are in `told` afterwards.

        `explain` gives an admin's words for a refusal (codes of the vendor's own, never text from the answer), or None.
        `clock` is the door's."""
        self.told: dict[str, str] = {}
        self._url, self._form, self._keep, self._explain = token_url, form, keep, explain
        self._clock = clock or SystemClock()
        self._headers: dict[str, Secret] | None = None
        self._fresh_until = float("inf")

    def headers(self, poster: Poster) -> Mapping[str, Secret]:
        """As SignIn says. A token without `expires_in` is good until the service refuses it."""
        if self._headers is None or self._clock.ticks() >= self._fresh_until:
            asked_at = self._clock.ticks()
            self._take(poster.post_form(self._url, self._form()), asked_at)
        return self._headers or {}

    def renew(self) -> bool:
        """As SignIn says: the next request fetches another token."""
        self._headers = None
        return True

    def _take(self, answer: Answer, asked_at: float) -> None:
        if answer.status != 200:
            raise StopConnection(self._refusal(answer))
        token = Secret(field(answer.data, "access_token", str), "token that the service issued")
        if field(answer.data, "token_type", (str, type(None)), default="Bearer") not in {"Bearer", "bearer", "BEARER", None}:
            raise StopConnection("sign-in: the service issues a token of a kind other than Bearer; another way to sign in is needed")
        life = _seconds(answer.data)
        self.told = {name: field(answer.data, name, str) for name in self._keep}
        self._fresh_until = asked_at + life - min(MARGIN, life / 10)
        self._headers = {"Authorization": bearer_value(token)}

    def _refusal(self, answer: Answer) -> str:
        words = self._explain(answer) if self._explain else None
        code = answer.data.get("error") if isinstance(answer.data, dict) else None
        if words is None and code in REFUSALS:
            words = f"{REFUSALS[code]} ({code})"
        return f"sign-in: the service refuses it (answer {answer.status}): {words or 'correct the sign-in settings'}"


def client_credentials(
    token_url: str,
    client_id: str,
    secret: Secret,
    *,
    scope: str = "",
    keep: tuple[str, ...] = (),
    explain: Explain | None = None,
    clock: Clock | None = None,
) -> OAuth:
    """OAuth's client credentials grant (RFC 6749 4.4), with the id and secret in the form."""
    form: dict[str, str | Secret] = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    if scope:
        form["scope"] = scope
    return OAuth(token_url, lambda: form, keep=keep, explain=explain, clock=clock)


def _seconds(data: object) -> float:
    """The token's life; some services write the number as a text."""
    found = field(data, "expires_in", (int, float, str, type(None)), default=None)
    try:
        return max(0.0, float(found)) if found is not None else float("inf")
    except ValueError:
        return float("inf")
