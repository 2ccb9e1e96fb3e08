"""What is deleted, merged, restored or gone without a trace."""

import pytest

from tests.connector.salesforce.holding import Held, entity


@pytest.fixture
def read(org, pull):
    """Three accounts, read a first time, two hours ago."""
    for one in ("001A", "001B", "001C"):
        org.put("Account", one, Name=one)
    org.clock.pass_by(hours=1)
    held = pull(entity())
    org.clock.pass_by(hours=1)
    return held


def swept(org):
    return any("SELECT+Id+FROM+Account" in one.target for one in org.server.asked)


def test_a_deletion_comes_with_the_next_read(org, pull, read):
    org.delete("Account", "001B")
    assert set(pull(entity(), read).rows) == {"001A", "001C"}
    assert not swept(org)


def test_a_deletion_of_what_was_never_read_does_no_harm(org, pull, read):
    org.put("Account", "001X", Name="Never read")
    org.delete("Account", "001X")
    assert set(pull(entity(), read).rows) == {"001A", "001B", "001C"}


def test_a_merge_says_who_is_left(org, pull, read):
    org.merge("Account", "001B", "001A")
    held = pull(entity(), read)
    assert set(held.merged) == {("001B", "001A")}
    assert set(held.rows) == {"001A", "001C"}


def test_a_merge_moves_what_pointed_at_the_loser(org, pull, read):
    org.put("Contact", "003A", Name="Ada", AccountId="001B")
    people = entity("Contact", "Id", "AccountId", kind="person")
    held = pull(people)
    org.clock.pass_by(hours=1)
    org.merge("Account", "001B", "001A")
    assert pull(people, held).rows == {"003A": ("003A", "001A")}


def test_what_was_deleted_and_restored_is_there(org, pull, read):
    org.delete("Account", "001B")
    org.clock.pass_by(minutes=5)
    org.undelete("Account", "001B")
    held = pull(entity(), read)
    assert set(held.rows) == {"001A", "001B", "001C"}


def test_what_was_restored_after_its_deletion_was_read_comes_back(org, pull, read):
    org.delete("Account", "001B")
    org.clock.pass_by(hours=1)
    held = pull(entity(), read)
    assert "001B" not in held.rows
    org.clock.pass_by(hours=1)
    org.undelete("Account", "001B")
    assert "001B" in pull(entity(), held).rows


def test_a_deletion_that_moves_no_stamp_is_told_by_the_log(org, pull, read):
    old = org.tables["Account"].rows["001B"]["systemmodstamp"]
    org.delete("Account", "001B")
    org.tables["Account"].rows["001B"]["systemmodstamp"] = old
    held = pull(entity(), read)
    assert set(held.rows) == {"001A", "001C"}
    assert not swept(org)


@pytest.mark.parametrize("way", [{}, {"bulk_above": 0, "bulk_page": 2}], ids=["rest", "bulk"])
def test_what_has_left_the_recycle_bin_is_found_by_its_absence(way, org, pull, read):
    org.delete("Account", "001B")
    org.clock.pass_by(minutes=5)
    org.empty_recycle_bin("Account")
    assert set(pull(entity(), read, **way).rows) == {"001A", "001C"}


def test_a_gap_longer_than_the_recycle_bin_keeps_is_swept(org, pull, read):
    org.delete("Account", "001B")
    org.clock.pass_by(days=30)
    org.put("Account", "001D", Name="New")
    assert set(pull(entity(), read).rows) == {"001A", "001C", "001D"}


def test_more_deletions_than_the_log_gives_are_swept(org, pull, read):
    org.most_deleted = 1
    org.delete("Account", "001B")
    org.delete("Account", "001C")
    assert set(pull(entity(), read).rows) == {"001A"}
    assert swept(org)


def test_now_and_then_all_ids_are_asked_for(org, pull, read):
    del org.tables["Account"].rows["001B"]  # no longer shared with the run-as user: nothing tells of it
    held = pull(entity(), read, sweep_days=3)
    for days in (1, 1):
        org.clock.pass_by(days=days)
        held = pull(entity(), held, sweep_days=3)
    assert "001B" in held.rows
    org.clock.pass_by(days=1)
    held = pull(entity(), held, sweep_days=3)
    assert set(held.rows) == {"001A", "001C"}
    org.clock.pass_by(days=1)
    org.server.asked.clear()
    pull(entity(), held, sweep_days=3)
    assert not swept(org)


def test_an_extract_is_never_swept(org, pull, read):
    extract = entity(complete=False)
    held = pull(extract)
    for days in (8, 30):
        org.clock.pass_by(days=days)
        org.server.asked.clear()
        held = pull(extract, held)
        assert not swept(org)


