"""Whole reads, reads of changes, and going on after a stop: by REST and by Bulk alike."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.contract import StopConnection, StopEntity, TryLater
from tests.connector.salesforce.holding import Held, entity
from tests.connector.sites import Reply

BULK = {"bulk_above": 0, "bulk_page": 2}
WAYS = pytest.mark.parametrize("way", [{}, BULK], ids=["rest", "bulk"])


def fill(org, rows=7):
    for number in range(rows):
        org.put("Account", f"001{number:03}", Name=f"Firm {number}", NumberOfEmployees=number)
        org.clock.pass_by(minutes=number % 2)
    org.page_size = 2


def expected(org):
    return {one: (one, row["name"] or None) for one, row in org.copy("Account").items()}


def queries(org):
    return [one for one in org.server.asked if "/queryAll" in one.path]


@WAYS
def test_a_whole_read_gives_the_columns_and_nothing_deleted(way, org, pull):
    org.put("User", "005B", Name="Olive Owner", Username="olive@example.org", Email="olive@example.org")
    org.put("Account", "001A", Name='Acme "Widgets"\nLtd, \u00e9', NumberOfEmployees=12, AnnualRevenue=5, OwnerId="005B")
    org.put("Account", "001B", Name="", NumberOfEmployees=None)
    org.put("Account", "001C", Name="Gone Ltd")
    org.delete("Account", "001C")
    held = pull(entity("Account", "Id", "name", "NumberOfEmployees", "AnnualRevenue", "owner.email", "SystemModstamp"), **way)
    assert held.rows == {
        "001A": ("001A", 'Acme "Widgets"\nLtd, \u00e9', 12, 5.0, "olive@example.org", "2027-01-15T08:00:00.000+0000"),
        "001B": ("001B", None, None, None, None, "2027-01-15T08:00:00.000+0000"),
    }


@WAYS
def test_yes_and_no_are_the_same_by_both_ways(way, org, pull):
    org.put("Contact", "003A", Name="Ada", HasOptedOutOfEmail=True)
    org.put("Contact", "003B", Name="Bo")
    held = pull(entity("Contact", "Id", "HasOptedOutOfEmail"), **way)
    assert held.rows == {"003A": ("003A", True), "003B": ("003B", False)}


def test_only_the_columns_and_what_is_needed_are_asked_for(org, pull):
    org.put("Account", "001A", Name="Acme")
    pull(entity("Account", "Id", "Name", "Name"))
    assert "SELECT+Id%2C+Name%2C+SystemModstamp%2C+IsDeleted%2C+MasterRecordId+FROM+Account+WHERE" in queries(org)[-1].target


def test_many_rows_go_by_bulk_and_few_by_rest(org, pull):
    fill(org)
    pull(entity(), bulk_above=7)
    assert not org.jobs
    pull(entity(), bulk_above=6)
    assert len(org.jobs) == 1


@WAYS
def test_a_read_of_changes_brings_what_changed_since_the_last_began(way, org, pull):
    fill(org)
    held = pull(entity(), **way)
    org.clock.pass_by(hours=1)
    org.put("Account", "001002", Name="Renamed")
    org.put("Account", "001900", Name="New")
    org.delete("Account", "001003")
    org.server.asked.clear()
    held = pull(entity(), held, **way)
    assert held.rows == expected(org)
    assert all(one.target.count("SystemModstamp+%3E%3D+") for one in queries(org) if "ORDER" in one.target)


def test_a_change_while_the_read_goes_on_comes_with_the_next(org, opened, pull):
    fill(org)
    held = Held()
    for page in opened().pull(entity(), None):
        held.take(page)
        if held.pages == 2:
            org.put("Account", "001000", Name="Changed behind the read")
    assert held.rows["001000"] != ("001000", "Changed behind the read") or held.pages > 2
    org.clock.pass_by(hours=1)
    assert pull(entity(), held).rows == expected(org)


def test_a_change_that_is_stamped_before_the_read_began_is_caught_by_the_look_back(org, pull):
    fill(org)
    held = pull(entity())
    late = org.clock.time - 600
    org.clock.pass_by(hours=1)
    org.put("Account", "001001", Name="A long transaction")
    org.tables["Account"].rows["001001"]["systemmodstamp"] = late
    assert pull(entity(), held, look_back_minutes=15).rows == expected(org)


@pytest.mark.parametrize("ahead", [-7200, 7200])
def test_the_services_clock_counts_and_not_ours(ahead, org, pull, clock):
    class Theirs:
        def now(self):
            return clock.now() + ahead

        def pass_by(self, **spans):
            clock.pass_by(**spans)

    org.clock = Theirs()
    fill(org)
    held = pull(entity())
    clock.pass_by(minutes=20)
    org.put("Account", "001001", Name="Later")
    org.delete("Account", "001002")
    assert pull(entity(), held).rows == expected(org)


def test_a_change_in_the_second_in_which_a_read_began_is_caught(org, pull, clock):
    fill(org)
    clock.time += 0.7
    held = pull(entity(), look_back_minutes=0)
    org.put("Account", "001001", Name="In the same second")
    clock.pass_by(hours=1)
    assert pull(entity(), held, look_back_minutes=0).rows == expected(org)


@WAYS
@pytest.mark.parametrize("stop", range(1, 7))
def test_a_read_that_is_stopped_goes_on_with_its_cursor(way, stop, org, opened, pull):
    fill(org)
    held, came = Held(), []
    for page in opened(**way).pull(entity(), None):
        held.take(page)
        came += page.rows
        if held.pages == stop:
            break
    held.cursor = json.loads(json.dumps(held.cursor))
    for page in opened(**way).pull(entity(), held.cursor):
        held.take(page)
        came += page.rows
    assert held.rows == expected(org)
    if stop < 4:
        assert len(came) == 7
    org.clock.pass_by(hours=1)
    org.put("Account", "001001", Name="Later")
    assert pull(entity(), held, **way).rows == expected(org)


def test_a_dead_locator_goes_on_behind_the_last_row(org, opened):
    fill(org)
    held, came = Held(), []
    for page in opened().pull(entity(), None):
        held.take(page)
        came += page.rows
        org.locators.clear()
    assert held.rows == expected(org)
    assert len(came) == 7, "no row is read again"
    assert held.pages == 4


def test_a_dead_locator_after_a_stop_goes_on_behind_the_last_row_of_many_with_one_stamp(org, opened):
    for number in range(7):
        org.put("Account", f"001{number:03}", Name=f"Firm 'o' {number}")
    org.page_size = 3
    held = Held().take(next(opened().pull(entity(), None)))
    org.locators.clear()
    org.put("Account", "001001", Name="Changed in between")
    held.take_all(opened().pull(entity(), held.cursor))
    assert held.rows == expected(org) | {"001001": held.rows["001001"]}
    assert set(held.rows) == set(expected(org))


def test_a_job_that_is_gone_is_made_anew(org, opened):
    fill(org)
    reading = opened(**BULK).pull(entity(), None)
    held = Held().take(next(reading)).take(next(reading))
    org.jobs.clear()
    held.take_all(opened(**BULK).pull(entity(), held.cursor))
    assert held.rows == expected(org)
    assert len(org.jobs) == 1


def test_a_job_of_another_api_version_is_made_anew(org, opened):
    fill(org)
    reading = opened(**BULK).pull(entity(), None)
    held = Held().take(next(reading)).take(next(reading))
    held.take_all(opened(api_version="65.0", **BULK).pull(entity(), held.cursor))
    assert held.rows == expected(org)


def test_a_job_that_takes_long_is_waited_for_by_the_next_run(org, opened, clock):
    fill(org)
    org.bulk_polls = 100
    held = Held()
    with pytest.raises(TryLater, match="not done after 2 minutes") as raised:
        held.take_all(opened(bulk_wait_minutes=2, **BULK).pull(entity(), None))
    assert raised.value.wait == 300
    assert 60 < sum(clock.slept) <= 120
    org.bulk_polls = 0
    next(iter(org.jobs.values())).polls = 2
    held.take_all(opened(**BULK).pull(entity(), held.cursor))
    assert held.rows == expected(org)
    assert len(org.jobs) == 1


def test_jobs_that_are_always_gone_end_in_rest(org, pull):
    fill(org)
    plain = org._job_results

    def gone(job, version, asked):
        org.jobs.clear()
        return Reply(404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])

    org._job_results = gone
    held = pull(entity(), **BULK)
    org._job_results = plain
    assert held.rows == expected(org)
    assert any("read by REST" in note for note in held.notes)


@pytest.mark.parametrize("state", ["Failed", "Aborted"])
def test_a_job_that_fails_is_read_by_rest(state, org, pull):
    fill(org)
    plain = org._job_info
    org._job_info = lambda job, now: plain(job, now if now == "UploadComplete" else state)
    held = pull(entity(), **BULK)
    assert held.rows == expected(org)
    assert any("Bulk Data Load Jobs" in note for note in held.notes)


def test_results_that_are_refused_are_not_taken_for_none(org, opened):
    fill(org)
    org._job_results = lambda *given: Reply(204)
    with pytest.raises(TryLater, match="results just now"):
        list(opened(**BULK).pull(entity(), None))


def test_results_with_fewer_rows_than_they_say_are_not_taken_for_whole(org, opened):
    fill(org)
    plain = org._job_results

    def short(*given):
        reply = plain(*given)
        return Reply(reply.status, reply.body, {**reply.headers, "Sforce-NumberOfRecords": "5"})

    org._job_results = short
    with pytest.raises(StopEntity, match="not as many rows"):
        list(opened(**BULK).pull(entity(), None))


def test_a_row_of_a_csv_that_is_no_row_is_skipped(org, pull):
    fill(org, 3)
    plain = org._job_results

    def odd(*given):
        reply = plain(*given)
        return Reply(reply.status, reply.body.replace(b'"Firm 1"', b'"Firm 1","one more"'), reply.headers)

    org._job_results = odd
    held = pull(entity(), bulk_above=0)
    assert set(held.rows) == {"001000", "001002"}
    assert len(held.skipped) == 1


def test_what_bulk_does_not_take_is_read_by_rest(org, pull):
    fill(org)
    org.bulk_refuses.add("Account")
    held = pull(entity(), **BULK)
    assert held.rows == expected(org)
    assert any("read by REST" in note for note in held.notes)


def test_archived_activities_are_read_too(org, pull):
    org.put("Event", "00U1", Subject="Long ago", IsArchived=True)
    org.put("Event", "00U2", Subject="Site visit")
    assert set(pull(entity("Event", "Id", "Subject", kind="engagement")).rows) == {"00U1", "00U2"}


def test_an_object_without_a_clock_is_read_whole_each_time(org, pull):
    org.define("Visit__c", "Id:id", "Name")
    org.put("Account", "001A", Name="Acme")
    org.tables["Visit__c"].rows = {one: {"id": one, "name": one, "isdeleted": False} for one in ("a01", "a02", "a03")}
    org.page_size = 2
    held = pull(entity("Visit__c"))
    assert held.cursor is None
    assert set(held.rows) == {"a01", "a02", "a03"}


def test_last_modified_is_the_clock_where_there_is_no_other(org, pull):
    org.define("Visit__c", "Id:id", "Name", "IsDeleted:boolean", "LastModifiedDate:datetime", "SystemModstamp:datetime")
    org.put("Visit__c", "a01", Name="One")
    org.hidden.add(("Visit__c", "SystemModstamp"))
    held = pull(entity("Visit__c"))
    org.clock.pass_by(hours=2)
    org.put("Visit__c", "a02", Name="Two")
    org.server.asked.clear()
    assert set(pull(entity("Visit__c"), held).rows) == {"a01", "a02"}
    assert all("LastModifiedDate+%3E%3D+" in one.target for one in queries(org) if "ORDER" in one.target)


def test_an_id_that_is_not_salesforces_own_means_whole_reads(org, pull):
    org.put("Account", "001A", Name="Acme", Phone="1")
    held = pull(entity("Account", "Name", "Phone", ids=("Name",)))
    assert held.cursor is None
    assert held.rows == {"Acme": ("Acme", "1")}


@pytest.mark.parametrize(
    "change",
    [
        lambda held: entity("Account", "Id", "Name", "Phone"),
        lambda held: held.update({"org": "00D000000000002EAA"}),
        lambda held: held.update({"version": 99}),
        lambda held: held.update({"began": "yesterday"}),
        lambda held: held.update({"at": 7, "stage": "rows"}),
        lambda held: held.clear(),
    ],
)
def test_a_cursor_of_something_else_starts_anew_and_says_so(change, org, opened):
    fill(org)
    held = Held()
    held.take_all(opened().pull(entity(), None))
    cursor = dict(held.cursor)
    changed = change(cursor)
    wanted = changed or entity()
    pages = list(opened().pull(wanted, cursor))
    assert sum(len(page.rows) for page in pages) == 7
    assert all(page.snapshot for page in pages)
    assert "from the start" in pages[0].notes[0]


ELSEWHERE = pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.org/services/data/v64.0/query/x",
        "//evil.my.salesforce.com/services/data/v64.0/query/x",
        "/services/data/v64.0/../../evil",
        "/evil",
        "@evil.example.org/services/data/v64.0/query/x",
        "",
    ],
)


@ELSEWHERE
def test_a_next_page_elsewhere_is_not_asked_for_and_the_next_run_goes_on_without_it(link, org, opened):
    fill(org)
    plain = org._results

    def misled(*given):
        reply = plain(*given)
        return Reply(200, reply.body | {"nextRecordsUrl": link}) if "nextRecordsUrl" in reply.body else reply

    org._results, held = misled, Held()
    with pytest.raises(StopConnection, match="nothing was sent there"):
        held.take_all(opened().pull(entity(), None))
    assert len(held.rows) == 2
    assert not any("evil" in one.target for one in org.server.asked)
    org._results = plain
    assert held.take_all(opened().pull(entity(), held.cursor)).rows == expected(org)


@ELSEWHERE
def test_a_cursor_that_leads_elsewhere_is_gone_on_from_without_its_link(link, org, opened):
    fill(org)
    held = Held().take(next(opened().pull(entity(), None)))
    cursor = {**held.cursor, "at": {**held.cursor["at"], "next": link}}
    assert held.take_all(opened().pull(entity(), cursor)).rows == expected(org)
    assert not any("evil" in one.target for one in org.server.asked)


def test_a_next_page_that_is_the_same_again_ends_the_read(org, opened):
    fill(org)
    plain = org._results

    def stuck(records, at, version, what):
        reply = plain(records, 0, version, what)
        org.locators["0r8000000000000001-2"] = (records, 0)
        return Reply(200, {**reply.body, "done": False, "nextRecordsUrl": f"/services/data/v{version}/query/0r8000000000000001-2"})

    org._results = stuck
    with pytest.raises(StopEntity, match="same next page twice"):
        list(opened().pull(entity(), None))


def test_a_record_of_the_wrong_shape_is_skipped_and_the_rest_goes_on(org, pull):
    org.put("Account", "001A", Name="Acme", NumberOfEmployees=1)
    org.put("Account", "001B", Name="Broken", NumberOfEmployees={"no": "number"})
    org.put("Account", "001C", Name="Cobalt", NumberOfEmployees=3)
    held = pull(entity("Account", "Id", "NumberOfEmployees"))
    assert set(held.rows) == {"001A", "001C"}
    assert [(one.source_id, "NumberOfEmployees" in one.reason) for one in held.skipped] == [("001B", True)]


STEPS = st.lists(st.tuples(st.sampled_from(["put", "delete", "undelete", "merge", "purge", "page", "read", "wait", "far"]), st.integers(0, 5), st.integers(0, 5)), max_size=16)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, bulk=st.booleans())
def test_whatever_happens_what_is_held_is_what_is_there(steps, bulk, org, opened):
    """After a read from first to last nothing is missing, nothing stays that is gone, whatever happened between two pages of it."""
    table = org.tables["Account"]
    table.rows, table.log, table.purged_to, org.page_size = {}, [], 0.0, 2
    way = BULK if bulk else {}
    held = Held()
    for what, one, other in [*steps, ("read", 0, 0)]:
        first, second = f"001{one}", f"001{other}"
        org.clock.pass_by(minutes=1)
        alive = {one for one, row in table.rows.items() if not row["isdeleted"]}
        if what == "put" and first not in set(table.rows) - alive:
            org.put("Account", first, Name=f"{first} {org.clock.time}")
        elif what == "delete" and first in alive:
            org.delete("Account", first)
        elif what == "undelete" and first in set(table.rows) - alive:
            org.undelete("Account", first)
        elif what == "merge" and first in alive and second in alive and first != second:
            org.merge("Account", first, second)
        elif what == "purge":
            org.empty_recycle_bin("Account")
        elif what in {"wait", "far"}:
            org.clock.pass_by(hours=1, days=20 if what == "far" else 0)
        elif what == "page":
            held.take(next(opened(**way).pull(entity(), held.cursor)))
        elif what == "read":
            for _ in ("the read that was begun", "one from first to last"):
                held.take_all(opened(**way).pull(entity(), held.cursor))
            assert held.rows == expected(org)
