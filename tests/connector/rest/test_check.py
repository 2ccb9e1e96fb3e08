"""What `check` says, in words that an admin can act on."""

from datetime import UTC, date, datetime

import pytest

from tests.connector.rest.standin import Standin
from tests.connector.rest.styles import said
from tests.connector.rest.world import SetClock, entity, opened
from tests.connector.sites import Reply

TOKEN = {"token": "tok-1"}


def checked(served, site, options, entities, clock=None, **settings):
    connector = opened(f"{served(site).url}/api", options, clock or site.clock, **{**TOKEN, **settings})
    return {finding.check: (finding.ok, finding.detail) for finding in connector.check(entities)}


def firms(**style):
    site = Standin(SetClock(), **style)
    for number in range(4):
        site.put("firms", f"F{number}", {"name": f"Firm {number}", "postCode": "EX1 1AA", "address": {"town": "Exampleton"}})
    return site


def test_all_is_well(served):
    site = firms()
    options = said("offset", who={"path": "me", "name": "user.name"})
    now = datetime.fromtimestamp(site.clock.now(), UTC).date()
    found = checked(served, site, options, [entity()], secret_expires=date(now.year + 1, 1, 31))
    assert found.pop("secret")[0]
    assert found == {
        "sign-in": (True, "signed in as sync@example.org"),
        "business from firms": (True, "4 rows"),
        "business from firms: columns": (True, "all 3 are there"),
        "business from firms: changes": (True, "only what has changed is read, 0 minutes further back each time"),
        "business from firms: deletions": (True, "all ids are read each time, and a row is gone when its id no longer comes"),
        "clock": (True, "this machine's clock agrees with the service's"),
    }


def test_columns_that_never_come_are_named_with_what_they_may_be(served):
    site = firms()
    columns = ("id", "postcode", "address.twon", "zebra")
    options = {**said("offset"), "fields": {"param": "ignored"}}
    found = checked(served, site, options, [entity(columns=columns)])
    assert found["business from firms: columns"] == (
        False,
        "in none of the first 3 rows: postcode (perhaps postCode); address.twon (perhaps address.town or address); zebra (empty everywhere, or spelled otherwise)",
    )


def test_empty_cells_are_not_taken_for_missing_columns(served):
    rows = [{"id": 1, "phones": [], "owner": None, "tags": [{"type": "a", "value": "x"}]}]
    columns = ("id", "phones[type=work].value", "owner.name", "tags[type=b].value")
    found = checked(served, lambda asked: Reply(200, rows), {"sign_in": "none", "paging": {"by": "none"}}, [entity(columns=columns)], clock=SetClock())
    assert found["business from firms: columns"] == (True, "all 4 are there")


@pytest.mark.parametrize(
    ("said_of_changes", "words"),
    [
        ({"params": {"snice": "{since}"}}, "asked for changes after a year from now, the service gives rows, so it does not heed connector.changed; correct it"),
        ({"params": {"since": "2100-01-01T00:00:00+00:00", "x": "{since}"}}, "asked for changes since the year 2000, the service gives no row; correct connector.changed, its format first"),
    ],
)
def test_a_filter_that_does_not_filter_is_found(served, said_of_changes, words):
    found = checked(served, firms(), {**said("offset"), "changed": said_of_changes}, [entity()])
    assert found["business from firms: changes"] == (False, words)


@pytest.mark.parametrize(
    ("deleted", "more", "changes", "deletions"),
    [
        ("whole", {}, "everything is read each time, for nothing under connector.changed says how to ask for changes", "a row is gone when it no longer comes"),
        ("sweep", {"ids": ()}, "everything is read each time, for its rows have no id", "a row is gone when it no longer comes"),
        ("list", {"ids": ("id", "name")}, "everything is read each time, for its id is made of several columns, and deletions are listed by the CRM's own id", "a row is gone when it no longer comes"),
        ("sweep", {"complete": False}, "only what has changed is read, 0 minutes further back each time", "nothing is taken for gone (complete: no)"),
        ("flag", {}, "only what has changed is read, 0 minutes further back each time", "a row is gone when deleted says so"),
        ("list", {}, "only what has changed is read, 0 minutes further back each time", "firms/deletions lists them"),
    ],
)
def test_it_says_how_incremental_it_will_be(served, deleted, more, changes, deletions):
    found = checked(served, firms(), said("offset", deleted=deleted), [entity(**more)])
    assert found["business from firms: changes"] == (True, changes)
    assert found["business from firms: deletions"] == (True, deletions)


def test_a_refused_sign_in_is_said_once_and_nothing_else_asked(served):
    found = checked(served, firms(), {**said("offset", sign_in="oauth")}, [entity()], client_id="app", client_secret="wrong")
    assert found["sign-in"][0] is False
    assert [check for check in found if check.startswith("business")] == []


def test_an_entity_that_is_not_there_does_not_hide_another(served):
    found = checked(served, firms(), said("offset"), [entity("nowhere"), entity()])
    assert "correct 'from' in the field map" in found["business from nowhere"][1]
    assert found["business from firms"] == (True, "4 rows")


def test_no_row_at_all_is_said(served):
    site = firms()
    for id in list(site.tables["firms"]):
        site.delete("firms", id)
    found = checked(served, site, said("offset", totals=False), [entity()])
    assert found["business from firms"] == (True, "no row; look whether the account may see any")


def test_a_clock_that_is_wrong_and_a_secret_that_has_ended(served):
    clock = SetClock(firms().clock.now() + 500)
    found = checked(served, firms(), said("offset"), [entity()], clock=clock, secret_expires=date(2020, 1, 1))
    assert found["clock"] == (False, "this machine's clock is wrong: the service's is 500 seconds behind it; set it by NTP")
    assert found["secret"][0] is False