def test_what_no_longer_meets_the_condition_is_gone(org, pull):
    meetings = entity("Event", "Id", "Subject", kind="engagement", where="IsChild = false AND IsRecurrence = false")
    for one in ("00U1", "00U2"):
        org.put("Event", one, Subject=one)
    org.put("Event", "00U3", Subject="An invitee's copy", IsChild=True)
    held = pull(meetings)
    assert set(held.rows) == {"00U1", "00U2"}
    org.clock.pass_by(hours=1)
    org.put("Event", "00U2", IsRecurrence=True)
    assert set(pull(meetings, held).rows) == {"00U1"}


def test_an_object_that_tells_no_deletions_is_swept_each_time(org, pull):
    for one in ("005A", "005B"):
        org.put("User", one, Name=one)
    users = entity("User", kind="person")
    held = pull(users)
    org.clock.pass_by(hours=1)
    del org.tables["User"].rows["005A"]
    assert "005A" not in pull(users, held).rows


def test_invitees_come_and_go_with_their_answers(org, pull):
    invited = entity("EventRelation", "Id", "EventId", "RelationId", "Status", kind="participant", where="IsWhat = false")
    org.put("EventRelation", "0RE1", EventId="00U1", RelationId="003A", Status="New", IsInvitee=True)
    org.put("EventRelation", "0RE2", EventId="00U1", RelationId="003B", Status="New", IsInvitee=True)
    org.put("EventRelation", "0RE3", EventId="00U1", RelationId="001A", IsWhat=True)
    held = pull(invited)
    assert set(held.rows) == {"0RE1", "0RE2"}
    org.clock.pass_by(hours=1)
    org.put("EventRelation", "0RE1", Status="Accepted")
    org.delete("EventRelation", "0RE2")
    assert pull(invited, held).rows == {"0RE1": ("0RE1", "00U1", "003A", "Accepted")}


def test_reads_that_follow_at_once_ask_the_log_for_more_than_a_minute(org, pull, read):
    held = read
    for _ in range(3):
        held = pull(entity(), held, look_back_minutes=0)
        org.clock.pass_by(minutes=0.25)
    org.delete("Account", "001B")
    org.tables["Account"].rows["001B"]["systemmodstamp"] -= 86_400
    org.clock.pass_by(minutes=2)
    assert set(pull(entity(), held, look_back_minutes=0).rows) == {"001A", "001C"}


def test_the_log_is_read_again_from_where_it_was_whole(org, pull, read):
    """latestDateCovered: what was on its way when the log was read is told by the next reading."""
    plain = org._deleted

    def behind(table, asked):
        reply = plain(table, asked)
        reply.body["latestDateCovered"] = "2027-01-15T08:30:00.000+0000"
        reply.body["deletedRecords"] = []
        return reply

    org._deleted = behind
    org.delete("Account", "001B")
    org.tables["Account"].rows["001B"]["systemmodstamp"] -= 86_400
    org.clock.pass_by(minutes=40)
    held = pull(entity(), read)
    assert "001B" in held.rows
    org._deleted = plain
    org.clock.pass_by(hours=1)
    assert "001B" not in pull(entity(), held).rows


def test_the_log_that_begins_later_than_asked_is_not_trusted(org, pull, read):
    """earliestDateAvailable, where it comes without INVALID_REPLICATION_DATE."""
    org.delete("Account", "001B")
    org.empty_recycle_bin("Account")
    purged = org.tables["Account"].purged_to
    org.tables["Account"].purged_to, org.tables["Account"].log = 0.0, []
    plain = org._deleted

    def late(table, asked):
        reply = plain(table, asked)
        reply.body["earliestDateAvailable"] = "2027-01-15T09:59:00.000+0000"
        return reply

    org._deleted = late
    assert purged
    assert "001B" not in pull(entity(), read).rows


def test_so_many_deletions_that_a_sweep_is_less_work_are_swept(org, pull):
    for number in range(2100):
        org.put("Account", f"001{number:05}", Name="Acme")
    held = pull(entity())
    org.clock.pass_by(hours=1)
    for number in range(2050):
        org.delete("Account", f"001{number:05}")
    org.server.asked.clear()
    assert len(pull(entity(), held).rows) == 50
    assert len(org.server.asked) < 15


def test_the_pages_of_a_sweep_are_gone_on_with_after_a_stop(org, opened, read):
    org.delete("Account", "001B")
    org.clock.pass_by(days=30)
    org.page_size = 1
    held = Held(rows=read.rows, cursor=read.cursor)
    for _ in range(20):
        page = next(opened().pull(entity(), held.cursor))
        held.take(page)
        if page.last:
            break
    assert page.last
    assert set(held.rows) == {"001A", "001C"}
