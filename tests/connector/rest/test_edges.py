"""Services that misbehave, cursors that no longer fit, and times."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from connector.contract import StopEntity
from connector.rest.moments import since_value
from tests.connector.letting_go import held_after_each_page
from tests.connector.rest.standin import Standin
from tests.connector.rest.styles import PAGING, said
from tests.connector.rest.world import Held, SetClock, entity, opened
from tests.connector.sites import Reply, query

TOKEN = {"token": "tok-1"}


def stand_in(clock=None, count=9, **style):
    site = Standin(clock or SetClock(), **style)
    for number in range(count):
        site.put("firms", f"F{number}", {"name": f"Firm {number}"})
    site.clock.sleep(60)
    return site


@pytest.mark.parametrize("style", [{"paging": "page", "clamps": True}, {"paging": "page", "ignores": frozenset({"page"})}, {"paging": "offset", "ignores": frozenset({"offset"})}])
@pytest.mark.parametrize("totals", [True, False])
def test_a_page_that_comes_for_ever_is_an_error_and_no_end(served, style, totals):
    site = stand_in(totals=totals, **style)
    connector = opened(f"{served(site).url}/api", said(style["paging"], totals=totals), site.clock, **TOKEN)
    if totals and "clamps" in style:
        assert Held().pull(connector, entity())[-1].snapshot
        return
    with pytest.raises(StopEntity, match=r"the same page again and again; correct connector\.paging\.param, or say where the end is told"):
        list(connector.pull(entity(), None))
    assert site.asked < 20


@pytest.mark.parametrize("paging", sorted(PAGING))
def test_no_page_is_held_that_was_handed_on(served, paging):
    site = stand_in(paging=paging)
    connector = opened(f"{served(site).url}/api", said(paging), site.clock, **TOKEN)
    held = held_after_each_page(connector, entity())
    assert held == [0] * len(held)
    assert len(held) > 2 or paging == "none"


@pytest.mark.parametrize("paging", ["offset", "page"])
def test_rows_without_an_order_are_read_and_nothing_is_taken_for_gone(served, paging):
    site = stand_in(paging=paging, shuffled=True, totals=False)
    connector = opened(f"{served(site).url}/api", said(paging, totals=False), site.clock, **TOKEN)
    last = list(connector.pull(entity(), None))[-1]
    assert (last.last, last.snapshot, last.cursor) == (True, False, None)
    assert last.notes == ["business from firms: rows do not come in one order, so some may be missing and none is taken for gone; correct connector.order in the field map"]


@pytest.mark.parametrize("paging", ["cursor", "next", "offset"])
def test_a_service_that_gives_fewer_rows_than_it_counts_is_not_trusted(served, paging):
    def short(asked):
        reply = site(asked)
        return Reply(reply.status, {**reply.body, "meta": {"total": 20}}, reply.headers)

    site = stand_in(paging=paging)
    connector = opened(f"{served(short).url}/api", said(paging), site.clock, **TOKEN)
    last = list(connector.pull(entity(), None))[-1]
    assert (last.snapshot, last.cursor) == (False, None)
    assert last.notes == ["business from firms: the service counts 20 rows and gives 9, so what it left out is not taken for gone"]


@pytest.mark.parametrize("paging", ["cursor", "next"])
def test_rows_that_come_meanwhile_do_not_cost_the_trust(served, paging):
    def busy(asked):
        if site.asked == 2:
            site.put("firms", "F00", {"name": "behind the reader"})
        return site(asked)

    site = stand_in(paging=paging)
    connector = opened(f"{served(busy).url}/api", said(paging), site.clock, **TOKEN)
    assert list(connector.pull(entity(), None))[-1].snapshot


def test_one_answer_that_is_not_all_is_an_error(served):
    server = served(lambda asked: Reply(200, {"rows": [{"id": 1}], "meta": {"total": 57}}))
    with pytest.raises(StopEntity, match=r"the answer holds 1 of 57 rows; write under connector\.paging how one page follows another"):
        list(opened(server.url, {**said("none"), "sign_in": "none"}, SetClock()).pull(entity(), None))


@pytest.mark.parametrize(
    ("answer", "options", "words"),
    [
        ({"data": []}, {}, "rows is missing"),
        ({"rows": {"a": "secret"}}, {}, "rows is an object and not a list"),
        ({"rows": None}, {}, "rows is nothing and not a list"),
        (["secret"], {}, "rows is not there"),
        ({"rows": [{"id": 1}], "links": {"next": {"href": "secret"}}}, {"paging": {"by": "next", "at": "links.next"}}, "links.next is an object and not a text"),
        ({"rows": [{"id": 1}], "cursor": ["secret"]}, {"paging": {"by": "cursor", "at": "cursor", "param": "after"}}, "cursor is a list and not a text"),
        ({"rows": [{"id": 1}], "links": "secret"}, {"paging": {"by": "next", "at": "links.next"}}, "links.next is not there"),
    ],
)
def test_a_wrong_shape_names_the_path_and_no_value(served, answer, options, words):
    connector = opened(served(lambda asked: Reply(200, answer)).url, {**said("none"), "sign_in": "none", **options}, SetClock())
    with pytest.raises(StopEntity) as raised:
        list(connector.pull(entity(), None))
    assert words in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_link_to_another_host_is_not_followed(served):
    elsewhere = served(lambda asked: Reply(200, {"rows": []}))
    here = served(lambda asked: Reply(200, {"rows": [{"id": 1}], "links": {"next": f"{elsewhere.url}/steal"}}))
    with pytest.raises(Exception, match="which is not this connection's host"):
        list(opened(here.url, said("next"), SetClock(), **TOKEN).pull(entity(), None))
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "cursor",
    [{}, {"key": "other", "since": 1.0}, {"key": None, "since": 1.0}, {"since": "x"}, {"stage": "x"}, {"stage": "rows", "at": {"tail": "x"}}, {"stage": "rows", "at": {"zz": 1}}, {"stage": "rows", "at": None}],
)
def test_a_cursor_that_means_nothing_here_reads_everything_and_says_so(served, cursor):
    site = stand_in(paging="offset")
    connector = opened(f"{served(site).url}/api", said("offset"), site.clock, **TOKEN)
    good = list(connector.pull(entity(), None))[-1].cursor
    pages = list(connector.pull(entity(), {**good, **cursor} if cursor else cursor))
    assert pages[0].notes == ["business from firms: the field map or the address has changed since the last read, so everything is read"]
    assert sum(len(page.rows) for page in pages) >= 9


def test_other_columns_read_everything(served):
    site = stand_in()
    connector = opened(f"{served(site).url}/api", said("offset"), site.clock, **TOKEN)
    held = Held()
    held.pull(connector, entity())
    assert "everything is read" in connector.pull(entity(columns=("id", "name")), held.cursor).__next__().notes[0]


def test_a_page_that_the_service_no_longer_knows_is_begun_anew(served):
    def forgetful(asked):
        return Reply(410) if "after" in query(asked) and forgotten else site(asked)

    site, forgotten = stand_in(paging="cursor"), []
    connector = opened(f"{served(forgetful).url}/api", said("cursor"), site.clock, **TOKEN)
    cursor = next(connector.pull(entity(), None)).cursor
    forgotten.append(True)
    pages = connector.pull(entity(), cursor)
    assert next(pages).notes == ["business from firms: the service no longer knows the page to go on with, so everything is read again"]
    forgotten.clear()
    assert {row[0] for page in pages for row in page.rows} | {"F0", "F1", "F2"} == set(site.living("firms"))


def test_after_a_pause_longer_than_deletions_are_kept_everything_is_read(served):
    site, held = stand_in(), Held()
    connector = opened(f"{served(site).url}/api", said("offset", deleted="list"), site.clock, **TOKEN)
    held.pull(connector, entity())
    site.delete("firms", "F3")
    del site.tables["firms"]["F3"]
    site.clock.sleep(31 * 86_400)
    pages = held.pull(connector, entity())
    assert pages[0].notes == ["business from firms: the last read is longer ago than deletions are listed for, so everything is read"]
    assert "F3" not in held.rows


def test_an_extract_is_not_swept(served):
    site, held = stand_in(), Held()
    connector = opened(f"{served(site).url}/api", said("offset"), site.clock, **TOKEN)
    held.pull(connector, entity(complete=False))
    site.clock.sleep(60)
    pages = held.pull(connector, entity(complete=False))
    assert [(page.snapshot, page.seen) for page in pages] == [(False, [])]


def test_a_service_whose_clock_is_behind_loses_nothing(served):
    """It stamps by its own clock, which is told in Date."""
    theirs, ours, held = SetClock(), SetClock(), Held()
    site = stand_in(theirs)
    ours.time = theirs.time + 400
    connector = opened(f"{served(site).url}/api", said("offset"), ours, **TOKEN)
    for page in connector.pull(entity(), None):
        held.take(page)
        if not page.last:
            theirs.sleep(2)
            ours.sleep(2)
            site.put("firms", "F0", {"name": "changed while it was read"})
    held.pull(connector, entity())
    assert held.rows["F0"][1] == "changed while it was read"


@pytest.mark.parametrize(
    ("form", "zone", "written"),
    [
        ("iso", "UTC", "2026-07-01T09:30:05Z"),
        ("iso", "Europe/London", "2026-07-01T10:30:05+01:00"),
        ("seconds", "UTC", 1782898205),
        ("millis", "UTC", 1782898205900),
        ("%Y-%m-%d %H:%M:%S", "UTC", "2026-07-01 09:30:05"),
        ("%Y-%m-%d %H:%M:%S", "Europe/London", "2026-07-01 10:30:05"),
        ("%d/%m/%Y", "Europe/London", "01/07/2026"),
        ("tryton", "UTC", {"__class__": "datetime", "year": 2026, "month": 7, "day": 1, "hour": 9, "minute": 30, "second": 5, "microsecond": 0}),
    ],
)
def test_since_is_written_as_the_api_wants_it(served, form, zone, written):
    """A read at 09:40:05.9 UTC, with ten minutes' look-back."""
    clock = SetClock(datetime(2026, 7, 1, 9, 40, 5, 900000, UTC).timestamp())
    changed = {"params": {"q": {"json": '{"since": "{since}"}'}}, "format": form, "zone": zone, "lookback": "10"}
    server = served(lambda asked: Reply(200, [], {"Date": "Wed, 01 Jul 2026 09:40:07 GMT"}))
    connector, held = opened(server.url, {"sign_in": "none", "paging": {"by": "none"}, "changed": changed}, clock), Held()
    held.pull(connector, entity())
    held.pull(connector, entity())
    asked = parse_qs(urlsplit(server.asked[1].target).query)
    assert json.loads(asked["q"][0]) == {"since": written}


