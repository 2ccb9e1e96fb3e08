"""What `placebridge check` says."""

from datetime import date

import pytest

from tests.connector.hubspot.world import TOKEN, SteadyClock, World, entity, finding

COMPANIES = entity("companies", "name")
MEETINGS = entity("meetings", "hs_meeting_title", "associations.companies", kind="engagement")
EMAILS = entity("emails", "hs_email_subject", kind="engagement")


def fill(world: World) -> None:
    world.site.put("companies", "1", {"name": "Acme"})
    world.site.put("companies", "2", {"name": "Ferry Lane Bakery"})
    world.site.put("meetings", "5", {"hs_meeting_title": "Visit"})
    world.site.put("emails", "6", {"hs_email_subject": "Hello"})
    world.clock.sleep(60)


def test_an_account_that_is_as_it_should_be(world):
    fill(world)
    found = world.connector(secret_expires=date(2027, 3, 31)).check([COMPANIES, MEETINGS, EMAILS])
    assert [one.check for one in found if not one.ok] == []
    assert [(one.check, one.detail) for one in found] == [
        ("sign-in", "HubSpot account 1234567, whose days end at midnight in Europe/London"),
        ("business from companies", "2 records"),
        ("engagement from meetings", "1 record, with associations to companies"),
        ("engagement from meetings", "a changed association alone shows at the next whole read (every 30 days; WHOLE_READ_DAYS)"),
        ("engagement from emails", "1 record"),
        ("daily quota", "249,990 of 250,000 requests are left today"),
        ("clock", "this machine's clock agrees with the service's"),
        ("secret", "it ends on 2027-03-31, in 303 days"),
    ]


@pytest.mark.parametrize("token", ["pat-eu1-wrong", TOKEN])
def test_a_token_that_is_refused(world, token):
    world.site.tokens[TOKEN] = "EXPIRED_AUTHENTICATION"
    found = world.connector(token=token).check([COMPANIES])
    assert [one.check for one in found] == ["sign-in", "secret"]
    assert not found[0].ok
    assert "Keys > Service keys" in found[0].detail
    assert token not in found[0].detail


def test_a_machine_that_does_not_answer(world):
    world.server.close()
    (line,) = finding(world.connector().check([COMPANIES]), "sign-in")
    assert not line[0]


def test_missing_scopes_are_named(world):
    fill(world)
    world.site.scopes.discard("crm.objects.contacts.read")
    found = world.connector().check([COMPANIES, MEETINGS])
    assert finding(found, "business from companies") == [(True, "2 records")]
    ((ok, detail),) = finding(found, "engagement from meetings")
    assert not ok
    assert "lacks the scope crm.objects.contacts.read; give it, then run again" in detail


def test_the_scope_of_what_is_associated_is_asked_for_too(world):
    fill(world)
    world.site.scopes.discard("crm.objects.companies.read")
    ((ok, detail),) = finding(world.connector().check([MEETINGS]), "engagement from meetings")
    assert not ok
    assert "crm.objects.companies.read" in detail


def test_missing_properties_are_named_and_the_rest_is_looked_at(world):
    fill(world)
    found = world.connector().check([entity("companies", "nane", "shoe_size")])
    assert finding(found, "business from companies") == [
        (False, "HubSpot has no property named nane (is it name?), shoe_size; correct the field map"),
        (True, "2 records"),
    ]


@pytest.mark.parametrize("subject", ["Hello", None])
def test_emails_without_content(world, subject):
    fill(world)
    world.site.scopes.discard("sales-email-read")
    found = finding(world.connector().check([EMAILS]), "engagement from emails")
    assert [ok for ok, _ in found] == [True, False]
    assert "sales-email-read" in found[1][1]


def test_emails_whose_content_nobody_wants_need_no_scope(world):
    fill(world)
    world.site.declare("emails", hs_timestamp="Activity date")
    world.site.scopes.discard("sales-email-read")
    found = world.connector().check([entity("emails", "hs_timestamp", kind="engagement")])
    assert finding(found, "engagement from emails") == [(True, "1 record")]


@pytest.mark.parametrize(("left", "ok"), [(0, False), (100, False), (101, True)])
def test_the_daily_quota(world, left, ok):
    fill(world)
    world.site._usage = lambda: {"results": [{"usageLimit": 1000, "currentUsage": 1000 - left}]}
    ((found, detail),) = finding(world.connector().check([COMPANIES]), "daily quota")
    assert found is ok
    assert detail.startswith(f"{left} of 1,000 requests are left today")


@pytest.mark.parametrize("usage", [{"results": []}, {}, {"results": [{"usageLimit": "many"}]}])
def test_a_quota_that_is_not_told_is_not_mentioned(world, usage):
    world.site._usage = lambda: usage
    assert finding(world.connector().check([COMPANIES]), "daily quota") == []


def test_a_used_up_quota_is_said_once_for_each(world):
    world.site.per_day = 1
    found = world.connector().check([COMPANIES])
    assert [(one.check, one.ok) for one in found[:3]] == [("sign-in", True), ("business from companies", False), ("daily quota", False)]
    assert "midnight" in found[1].detail


@pytest.mark.parametrize("ahead", [-3600.0, 3600.0])
def test_a_wrong_clock(world, ahead):
    ((ok, detail),) = finding(world.connector(SteadyClock(world.clock, ahead)).check([]), "clock")
    assert not ok
    assert f"3,600 seconds {'behind' if ahead > 0 else 'ahead of'} it" in detail


def test_ids_of_ones_own_and_other_dates_of_change_are_worth_a_line(world):
    fill(world)
    what = entity("companies", "name", "createdate", ids=("name",), changed="createdate")
    lines = finding(world.connector().check([what]), "business from companies")
    assert lines == [
        (True, "2 records"),
        (True, "its id is not HubSpot's own (hs_object_id): everything is read each time, merges are not seen"),
        (True, "changes are found by hs_lastmodifieddate, whatever 'changed' says"),
    ]


@pytest.mark.parametrize("source", ["widgets", "a b"])
def test_an_object_that_is_not_there(world, source):
    ((ok, _),) = finding(world.connector().check([entity(source)]), f"business from {source}")
    assert not ok


def test_an_account_that_may_not_be_asked_for(world):
    from tests.connector.hubspot.standin import Refusal

    def refuse() -> None:
        raise Refusal(403, "MISSING_SCOPES", errors=[{"context": {"requiredGranularScopes": ["oauth"]}}])

    fill(world)
    world.site._details = refuse
    found = world.connector().check([COMPANIES])
    ((ok, detail),) = finding(found, "sign-in")
    assert not ok
    assert detail.startswith("which account this is cannot be asked: account details: the service key or private app lacks the scope oauth;")
    assert finding(found, "business from companies") == [(True, "2 records")]
    (page,) = world.connector().pull(COMPANIES, None)
    assert len(page.rows) == 2


@pytest.mark.parametrize(("days", "often"), [(0, "at each run"), (1, "every day"), (7, "every 7 days"), (0.5, "every 0.5 days")])
def test_how_often_everything_is_read(world, days, often):
    fill(world)
    lines = finding(world.connector(whole_read_days=days).check([MEETINGS]), "engagement from meetings")
    assert f"({often}; WHOLE_READ_DAYS)" in lines[1][1]


def test_another_address_is_no_hubspot(world):
    found = world.connector(url=f"{world.server.url}/elsewhere").check([COMPANIES])
    assert [one.ok for one in found[:2]] == [False, False]
    assert "the connection's address" in found[0].detail
