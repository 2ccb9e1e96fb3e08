"""The quota and Salesforce's error codes: who waits, and for how long."""

import pytest

from connector.contract import StopConnection, StopEntity, TryLater
from tests.connector.salesforce.holding import Held, entity
from tests.connector.salesforce.standin import Refused


def refuse(org, status, code, message="refused", times=1, at="queryAll"):
    """The next requests of that kind are refused."""
    routes, left = org._query, [times]

    def query(asked, version, what, rest):
        if left[0] and what == at:
            left[0] -= 1
            raise Refused(status, code, message)
        return routes(asked, version, what, rest)

    org._query = query


def test_a_quota_that_is_used_up_parks_the_connection(org, opened, clock):
    org.put("Account", "001A", Name="Acme")
    org.used = org.most
    connector = opened()
    with pytest.raises(TryLater, match="used up") as raised:
        list(connector.pull(entity(), None))
    assert raised.value.wait == 7200
    assert clock.slept == []
    asked = len(org.server.asked)
    org.used = 0
    with pytest.raises(TryLater) as raised:
        list(connector.pull(entity("Contact"), None))
    assert raised.value.wait > 7000
    assert len(org.server.asked) == asked, "nothing is sent while it is parked"
    clock.pass_by(hours=2)
    assert sum(len(page.rows) for page in connector.pull(entity(), None)) == 1


def test_reading_stops_where_the_rest_of_the_quota_is_others(org, opened):
    for one in range(9):
        org.put("Account", f"001{one}", Name="Acme")
    org.page_size, org.used, org.most = 1, 85, 100
    held = Held()
    with pytest.raises(TryLater, match="90 of 100 API calls"):
        held.take_all(opened().pull(entity(), None))
    assert 0 < len(held.rows) < 9
    assert org.used == 90
    org.used = 1
    held.take_all(opened().pull(entity(), held.cursor))
    assert len(held.rows) == 9


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"),
        (503, "SERVER_UNAVAILABLE", "too many requests"),
        (400, "QUERY_TIMEOUT", "Your query request was running for too long."),
        (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
        (500, "UNKNOWN_EXCEPTION", "An unexpected error occurred"),
    ],
)
def test_what_passes_is_tried_again(status, code, message, org, pull, clock):
    org.put("Account", "001A", Name="Acme")
    refuse(org, status, code, message, times=2)
    assert set(pull(entity()).rows) == {"001A"}
    assert 0 < sum(clock.slept) < 60


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (403, "API_DISABLED_FOR_ORG", StopConnection, "API Enabled"),
        (400, "MALFORMED_QUERY", StopEntity, "where"),
        (400, "INVALID_FIELD", StopEntity, "mend or permit"),
        (403, "INSUFFICIENT_ACCESS", StopEntity, "read access"),
        (400, "UNABLE_TO_LOCK_ROW", TryLater, "tried 6 times"),
        (403, "SOMETHING_NEW", StopEntity, "403"),
    ],
)
def test_what_stays_says_what_to_do_and_repeats_nothing(status, code, error, words, org, opened):
    refuse(org, status, code, "a value of Ada Lovelace's row", times=99)
    with pytest.raises(error, match=words) as raised:
        list(opened().pull(entity(), None))
    assert "Ada" not in str(raised.value)


def test_a_condition_that_is_no_soql_stops_the_entity(org, opened):
    with pytest.raises(StopEntity, match="where"):
        list(opened().pull(entity("Event", "Id", "Subject", where="IsChild is false"), None))


@pytest.mark.parametrize("options", [{"wehre": "x"}, {"where": ""}, {"where": ["a"]}])
def test_an_option_that_is_none_says_so(options, opened):
    with pytest.raises(StopEntity, match="where"):
        list(opened().pull(entity("Event", "Id", "Subject", **options), None))


def test_a_csv_that_was_cut_is_not_taken_for_whole(org, opened):
    org.put("Account", "001A", Name="Acme")
    plain = org._job_results

    def cut(*given):
        reply = plain(*given)
        reply.body = reply.body[:-8]
        return reply

    org._job_results = cut
    with pytest.raises(StopEntity, match="no whole CSV"):
        list(opened(bulk_above=0).pull(entity(), None))
