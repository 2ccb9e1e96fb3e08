"""What check says, in words to act on."""

from datetime import UTC, date, datetime

import pytest

from tests.connector.salesforce.holding import entity


def said(connector, *entities):
    return {one.check: (one.ok, one.detail) for one in connector.check(list(entities))}


def test_all_is_well(org, opened, clock):
    org.put("Account", "001A", Name="Acme")
    org.put("Account", "001B", Name="Bolt")
    org.delete("Account", "001B")
    found = said(opened(secret_expires="2028-03-31"), entity())
    assert found["sign-in"] == (True, "signed in as sync@example.org to Exampleshire Council (00D000000000001EAA)")
    assert found["API version"] == (True, "64.0 is supported; the newest is 65.0")
    assert found["business Account"] == (True, "1 row; changes are read by SystemModstamp")
    assert found["API calls"] == (True, f"{org.used} of 100,000 used in the last 24 hours")
    assert found["clock"] == (True, "this machine's clock agrees with the service's")
    days = (date(2028, 3, 31) - datetime.fromtimestamp(clock.now(), UTC).date()).days
    assert found["secret"] == (True, f"it ends on 2028-03-31, in {days} days")


def test_a_sandbox_is_called_one(org, opened):
    org.put("Organization", "00D000000000001EAA", IsSandbox=True)
    assert "a sandbox" in said(opened())["sign-in"][1]


@pytest.mark.parametrize(
    ("wanted", "ok", "words"),
    [
        (entity("Acount"), False, "did you mean Account"),
        (entity("Account", "Id", "Naem"), False, "did you mean Name"),
        (entity("Account", "Id", "Phone"), False, "read access"),
        (entity("Contact", "Id", "Name"), False, "no rows: if there should be some"),
        (entity("Account", "Name", ids=("Name",)), True, "write 'id: Id'"),
        (entity("Account", "Id", "Name", where="Name != 'x'"), True, "because of 'where'"),
    ],
)
def test_what_an_entity_wants_mended(wanted, ok, words, org, opened):
    org.put("Account", "001A", Name="Acme")
    org.hidden.add(("Account", "Phone"))
    found = said(opened(), wanted, entity())
    assert found["business Account"][0] or wanted.source == "Account"
    assert found[f"{wanted.kind} {wanted.source}"][0] is ok or wanted.source == "Account"
    assert any(words in one.detail and one.ok is ok for one in opened().check([wanted]))


def test_a_user_who_may_not_see_the_organisation_is_still_signed_in(org, opened):
    org.hidden |= {("Organization", ""), ("User", "Username")}
    assert said(opened())["sign-in"] == (True, "signed in as 005000000000001AAA to organisation (00D000000000001EAA)")


def test_a_version_that_is_too_old_or_new(org, opened):
    found = said(opened(api_version="70.0"), entity())
    assert found["API version"] == (False, "70.0 is none that this organisation has; write 65.0 into API_VERSION")


def test_a_refused_sign_in_is_said_once(org, opened):
    found = said(opened(client_secret="wrong"), entity())
    assert list(found) == ["sign-in", "secret"]
    assert not found["sign-in"][0]


def test_a_quota_near_its_end(org, opened):
    org.used, org.most = 95, 100
    found = said(opened(), entity())
    assert found["API calls"][0] is False
    assert "reading waits" in found["API calls"][1]


def test_a_quota_that_is_used_up(org, opened):
    org.used = org.most
    found = said(opened(), entity())
    assert not found["business Account"][0]
    assert "used up" in found["business Account"][1] or "asked again" in found["business Account"][1]


def test_a_service_that_is_not_there(org, opened):
    org.server.close()
    found = said(opened(), entity())
    assert not found["sign-in"][0]


def test_a_clock_that_is_wrong(org, opened, clock):
    class Slow:
        def now(self):
            return clock.now() + 300

    org.clock = Slow()
    assert said(opened(), entity())["clock"][0] is False