def test_the_night_that_an_hour_comes_twice_loses_nothing():
    """From 00:45 UTC (01:45 in London) to 01:15 UTC (01:15 in London again): what is stamped between has to come."""
    from zoneinfo import ZoneInfo

    london = ZoneInfo("Europe/London")
    since, now = datetime(2026, 10, 25, 0, 45, tzinfo=UTC).timestamp(), datetime(2026, 10, 25, 1, 15, tzinfo=UTC).timestamp()
    form = "%Y-%m-%d %H:%M:%S"
    asked = since_value(since, now, form, london)
    stamps = [datetime.fromtimestamp(moment, london).strftime(form) for moment in range(int(since), int(now) + 1, 60)]
    assert asked <= min(stamps)


def test_what_changes_while_a_read_is_stopped_comes_with_the_next_and_nothing_else(served):
    site, held = stand_in(), Held()
    connector = opened(f"{served(site).url}/api", said("offset"), site.clock, **TOKEN)
    held.take(next(connector.pull(entity(), None)))
    site.clock.sleep(60)
    site.put("firms", "F0", {"name": "changed"})
    site.clock.sleep(60)
    held.pull(connector, entity())
    pages = held.pull(connector, entity())
    assert {row[0] for page in pages for row in page.rows} == {"F0"}
    assert held.rows["F0"][1] == "changed"


def test_changes_that_may_be_missing_are_asked_for_again_though_the_sweep_is_whole(served):
    def restless(asked):
        site.shuffled = "since" in query(asked)
        return site(asked)

    site, held = stand_in(totals=False), Held()
    connector = opened(f"{served(restless).url}/api", said("offset", totals=False), site.clock, **TOKEN)
    held.pull(connector, entity())
    before = held.cursor
    site.clock.sleep(60)
    for number in range(9):
        site.put("firms", f"F{number}", {"name": "changed"})
    last = held.pull(connector, entity())[-1]
    assert last.snapshot
    assert last.cursor == before
