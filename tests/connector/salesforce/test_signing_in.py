"""Signing in by secret and by certificate, and what an admin is told when it fails."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from connector.contract import StopConnection
from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.salesforce.holding import entity
from tests.connector.sites import Reply, serve


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="session")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def certified(org, key, tmp_path):
    """The settings that sign in by certificate."""
    org.public_key = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    (tmp_path / "server.key").write_bytes(pem(key))
    return {"client_secret": None, "username": "sync@example.org", "private_key": "server.key"}


def test_by_certificate(org, pull, certified):
    org.put("Account", "001A", Name="Acme")
    assert set(pull(entity(), **certified).rows) == {"001A"}


def test_the_assertion_is_for_the_audience_and_ends_soon(org, opened, certified, clock):
    org.audience = "https://test.salesforce.com"
    finding = opened(audience="https://test.salesforce.com", **certified).check([])[0]
    assert finding.ok
    form = next(one for one in org.server.asked if one.path == "/services/oauth2/token").body.decode()
    claims = jwt.decode(form.rpartition("assertion=")[2], options={"verify_signature": False})
    assert claims == {"iss": "app", "sub": "sync@example.org", "aud": "https://test.salesforce.com", "exp": clock.now() + 180}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"audience": "https://elsewhere.example.org"}, "correct AUDIENCE"),
        ({"username": "somebody@example.org"}, "admin approved"),
        ({"client_id": "other"}, "correct CLIENT_ID"),
    ],
)
def test_a_refused_assertion_says_what_to_do(change, words, org, opened, certified):
    finding = opened(**certified | change).check([entity()])[0]
    assert not finding.ok
    assert words in finding.detail


def test_a_certificate_of_another_key_says_what_to_do(org, opened, certified, tmp_path):
    (tmp_path / "server.key").write_bytes(pem(rsa.generate_private_key(65537, 2048)))
    assert "belongs to PRIVATE_KEY" in opened(**certified).check([])[0].detail


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read"), (b"no key", "PEM file"), (pem(ec.generate_private_key(ec.SECP256R1())), "no RSA key")],
)
def test_a_key_that_is_none_is_said_when_it_is_opened(content, words, opened, certified, tmp_path):
    (tmp_path / "server.key").unlink()
    if content:
        (tmp_path / "server.key").write_bytes(content)
    with pytest.raises(StopConnection, match=words) as raised:
        opened(**certified)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    "given",
    [
        {"client_secret": None},
        {"client_secret": None, "username": "a@example.org"},
        {"client_secret": None, "private_key": "server.key"},
        {"username": "a@example.org", "private_key": "server.key"},
    ],
)
def test_half_a_way_to_sign_in_is_said_when_it_is_opened(given, opened):
    with pytest.raises(StopConnection, match="CLIENT_SECRET, or USERNAME and PRIVATE_KEY"):
        opened(**given)


@pytest.mark.parametrize(
    ("attribute", "value", "words"),
    [
        ("client_id", "another", "consumer key"),
        ("client_secret", "another", "consumer secret"),
        ("username", "", "run-as user"),
    ],
)
def test_a_refused_secret_says_what_to_do(attribute, value, words, org, opened):
    setattr(org, attribute, value)
    with pytest.raises(StopConnection, match=words) as raised:
        list(opened().pull(entity(), None))
    assert "s3cret" not in str(raised.value)


def test_a_session_that_has_ended_is_signed_in_again_once(org, opened):
    for one in range(4):
        org.put("Account", f"001{one}", Name="Acme")
    org.page_size = 1
    rows = []
    for page in opened().pull(entity(), None):
        rows += page.rows
        org.tokens.clear()
    assert len(rows) == 4
    assert sum(one.path == "/services/oauth2/token" for one in org.server.asked) == 4


def test_a_service_that_refuses_every_token_stops_the_connection(org, opened):
    connector = opened()
    org.tokens = type("None of them", (set,), {"add": lambda self, token: None})()
    with pytest.raises(StopConnection, match="401"):
        list(connector.pull(entity(), None))


def test_no_request_goes_to_another_host_than_the_settings_allow(org, opened):
    other = serve(lambda asked: Reply(200, {}))
    try:
        org.instance_url = other.url
        with pytest.raises(StopConnection, match="not this connection's host"):
            list(opened().pull(entity(), None))
        assert other.asked == []
    finally:
        other.close()


def test_plain_http_to_another_machine_is_refused(tmp_path, clock):
    kind = kind_of("salesforce")
    settings = kind.settings(url="http://crm.my.salesforce.com", client_id="app", client_secret="s3cret")
    with pytest.raises(StopConnection, match="plain http"):
        kind.open(settings, Context("council", tmp_path, clock=clock))
