"""What check says, the settings, and signing in."""

import pytest
from pydantic import ValidationError

from connector.contract import NotYet, StopConnection, StopEntity
from connector.dataverse.kind import DataverseSettings
from connector.dataverse.sign_in import REFUSALS, explain
from connector.http import Answer
from tests.connector.dataverse.conftest import HandClock, block, read
from tests.connector.dataverse.standin import CLIENT, ORGANISATION, SECRET, TENANT, USER
from tests.connector.sites import Reply

PEOPLE = block("person", "contacts", ("contactid", "fullname"), ("contactid",))
VISITS = block("engagement", "new_visits", ("new_visitid", "new_name"), ("new_visitid",))
PARTIES = block("participant", "activityparties", ("activityid", "partyid"), ())


@pytest.fixture(autouse=True)
def filled(site):
    for n in range(3):
        site.put("account", f"id-{n}", {"name": f"Firm {n}"})


def said(findings, name) -> list:
    return [(finding.ok, finding.detail) for finding in findings if finding.check == name]


def test_all_is_well(connect):
    findings = connect(secret_expires="2027-03-31").check([block(), PEOPLE])
    assert [finding for finding in findings if not finding.ok] == []
    assert said(findings, "sign-in") == [(True, "signed in to Example Council as the application user # Placebridge")]
    assert said(findings, "business accounts") == [(True, "can be read; 3 rows"), (True, "change tracking is on: each run reads only what changed")]
    assert said(findings, "person contacts")[0] == (True, "can be read; 0 rows")
    assert "it ends on 2027-03-31" in said(findings, "secret")[0][1]
    assert said(findings, "clock") == [(True, "this machine's clock agrees with the service's")]
    assert "requests are left" in said(findings, "quota")[0][1]


def test_names_that_may_not_be_read_are_shown_as_ids(site, connect):
    del site.depths["prvReadOrganization"], site.depths["prvReadUser"]
    assert said(connect().check([]), "sign-in") == [(True, f"signed in to {ORGANISATION} as the application user {USER}")]


def test_a_table_without_the_privilege_is_named_and_the_others_looked_at(site, connect):
    del site.depths["prvReadAccount"]
    findings = connect().check([block(), PEOPLE])
    ((ok, detail),) = said(findings, "business accounts")
    assert (ok, "accounts: " in detail, "Read on this table at organisation level" in detail, "0x80040220" in detail) == (False, True, True, True)
    assert said(findings, "person contacts")[0][0]


@pytest.mark.parametrize("depth", ["Basic", "Local", "Deep"])
def test_a_role_that_reaches_a_part_only_is_told(site, connect, depth):
    """The answer is a part of the rows and no error, so nobody would know."""
    site.tables["account"].tracked = False
    site.depths["prvReadAccount"] = depth
    first = said(connect().check([block()]), "business accounts")[0]
    assert (first[0], "reads only a part of account (prvReadAccount)" in first[1], "organisation level" in first[1]) == (False, True, True)


def test_tracking_that_is_off_is_to_be_turned_on(connect):
    ok, detail = said(connect().check([VISITS]), "engagement new_visits")[1]
    assert (ok, "turn on 'Track changes'" in detail, "new_visit" in detail) == (False, True, True)


def test_tracking_that_cannot_be_is_only_told(site, connect):
    site.tables["new_visit"].trackable = False
    ok, detail = said(connect().check([VISITS]), "engagement new_visits")[1]
    assert (ok, "cannot track" in detail) == (True, True)


def test_parties_want_their_activities_named(connect):
    findings = said(connect().check([PARTIES]), "participant activityparties")
    assert [ok for ok, _ in findings] == [True, True, False]
    assert "connector: {activities: [appointment, phonecall, email]}" in findings[2][1]
    named = block("participant", "activityparties", PARTIES.columns, (), options={"activities": ["appointments"]})
    assert [ok for ok, _ in said(connect().check([named]), "participant activityparties")] == [True, True]


def test_an_id_that_is_not_the_tables_own_is_told(connect):
    findings = said(connect().check([block(columns=("name",), ids=("name",))]), "business accounts")
    assert "let the block's id be accountid" in findings[1][1]


