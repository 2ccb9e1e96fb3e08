"""A provider whose tokens are not right, and one that changes: who gets in, who does not, and what a page says."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc.jwk import RSAKey

from connector.http.secrets import Secret
from review.roles import Role
from review.sign_in.provider import Provider
from review.sign_in.registered import Registered, at
from store.database import Database
from tests.review.crooked import KEYS, Crooked, crooked_provider, signed_by, signed_by_the_public_key, unsigned
from tests.review.harness import Browser, Response, site_on

SECRET = "oidc-s3cret+/%4711"


@pytest.fixture
def provider() -> Iterator[Crooked]:
    with crooked_provider() as found:
        yield found


def browser_at(store: Database, provider: Crooked, **changed: Any) -> Browser:
    ours = Registered(**({"issuer": provider.issuer, "client_id": "placebridge", "secret": Secret(SECRET)} | changed))
    return Browser(site_on(store, try_out_code=None, provider=Provider(ours), url="http://localhost", now=lambda: datetime.now(UTC)))


def sign_in(browser: Browser, provider: Crooked) -> Response:
    start = browser.get("/sign-in/start")
    asked = dict(parse_qsl(urlsplit(start.headers["location"]).query))
    provider.claims.setdefault("nonce", asked["nonce"])
    return browser.get(f"/sign-in/back?{urlencode({'state': asked['state'], 'code': 'a-code'})}")


def test_a_token_that_is_right_lets_somebody_in(store: Database, provider: Crooked) -> None:
    browser = browser_at(store, provider)
    assert sign_in(browser, provider).status_code == 303
    assert provider.sent["grant_type"] == "authorization_code"
    assert provider.sent["code"] == "a-code"
    assert len(provider.sent["code_verifier"]) >= 43
    assert provider.secret_by_header() == f"placebridge:{SECRET}"


def test_the_secret_goes_in_the_form_where_that_alone_is_offered(store: Database, provider: Crooked) -> None:
    provider.document["token_endpoint_auth_methods_supported"] = ["private_key_jwt", "client_secret_post"]
    assert sign_in(browser_at(store, provider), provider).status_code == 303
    assert (provider.sent["client_id"], provider.sent["client_secret"], provider.known_as) == ("placebridge", SECRET, "")


NOW = int(time.time())
WRONG: dict[str, Callable[[Crooked], object]] = {
    "another issuer": lambda it: it.claims.update(iss="https://evil.example"),
    "an issuer with a slash more": lambda it: it.claims.update(iss=f"{it.issuer}/"),
    "another audience": lambda it: it.claims.update(aud="another"),
    "no audience": lambda it: it.claims.pop("aud"),
    "two audiences and no azp": lambda it: it.claims.update(aud=["placebridge", "another"]),
    "another azp": lambda it: it.claims.update(azp="another"),
    "another nonce": lambda it: it.claims.update(nonce="another"),
    "no nonce": lambda it: it.claims.update(nonce=None),
    "expired": lambda it: it.claims.update(exp=NOW - 120),
    "no end": lambda it: it.claims.pop("exp"),
    "issued in the future": lambda it: it.claims.update(iat=int(time.time()) + 600),
    "not yet": lambda it: it.claims.update(nbf=int(time.time()) + 600),
    "nobody": lambda it: it.claims.pop("sub"),
    "a number for a name": lambda it: it.claims.update(sub=7),
    "an endless name": lambda it: it.claims.update(sub="x" * 500),
    "a name with a line break": lambda it: it.claims.update(sub="olive\nadmin"),
    "no signature": lambda it: setattr(it, "sign", unsigned),
    "the public key as a shared secret": lambda it: setattr(it, "sign", signed_by_the_public_key),
    "a key that is not published": lambda it: setattr(it, "sign", signed_by(KEYS.keys[1])),
    "another key under a published name": lambda it: setattr(it, "sign", signed_by(RSAKey.generate_key(2048), kid="first")),
    "no token at all": lambda it: setattr(it, "sign", lambda claims: "nonsense"),
    "no ID token in the answer": lambda it: setattr(it, "token_answer", (200, b'{"access_token": "t", "token_type": "Bearer"}')),
    "an error": lambda it: setattr(it, "token_answer", (400, b'{"error": "invalid_grant", "error_description": "<b>boo</b>"}')),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_token_that_is_not_right_lets_nobody_in(store: Database, provider: Crooked, name: str) -> None:
    browser = browser_at(store, provider)
    WRONG[name](provider)
    answer = sign_in(browser, provider)
    assert answer.status_code == 403
    assert "You are not signed in" in answer.text
    assert "boo" not in answer.text
    assert browser.get("/businesses").headers["location"].startswith("/sign-in?")


@pytest.mark.parametrize("answer", [(500, b"<html>"), (200, b"<html>"), (200, b"[]"), (302, b""), (200, b"")])
def test_a_token_endpoint_that_answers_nonsense_is_a_clear_page(store: Database, provider: Crooked, answer: tuple[int, bytes]) -> None:
    provider.token_answer = answer
    found = sign_in(browser_at(store, provider), provider)
    assert found.status_code in {403, 503}
    assert "sign-in service" in found.text


def test_clocks_may_differ_by_a_minute(store: Database, provider: Crooked) -> None:
    provider.claims.update(exp=int(time.time()) - 20, iat=int(time.time()) + 20)
    assert sign_in(browser_at(store, provider), provider).status_code == 303


def test_new_keys_of_the_provider_are_learnt_at_once(store: Database, provider: Crooked) -> None:
    ours = Registered(provider.issuer, "placebridge")
    seconds = [0.0]
    browser = Browser(
        site_on(
            store, try_out_code=None, provider=Provider(ours, lambda: seconds[0]), url="http://localhost", now=lambda: datetime.now(UTC)
        )
    )
    browser.get("/sign-in/start")
    provider.keys, provider.sign, seconds[0] = [KEYS.keys[1]], signed_by(KEYS.keys[1]), 31.0
    assert sign_in(browser, provider).status_code == 303
    assert provider.asked.count("/keys") == 2


def test_what_the_provider_publishes_is_kept_and_outlasts_its_being_down(store: Database, provider: Crooked) -> None:
    seconds = [0.0]
    held = Provider(Registered(provider.issuer, "placebridge"), lambda: seconds[0])
    first = held.published()
    assert held.published() is first
    provider.document["issuer"], seconds[0] = "https://another.example", 4000.0
    assert held.published() is first
    assert provider.asked.count("/.well-known/openid-configuration") == 2


PUBLISHED: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://evil.example"},
    "no issuer": {"issuer": None},
    "no token endpoint": {"token_endpoint": None},
    "a plain address": {"authorization_endpoint": "http://login.example/auth"},
    "a script for an address": {"authorization_endpoint": "javascript:alert(1)"},
    "keys elsewhere that are none": {"jwks_uri": "http://127.0.0.1:9/keys"},
    "no PKCE": {"code_challenge_methods_supported": ["plain"]},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_provider_that_publishes_nonsense_is_a_clear_page(store: Database, provider: Crooked, name: str) -> None:
    provider.document |= PUBLISHED[name]
    answer = browser_at(store, provider).get("/sign-in/start")
    assert answer.status_code == 503
    assert "The sign-in service cannot be reached" in answer.text


def test_many_failures_from_one_address_shut_the_door_for_a_while(store: Database, provider: Crooked) -> None:
    provider.token_answer = (400, b'{"error": "invalid_grant"}')
    browser = browser_at(store, provider)
    assert [sign_in(browser, provider).status_code for _ in range(11)] == [403] * 10 + [409]
    assert provider.asked.count("/token") == 10


CLAIMS: dict[str, tuple[dict[str, Any], str, set[Role]]] = {
    "a list": ({"roles": ["officer", "viewer", "x"]}, "roles", {Role.OFFICER, Role.VIEWER}),
    "a text": ({"roles": "officer auditor"}, "roles", {Role.OFFICER, Role.AUDITOR}),
    "one word": ({"roles": "admin"}, "roles", {Role.ADMIN}),
    "below another": ({"realm_access": {"roles": ["admin"]}}, "realm_access.roles", {Role.ADMIN}),
    "a name with dots": ({"https://council.example/roles": ["viewer"]}, "https://council.example/roles", {Role.VIEWER}),
    "none": ({}, "roles", set()),
    "nonsense": ({"roles": {"officer": True}}, "roles", set()),
    "numbers": ({"roles": [1, None, ["admin"]]}, "roles", set()),
    "another case": ({"roles": ["Admin"]}, "roles", set()),
    "nothing at the end of the way": ({"realm_access": "roles"}, "realm_access.roles", set()),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_roles_are_read_from_the_claim(name: str) -> None:
    claims, way, roles = CLAIMS[name]
    assert Registered("https://login.example", "placebridge", roles_claim=way).roles_of(claims) == roles
    assert at({}, way) is None


def test_an_email_that_nobody_verified_is_no_name(store: Database, provider: Crooked) -> None:
    provider.claims |= {"email": "boss@council.example", "email_verified": False}
    assert sign_in(browser_at(store, provider, user_claim="email"), provider).status_code == 403
    provider.claims |= {"email_verified": True, "nonce": None}
    del provider.claims["nonce"]
    assert sign_in(browser_at(store, provider, user_claim="email"), provider).status_code == 303
