"""Rows, pages, changes, deletions and merges, by change tracking and without it."""

import pytest

from connector.contract import Merge, StopConnection, StopEntity
from tests.connector.dataverse.conftest import HandClock, apply, block, read, rows
from tests.connector.dataverse.standin import DataverseStandin
from tests.connector.sites import serve

ACCOUNTS = block()
VISITS = block("engagement", "new_visits", ("new_visitid", "new_name", "modifiedon"), ("new_visitid",), changed="modifiedon")


def number(n: int) -> str:
    return f"{n:08d}-0000-0000-0000-000000000000"


def fill(site, count=7, table="account", column="name"):
    for n in range(1, count + 1):
        site.put(table, number(n), {column: f"Firm {n}"})


def targets(server) -> list[str]:
    return [asked.target for asked in server.asked if "/api/data/" in asked.target and "EntityDefinitions" not in asked.target]


# Whole reads


@pytest.mark.parametrize(("source", "table", "entity"), [("accounts", "account", ACCOUNTS), ("account", "account", ACCOUNTS), ("new_visits", "new_visit", VISITS), ("NEW_VISIT", "new_visit", VISITS)])
def test_a_first_read_brings_all_rows_once(site, connect, source, table, entity):
    fill(site, 7, table, site.table(table).name)
    entity = block(entity.kind, source, entity.columns, entity.ids)
    pages = read(connect(page_size=3), entity)
    assert [(len(page.rows), page.last, page.snapshot, page.living) for page in pages] == [(3, False, True, True), (3, False, True, True), (1, True, True, True)]
    assert sorted(row[:2] for row in rows(pages)) == [(number(n), f"Firm {n}") for n in range(1, 8)]


def test_only_the_columns_of_the_field_map_are_asked_for(site, server, connect):
    fill(site)
    read(connect(), block(columns=("accountid", "name", "parentaccountid", "statuscode@label")))
    (asked,) = [one for one in server.asked if "/accounts?" in one.target]
    assert "select=accountid%2Cname%2C_parentaccountid_value%2Cstatuscode%2Cmerged%2C_masterid_value" in asked.target
    assert asked.headers["odata-version"] == asked.headers["odata-maxversion"] == "4.0"


def test_every_page_of_a_read_gets_the_same_preferences(site, server, connect):
    fill(site)
    read(connect(page_size=3), block(columns=("accountid", "statuscode@label")))
    asked = [one.headers["prefer"] for one in server.asked if "/accounts?" in one.target]
    assert asked == ['odata.track-changes,odata.maxpagesize=3,odata.include-annotations="OData.Community.Display.V1.FormattedValue"'] * 3


# What changed


def test_changes_and_deletions_come_by_the_delta_link(site, server, connect):
    fill(site)
    connector = connect(page_size=3)
    first = read(connector, ACCOUNTS)
    site.put("account", number(2), {"name": "Renamed"})
    site.put("account", number(9), {"name": "New"})
    site.put("account", number(10), {"name": "Never seen"})
    site.delete("account", number(5))
    site.delete("account", number(10))
    server.asked.clear()
    pages = read(connector, ACCOUNTS, first[-1].cursor)
    assert sorted(rows(pages)) == [(number(2), "Renamed"), (number(9), "New")]
    assert [id for page in pages for id in page.deleted] == [number(5), number(10)]
    assert {page.snapshot for page in pages} == {False}
    assert [page.last for page in pages] == [False, True]
    assert len(targets(server)) == 2
    assert {asked.headers["prefer"] for asked in server.asked if "/accounts?" in asked.target} == {"odata.maxpagesize=3"}
    nothing = read(connector, ACCOUNTS, pages[-1].cursor)
    assert [(page.rows, page.deleted, page.last) for page in nothing] == [([], [], True)]
    assert nothing[-1].cursor is not None


def test_what_changes_while_it_is_read_is_seen_then_or_the_next_time(site, connect):
    fill(site)
    connector, seen = connect(page_size=3), []
    for page in connector.pull(ACCOUNTS, None):
        seen.append(page)
        if len(seen) == 1:
            site.put("account", number(1), {"name": "Renamed"})
            site.delete("account", number(2))
            site.put("account", number(8), {"name": "New"})
    held = apply({}, seen)
    held = apply(held, read(connector, ACCOUNTS, seen[-1].cursor))
    assert held == {id: (id, row["name"]) for id, row in site.rows["account"].items()}


