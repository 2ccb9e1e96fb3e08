"""When the door tries again, how long it waits, and when it stops."""

import random
from email.utils import formatdate

import pytest

from connector.contract import TryLater
from connector.http import Again, Call, Fault, Patience, SlidingBudget, Window
from connector.http.retry_after import retry_after
from connector.http.retrying import _pause


def failing(times, status=503, **headers):
    """Fails so many times, then answers."""
    left = [times]

    def handle(asked, peer):
        left[0] -= 1
        peer.answer(status, {}, **headers) if left[0] >= 0 else peer.answer(200, {"value": []})

    return handle


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(status, serve, door_to, clock):
    server = serve(failing(3, status))
    assert door_to(server.url).send(Call("rows", "contacts")).data == {"value": []}
    assert len(server.asked) == 4
    assert 3.5 <= clock.slept <= 7.01


def test_waits_as_long_as_is_asked_and_not_much_longer(serve, door_to, clock):
    server = serve(failing(1, 429, Retry_After="30"))
    door_to(server.url).send(Call("rows", "contacts"))
    assert 30 <= clock.slept <= 31.1


def test_a_wait_beyond_the_ceiling_is_for_another_run(serve, door_to, clock):
    server = serve(failing(1, 429, Retry_After="3600"))
    with pytest.raises(TryLater) as raised:
        door_to(server.url).send(Call("rows", "contacts"))
    assert (raised.value.wait, clock.slept, len(server.asked)) == (3600, 0, 1)
    assert "asks to wait 3600 seconds" in str(raised.value)


def test_the_time_has_a_ceiling(serve, door_to, clock, ends):
    server = serve(failing(99))
    began = clock.ticks()
    ends(door_to(server.url, patience=Patience(attempts=1000, seconds=100, first=3, longest=20)))
    assert 60 <= clock.ticks() - began <= 101


def test_the_pauses_double_up_to_the_longest_and_differ():
    patience, jitter = Patience(first=1, longest=20), random.Random(7)
    fault = Fault("", TryLater, Again.WAIT)
    for attempt, most in enumerate([1, 2, 4, 8, 16, 20, 20], 1):
        found = {_pause(fault, attempt, patience, jitter) for _ in range(200)}
        assert most / 2 <= min(found) < max(found) <= most
        assert len(found) > 100


@pytest.mark.parametrize(("headers", "seconds"), [
    ({"Retry-After": "120"}, 120),
    ({"Retry-After": " 1.5 "}, 1.5),
    ({"Retry-After": "0"}, 0),
    ({"Retry-After": formatdate(1_800_000_060, usegmt=True)}, 60),
    ({"Retry-After": formatdate(1_800_000_060, usegmt=True), "Date": formatdate(1_800_000_050, usegmt=True)}, 10),
    ({"Retry-After": formatdate(1_700_000_000, usegmt=True)}, 0),
    ({"Retry-After": "Friday, 15-Jan-27 08:01:00 GMT"}, 60),
    ({"Retry-After": "Fri Jan 15 08:01:00 2027"}, 60),
    ({"Retry-After": "999999999"}, 86_400),
    ({"Retry-After": "-5"}, None), ({"Retry-After": "soon"}, None), ({"Retry-After": ""}, None), ({}, None),
    ({"Retry-After": "99999999999999999999"}, None), ({"Retry-After": "Fri, 31 Feb 2027 99:00:00 GMT"}, None), ({"Retry-After": "nan"}, None),
])  # fmt: skip
def test_retry_after_in_all_its_spellings(headers, seconds):
    assert retry_after(headers, 1_800_000_000) == seconds


def test_a_write_is_not_sent_twice_when_nobody_knows_what_became_of_it(serve, door_to, ends):
    server = serve(lambda asked, peer: peer.hang_up())
    write = Call("rows", "contacts", "POST", json={"name": "x"})
    kind, message = ends(door_to(server.url), write)
    assert (kind, len(server.asked)) == ("StopEntity", 1)
    assert "may or may not have been done" in message


@pytest.mark.parametrize(("status", "headers"), [(429, {}), (503, {"Retry_After": "1"})])
def test_a_write_that_was_surely_not_done_is_sent_again(status, headers, serve, door_to):
    server = serve(failing(1, status, **headers))
    door_to(server.url).send(Call("rows", "contacts", "POST", json={}))
    assert len(server.asked) == 2


def test_a_search_by_post_is_tried_again(serve, door_to):
    server = serve(failing(1, 502))
    door_to(server.url).send(Call("search", "contacts", "POST", json={"limit": 1}, repeatable=True))
    assert [asked.body for asked in server.asked] == [b'{"limit": 1}'] * 2


def test_the_budget_is_kept(serve, door_to, clock):
    server = serve(lambda asked, peer: peer.answer(200, {}))
    door = door_to(server.url, budget=SlidingBudget([Window(2, 10)]))
    for _ in range(5):
        door.send(Call("rows", "contacts"))
    assert 19 <= clock.slept <= 20


def test_a_daily_quota_that_is_used_up_is_for_another_run(serve, door_to, clock):
    server = serve(lambda asked, peer: peer.answer(200, {}))
    door = door_to(server.url, budget=SlidingBudget([Window(1, 86_400)]))
    door.send(Call("rows", "contacts"))
    with pytest.raises(TryLater, match="rate budget is used up") as raised:
        door.send(Call("rows", "contacts"))
    assert 86_390 < raised.value.wait <= 86_400
    assert (clock.slept, len(server.asked)) == (0, 1)


def test_a_429_holds_back_the_other_workers_too(serve, door_to, clock):
    first, second = serve(failing(1, 429, Retry_After="20")), serve(lambda asked, peer: peer.answer(200, {}))
    budget = SlidingBudget()
    begun = clock.now()
    door_to(first.url, budget=budget).send(Call("rows", "contacts"))
    assert budget.take(begun + 19) > 0
    door_to(second.url, budget=budget).send(Call("rows", "contacts"))
    assert clock.now() - begun < 25


def test_a_vendor_s_error_code_is_judged_by_the_connector(serve, door_to, ends):
    server = serve(lambda asked, peer: peer.answer(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}]))

    def judge(answer):
        if answer.status == 403 and "REQUEST_LIMIT_EXCEEDED" in str(answer.data):
            return Fault("the day's quota is used up", TryLater, wait=3600)
        return None

    assert ends(door_to(server.url, judge=judge)) == ("TryLater", "contacts: the day's quota is used up")


def test_the_clocks_difference_is_noted(serve, door_to, clock):
    server = serve(lambda asked, peer: peer.answer(200, {}, Date=formatdate(clock.now() + 300, usegmt=True)))
    door = door_to(server.url)
    assert door.skew is None
    door.send(Call("rows", "contacts"))
    assert 298 <= door.skew <= 301