def test_clocks_that_differ(clock, connect):
    ((ok, detail),) = said(connect(clock=HandClock(clock.moment + 90)).check([]), "clock")
    assert (ok, "90 seconds behind" in detail) == (False, True)


def test_a_secret_that_ends_soon(connect):
    ((ok, detail),) = said(connect(secret_expires="2026-06-05").check([]), "secret")
    assert (ok, "make another" in detail) == (False, True)


# Signing in


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_is_explained_by_its_code(site, connect, code):
    site.refusal = ("invalid_client", code)
    (finding,) = [one for one in connect().check([block()]) if one.check == "sign-in"]
    assert (finding.ok, REFUSALS[code] in finding.detail, f"AADSTS{code}" in finding.detail) == (False, True, True)
    with pytest.raises(StopConnection) as raised:
        read(connect(), block())
    assert "words of Microsoft" not in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(("given", "words"), [
    ({"client_secret": "wrong"}, "write the secret's value, not its id"), ({"client_id": "0" * 8}, "compare CLIENT_ID and TENANT"),
    ({"tenant": "other.example.org"}, "write the directory"),
])  # fmt: skip
def test_wrong_settings_are_told_apart(connect, given, words):
    with pytest.raises(StopConnection, match=words):
        read(connect(**given), block())


def test_a_code_that_is_not_known_leaves_it_to_the_standards_words(site, connect):
    site.refusal = ("invalid_client", 123456)
    with pytest.raises(StopConnection, match=r"whether the secret has expired \(invalid_client\)"):
        read(connect(), block())


@pytest.mark.parametrize("data", [{"error_codes": [7000222]}, {"error_description": "AADSTS7000222: words."}, {"error_codes": [1, "x", 7000222]}])
def test_the_code_is_found_in_the_list_and_in_the_description(data):
    assert "has expired" in (explain(Answer(401, "", {}, b"", data)) or "")


@pytest.mark.parametrize("data", [None, [], {}, {"error_codes": "7000222"}, {"error_description": 5}, {"error_codes": [True]}])
def test_without_a_code_nothing_is_explained(data):
    assert explain(Answer(401, "", {}, b"", data)) is None


def test_an_app_without_an_application_user(site, connect):
    site.member = False
    with pytest.raises(StopConnection, match="no enabled application user"):
        read(connect(), block())
    (finding,) = [one for one in connect().check([block()]) if one.check == "sign-in"]
    assert "no enabled application user" in finding.detail


# Settings


GOOD = {"url": "https://org.crm11.dynamics.com", "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}


def test_the_defaults_are_microsofts():
    settings = DataverseSettings(**GOOD)
    assert (settings.login_url, settings.api_version) == ("https://login.microsoftonline.com", "9.2")
    assert (settings.page_size, settings.limit_requests, settings.limit_seconds) == (5000, 6000, 300)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize("given", [
    {"url": "https://org.crm11.dynamics.com/main.aspx?appid=1"}, {"url": "https://org.crm11.dynamics.com/api/data/v9.2"}, {"page_size": 5001},
    {"page_size": 0}, {"url": "org.crm11.dynamics.com"}, {"tenant": "a/b"}, {"client_id": "x y"}, {"api_version": "v9"}, {"unknown": 1}, {"limit_requests": 0},
])  # fmt: skip
def test_a_setting_that_cannot_be_is_refused(given):
    with pytest.raises(ValidationError):
        DataverseSettings(**GOOD | given)


@pytest.mark.parametrize("given", [{"url": "http://org.crm11.dynamics.com"}, {"login_url": "http://login.example.org"}, {"client_secret": ""}, {"client_secret": "a\nb"}])
def test_what_no_door_could_use_is_refused_when_opening(connect, given):
    with pytest.raises(StopConnection):
        connect(**given)


def test_writing_is_not_part_of_it(connect):
    with pytest.raises(NotYet):
        connect().push("business", [])
    with pytest.raises(NotYet):
        connect().provision()
    assert connect().fingerprint(block()) is None


def test_an_answer_of_another_shape_is_named(site, connect):
    site.queries.definitions = lambda path, params: Reply(200, {"value": "none"})
    with pytest.raises(StopEntity, match="value is a text and not a list"):
        read(connect(), block())