def test_an_empty_answer_keeps_the_delta_link(site, connect):
    fill(site)
    site.empty_when_unchanged = True
    connector = connect()
    first = read(connector, ACCOUNTS)
    (nothing,) = read(connector, ACCOUNTS, first[-1].cursor)
    assert (nothing.rows, nothing.last, nothing.snapshot, nothing.cursor) == ([], True, False, first[-1].cursor)
    site.put("account", number(2), {"name": "Renamed"})
    assert rows(read(connector, ACCOUNTS, nothing.cursor)) == [(number(2), "Renamed")]


def test_a_row_that_was_deleted_and_put_back_stays(site, connect):
    fill(site)
    connector = connect()
    first = read(connector, ACCOUNTS)
    site.delete("account", number(3))
    site.put("account", number(3), {"name": "Put back"})
    (page,) = read(connector, ACCOUNTS, first[-1].cursor)
    assert (page.rows, page.deleted) == ([(number(3), "Put back")], [])


@pytest.mark.parametrize("status", [400, 404, 410, 412, 500])
def test_an_expired_delta_link_leads_to_a_whole_read(site, clock, connect, status):
    fill(site)
    connector = connect()
    first = read(connector, ACCOUNTS)
    site.delete("account", number(1))
    site.expired_status = status
    clock.moment += 8 * 86_400
    pages = read(connector, ACCOUNTS, first[-1].cursor)
    assert len(rows(pages)) == 6
    assert all(page.snapshot for page in pages)
    assert "had expired" in pages[0].notes[0]
    assert read(connector, ACCOUNTS, pages[-1].cursor)[-1].snapshot is False


@pytest.mark.parametrize("change", [
    {"columns": ("accountid", "name", "websiteurl")}, {"source": "leads", "columns": ("leadid", "fullname"), "ids": ("leadid",)},
])  # fmt: skip
def test_a_cursor_of_another_read_is_taken_for_none(site, connect, change):
    fill(site)
    connector = connect()
    cursor = read(connector, ACCOUNTS)[-1].cursor
    pages = read(connector, block(**change), cursor)
    assert pages[-1].snapshot
    assert "read again from the start" in pages[0].notes[0]


def test_a_cursor_of_another_organisation_is_taken_for_none(site, clock, connect):
    fill(site)
    cursor = read(connect(), ACCOUNTS)[-1].cursor
    other = DataverseStandin(clock)
    fill(other, 3)
    elsewhere = serve(other)
    pages = read(connect(url=elsewhere.url, login_url=elsewhere.url), ACCOUNTS, cursor)
    elsewhere.close()
    assert (len(rows(pages)), pages[-1].snapshot, len(pages[0].notes)) == (3, True, 1)


@pytest.mark.parametrize("cursor", [{}, {"of": 1}, {"link": "https://elsewhere.example.org/"}])
def test_a_cursor_that_is_none_of_ours_is_taken_for_none(site, connect, cursor):
    fill(site)
    pages = read(connect(), ACCOUNTS, cursor)
    assert (len(rows(pages)), pages[-1].snapshot, len(pages[0].notes)) == (7, True, 1)


# Tables without change tracking


def test_without_tracking_rows_that_changed_come_and_all_ids_are_seen(site, server, clock, connect):
    fill(site, 7, "new_visit", "new_name")
    connector = connect(page_size=3)
    clock.moment += 3600
    first = read(connector, VISITS)
    clock.moment += 86_400
    site.put("new_visit", number(2), {"new_name": "Renamed"})
    site.delete("new_visit", number(5))
    server.asked.clear()
    pages = read(connector, VISITS, first[-1].cursor)
    assert [row[:2] for row in rows(pages)] == [(number(2), "Renamed")]
    assert sorted(id for page in pages for id in page.seen) == [number(n) for n in (1, 2, 3, 4, 6, 7)]
    assert (pages[-1].snapshot, [page.last for page in pages]) == (True, [False, False, True])
    assert "$filter" not in targets(server)[1]
    assert "select=new_visitid&" in targets(server)[1] or targets(server)[1].endswith("select=new_visitid")


def test_the_look_back_reads_again_what_changed_shortly_before(site, clock, connect):
    site.put("new_visit", number(1), {"new_name": "Long before"})
    clock.moment += 3600
    site.put("new_visit", number(2), {"new_name": "Shortly before"})
    clock.moment += 60
    found = {}
    for minutes in (0, 5):
        connector = connect(look_back_minutes=minutes)
        cursor = read(connector, VISITS)[-1].cursor
        found[minutes] = [row[1] for row in rows(read(connector, VISITS, cursor))]
    assert found == {0: [], 5: ["Shortly before"]}


def test_the_look_back_goes_by_the_services_clock(site, clock, connect):
    """Ours is a day ahead: going by it would lose a day's changes."""
    site.put("new_visit", number(1), {"new_name": "Firm"})
    connector = connect(clock=HandClock(clock.moment + 86_400))
    cursor = read(connector, VISITS)[-1].cursor
    clock.moment += 3600
    site.put("new_visit", number(1), {"new_name": "Renamed"})
    assert [row[1] for row in rows(read(connector, VISITS, cursor))] == ["Renamed"]


def test_what_changes_between_a_stop_and_going_on_is_seen_the_next_time(site, clock, connect):
    """The row had been passed, and changed longer ago than the look-back when the read went on."""
    fill(site, 7, "new_visit", "new_name")
    connector = connect(page_size=3)
    cursor = read(connector, VISITS)[-1].cursor
    begun = connector.pull(VISITS, cursor)
    stopped = next(begun)
    begun.close()
    clock.moment += 60
    site.put("new_visit", number(1), {"new_name": "Renamed"})
    clock.moment += 86_400
    after = read(connector, VISITS, stopped.cursor)
    assert "Renamed" not in [row[1] for row in rows(after)]
    assert "Renamed" in [row[1] for row in rows(read(connector, VISITS, after[-1].cursor))]


def test_a_changed_column_that_is_no_time_is_not_filtered_on(site, clock, connect):
    fill(site, 3, "new_visit", "new_name")
    entity = block(VISITS.kind, VISITS.source, VISITS.columns, VISITS.ids, changed="new_name")
    connector = connect()
    clock.moment += 3600
    cursor = read(connector, entity)[-1].cursor
    site.put("new_visit", number(1), {"new_name": "Renamed"})
    assert [row[1] for row in rows(read(connector, entity, cursor))] == ["Renamed"]


def test_an_extract_is_not_swept(site, server, clock, connect):
    fill(site, 7, "new_visit", "new_name")
    entity = block(VISITS.kind, VISITS.source, VISITS.columns, VISITS.ids, changed="modifiedon", complete=False)
    connector = connect()
    clock.moment += 3600
    cursor = read(connector, entity)[-1].cursor
    clock.moment += 3600
    server.asked.clear()
    (page,) = read(connector, entity, cursor)
    assert (page.rows, page.seen, page.snapshot, page.last) == ([], [], False, True)
    assert len(targets(server)) == 1


def test_a_block_whose_id_is_not_the_tables_own_is_read_whole(site, connect):
    fill(site)
    entity = block(columns=("accountnumber", "name"), ids=("accountnumber",))
    connector = connect()
    pages = read(connector, entity)
    assert (pages[-1].snapshot, pages[-1].cursor, len(rows(pages))) == (True, None, 7)


# Merges


@pytest.mark.parametrize("tracked", [True, False])
def test_a_merged_row_is_told_and_not_sent(site, clock, connect, tracked):
    site.tables["account"].tracked = tracked
    fill(site, 4)
    site.put("contact", number(20), {"fullname": "A Person", "parentcustomerid": ("account", number(1))})
    connector = connect()
    clock.moment += 3600
    first, people = read(connector, ACCOUNTS), block("person", "contacts", ("contactid", "parentcustomerid"), ("contactid",))
    site.merge("account", number(1), number(2))
    pages = read(connector, ACCOUNTS, first[-1].cursor)
    assert [merge for page in pages for merge in page.merged] == [Merge(number(1), number(2))]
    assert number(1) not in [row[0] for row in rows(pages)]
    assert number(1) not in [id for page in pages for id in page.seen]
    assert rows(read(connector, people)) == [(number(20), number(2))]
    whole = read(connector, ACCOUNTS)
    assert [merge for page in whole for merge in page.merged] == [Merge(number(1), number(2))]
    assert sorted(row[0] for row in rows(whole)) == [number(n) for n in (2, 3, 4)]


def test_a_row_that_only_names_a_master_is_there(site, connect):
    site.put("account", number(1), {"name": "Branch", "masterid": ("account", number(2))})
    assert rows(read(connect(), ACCOUNTS)) == [(number(1), "Branch")]


def test_an_inactive_row_is_there(site, connect):
    site.put("account", number(1), {"name": "Closed", "statecode": 1, "statuscode": 2})
    assert rows(read(connect(), block(columns=("accountid", "statecode")))) == [(number(1), 1)]


# Stopped and gone on


@pytest.mark.parametrize("stop", [1, 2, 3])
@pytest.mark.parametrize("table", ["account", "new_visit", "activityparty"])
def test_a_read_that_was_stopped_goes_on_and_loses_nothing(site, connect, stop, table):
    definition = site.table(table)
    column = {"activityparty": "addressused"}.get(table, definition.name)
    for n in range(1, 11):
        site.put(table, number(n), {column: f"Firm {n}"} | ({"participationtypemask": 2} if table == "activityparty" else {}))
    entity = block("business", table, (definition.key, column), (definition.key,))
    whole = read(connect(page_size=3), entity)
    begun = connect(page_size=3).pull(entity, None)
    before = [next(begun) for _ in range(stop)]
    begun.close()
    after = read(connect(page_size=3), entity, before[-1].cursor)
    assert sorted(rows(before + after)) == sorted(rows(whole))
    assert len(rows(before + after)) == 10
    assert after[-1].snapshot
    assert sorted(rows(after)) == sorted(rows(whole[stop:]))


@pytest.mark.parametrize("stop", [1, 2, 3, 4, 5])
def test_an_incremental_read_that_was_stopped_goes_on(site, clock, connect, stop):
    fill(site, 10, "new_visit", "new_name")
    connector = connect(page_size=3)
    clock.moment += 3600
    first = read(connector, VISITS)
    held = apply({}, first)
    clock.moment += 3600
    for n in (1, 3, 4, 5, 7, 8):
        site.put("new_visit", number(n), {"new_name": f"Renamed {n}"})
    site.delete("new_visit", number(10))
    begun = connector.pull(VISITS, first[-1].cursor)
    before = [next(begun) for _ in range(stop)]
    begun.close()
    after = [] if before[-1].last else read(connector, VISITS, before[-1].cursor)
    held = apply(held, before + after)
    assert held == {id: (id, row["new_name"], row["modifiedon"]) for id, row in site.rows["new_visit"].items()}


def test_a_next_page_that_is_gone_leads_to_a_whole_read(site, clock, connect):
    fill(site)
    connector = connect(page_size=3)
    middle = next(connector.pull(ACCOUNTS, None)).cursor
    broken = {**middle, "link": middle["link"].replace("accounts", "nowhere")}
    pages = read(connector, ACCOUNTS, broken)
    assert (len(rows(pages)), len(pages[0].notes)) == (7, 1)


def test_a_link_to_another_host_is_not_followed(site, server, connect):
    fill(site)
    connector = connect(page_size=3)
    middle = next(connector.pull(ACCOUNTS, None)).cursor
    with pytest.raises(StopConnection, match="nothing was sent there"):
        read(connector, ACCOUNTS, {**middle, "link": "https://elsewhere.example.org/api"})


def test_a_token_that_ends_while_reading_is_replaced(site, server, connect):
    fill(site)
    seen = []
    for page in connect(page_size=3).pull(ACCOUNTS, None):
        seen.append(page)
        site.revoke()
    assert len(rows(seen)) == 7
    assert len([asked for asked in server.asked if asked.path.endswith("/token")]) == 3


def test_a_token_that_grows_old_is_replaced_before_it_ends(site, server, clock, connect):
    fill(site)
    for _ in connect(page_size=3).pull(ACCOUNTS, None):
        clock.moment += 3550
    assert {asked.path for asked in server.asked if asked.path.endswith("/token")}
    assert len([asked for asked in server.asked if asked.path.endswith("/token")]) == 3


def test_throttled_it_waits_as_long_as_it_is_told(site, server, clock, connect):
    fill(site)
    site.limit, site.window = 4, 100.0
    began = clock.moment
    assert len(rows(read(connect(page_size=2), ACCOUNTS))) == 7
    assert clock.moment - began >= 100


def test_its_own_budget_keeps_it_from_being_throttled(site, server, clock, connect):
    fill(site)
    site.limit, site.window = 4, 100.0
    read(connect(page_size=2, limit_requests=4, limit_seconds=101), ACCOUNTS)
    assert len(targets(server)) == 4
    assert clock.moment > 1_780_000_100


def test_a_row_that_cannot_be_read_is_skipped_and_the_rest_goes_on(site, connect):
    fill(site, 3)
    site.put("account", number(2), {"name": {"nested": "Nobody's business"}})
    (page,) = read(connect(), ACCOUNTS)
    assert [row[0] for row in page.rows] == [number(1), number(3)]
    assert [(skipped.where, skipped.source_id) for skipped in page.skipped] == [(f"accounts({number(2)})", number(2))]
    assert "Nobody" not in page.skipped[0].reason


def test_a_role_that_may_not_track_is_told_what_to_give(site, connect):
    fill(site)
    site.depths["prvReadAccount"] = "Local"
    with pytest.raises(StopEntity, match="organisation level"):
        read(connect(), ACCOUNTS)
