"""The outbox: a notice is there with its fact, goes out by every channel once, and is tried again with growing pauses."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from jobs.notices import Delivered, clear_alert, deliver, open_alerts, raise_alert, tell
from store import bulk
from store.database import Database
from store.tables import OpsDelivery
from tests.jobs.notices.recording import Recording

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
delivery = bulk.table_of(OpsDelivery)


def write(store: Database, key: str = "k", subject: str = "Placebridge: it fails", body: str = "Look.\n", now: datetime = NOW) -> bool:
    with store.connect() as connection:
        return tell(connection, key, subject, body, "connection_failing", now)


def states(store: Database) -> dict[str, str]:
    with store.reading() as connection:
        return {row.channel: row.state for row in connection.execute(select(delivery))}


def test_it_goes_out_by_every_channel_once(store: Database) -> None:
    assert (write(store), write(store)) == (True, False)
    first, second = Recording("email 1"), Recording("webhook")
    assert deliver(store, [first, second], NOW) == Delivered(sent=2)
    assert deliver(store, [first, second], NOW + MINUTE) == Delivered()
    for channel in (first, second):
        (message,) = channel.taken
        assert (message.key, message.kind, message.subject, message.body, message.at) == (
            "k", "connection_failing", "Placebridge: it fails", "Look.\n", NOW,
        )  # fmt: skip


def test_it_is_there_only_if_its_fact_is(store: Database) -> None:
    with store.engine.connect() as connection, connection.begin() as transaction:
        assert tell(connection, "k", "s", "b", "connection_failing", NOW)
        transaction.rollback()
    channel = Recording()
    assert (deliver(store, [channel], NOW), channel.tries) == (Delivered(), 0)


def test_what_should_not_be_in_it_is_taken_out(store: Database) -> None:
    write(store, subject="it\r\nBcc: x fails", body="ann.lee@council.example, 0191 496 0000, https://x/y?token=abcdefgh, Bearer abcdefghij")
    channel = Recording()
    deliver(store, [channel], NOW)
    (message,) = channel.taken
    assert message.subject == "it Bcc: x fails"
    assert message.body == "[email], [phone], https://x/y?token=[hidden], Bearer [hidden]"


def test_it_is_tried_again_with_growing_pauses_for_a_day(store: Database) -> None:
    write(store)
    channel, now, tries = Recording().broken(), NOW, []
    while states(store) != {"email 1": "given_up"}:
        deliver(store, [channel], now)
        tries.append(now)
        assert channel.tries == len(tries)
        with store.reading() as connection:
            due = connection.scalar(select(delivery.c.not_before))
        assert deliver(store, [channel], due - MINUTE / 2) == Delivered()
        now = due
    pauses = [round((later - earlier) / MINUTE) for earlier, later in pairwise(tries)]
    assert pauses[:6] == [1, 2, 5, 15, 30, 60]
    assert set(pauses[6:]) == {60}
    assert timedelta(days=1) <= tries[-1] - NOW < timedelta(hours=25)
    assert deliver(store, [channel], now + timedelta(days=3)) == Delivered()


def test_one_that_fails_keeps_no_other_from_sending(store: Database) -> None:
    for number in range(3):
        write(store, f"k{number}", str(number))
    down, odd, up = Recording("a").broken(), Recording("b"), Recording("c")
    odd.fault = ValueError("of its own")
    assert deliver(store, [down, odd, up], NOW) == Delivered(sent=3, failed=2)
    assert (up.subjects, down.tries, odd.tries) == (["0", "1", "2"], 1, 1)
    down.fault = odd.fault = None
    assert deliver(store, [down, odd, up], NOW + 3 * MINUTE) == Delivered(sent=6)
    assert (sorted(down.subjects), sorted(odd.subjects), len(up.taken)) == (["0", "1", "2"],) * 2 + (3,)


def test_of_several_workers_one_sends_it(store: Database) -> None:
    for number in range(3):
        write(store, f"k{number}", str(number))
    channel, start = Recording(), threading.Barrier(4)
    faults: list[BaseException] = []

    def work() -> None:
        own = Database(store.url.render_as_string(hide_password=False))
        try:
            start.wait()
            deliver(own, [channel], NOW)
        except BaseException as fault:
            faults.append(fault)
        finally:
            own.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    assert sorted(channel.subjects, key=int) == ["0", "1", "2"]


def test_what_is_being_sent_is_another_s_only_when_its_sender_died(store: Database) -> None:
    write(store)
    died, other = Recording(), Recording()
    died.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        deliver(store, [died], NOW)
    deliver(store, [other], NOW + 5 * MINUTE)
    assert other.taken == []
    deliver(store, [other], NOW + 11 * MINUTE)
    assert len(other.taken) == 1


def test_it_waits_for_a_channel_but_not_for_ever(store: Database, caplog: pytest.LogCaptureFixture) -> None:
    write(store, "old", "old", now=NOW - timedelta(days=8))
    write(store, "new", "new")
    deliver(store, [], NOW)
    channel = Recording()
    deliver(store, [channel], NOW)
    assert channel.subjects == ["new"]
    assert "a notice was never sent: there was no channel" in caplog.text


def test_a_channel_that_is_no_more_is_given_up(store: Database) -> None:
    write(store)
    deliver(store, [Recording("email 2").broken()], NOW)
    kept = Recording("email 1")
    assert deliver(store, [kept], NOW + timedelta(hours=12)) == Delivered()
    assert deliver(store, [kept], NOW + timedelta(hours=25)) == Delivered(given_up=1)
    assert states(store) == {"email 2": "given_up"}


def test_the_log_says_what_became_of_it_without_its_text(store: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "jobs.notices")
    write(store, "k1", "SUBJECT", "BODY")
    deliver(store, [Recording("a").broken(), Recording("b")], NOW)
    told = {
        (record.getMessage(), vars(record)["channel"], vars(record)["notice"]) for record in caplog.records if record.name == "jobs.notices"
    }
    assert told == {("notice not sent", "a", "k1"), ("notice sent", "b", "k1")}
    assert "SUBJECT" not in caplog.text
    assert "BODY" not in caplog.text


def test_much_at_once_is_one_message_that_names_each(store: Database) -> None:
    for number in range(40):
        write(store, f"k{number}", f"Placebridge: crm{number} cannot be read")
    channel = Recording()
    assert deliver(store, [channel], NOW) == Delivered(sent=40)
    (message,) = channel.taken
    assert message.subject.startswith("Placebridge: 40 notices: crm0 cannot be read; crm1 cannot be read; ")
    assert len(message.subject) <= 150
    assert [line for line in message.body.splitlines() if line.startswith("- ")] == [f"- crm{number} cannot be read" for number in range(40)]
    assert "placebridge doctor" in message.body


def test_what_comes_one_after_the_other_is_a_few_messages_and_then_one_every_ten_minutes(store: Database) -> None:
    channel = Recording()
    for minute in range(40):
        write(store, f"k{minute}", f"Placebridge: crm{minute} cannot be read", now=NOW + minute * MINUTE)
        deliver(store, [channel], NOW + minute * MINUTE)
    deliver(store, [channel], NOW + 60 * MINUTE)
    told = [line for message in channel.taken for line in (message.body.splitlines() if "notices" in message.subject else [message.subject])]
    assert [sum(f"crm{minute} cannot" in line for line in told) for minute in range(40)] == [1] * 40
    assert channel.subjects[:5] == [f"Placebridge: crm{minute} cannot be read" for minute in range(5)]
    assert len(channel.taken) == 5 + 4


def test_a_message_of_many_that_is_not_taken_is_tried_again_as_a_whole(store: Database) -> None:
    for number in range(6):
        write(store, f"k{number}", f"Placebridge: crm{number} cannot be read")
    channel = Recording().broken()
    assert deliver(store, [channel], NOW) == Delivered(failed=6)
    assert deliver(store, [channel], NOW + MINUTE / 2) == Delivered()
    channel.fault = None
    assert deliver(store, [channel], NOW + 2 * MINUTE) == Delivered(sent=6)
    assert ([message.key for message in channel.taken], channel.tries) == (["several/6/k0"], 2)


def alert(store: Database, act: Any, *words: Any) -> bool:
    with store.connect() as connection:
        return bool(act(connection, *words))


def test_an_alert_is_told_once_and_once_when_it_is_well(store: Database) -> None:
    wrong, well = ("connection_failing", "council", "It said no.", NOW), ("connection_failing", "council", NOW + 5 * MINUTE)
    assert [alert(store, raise_alert, *wrong) for _ in range(50)] == [True, *[False] * 49]
    with store.reading() as connection:
        assert [(found.kind, found.subject, found.said, found.opened_at) for found in open_alerts(connection)] == [
            ("connection_failing", "council", "It said no.", NOW)
        ]
    assert [alert(store, clear_alert, *well) for _ in range(50)] == [True, *[False] * 49]
    assert alert(store, raise_alert, *wrong) is True
    channel = Recording()
    deliver(store, [channel], NOW + 6 * MINUTE)
    assert sorted(channel.subjects) == sorted(
        ["Placebridge: council cannot be read", "Placebridge: council is read again", "Placebridge: council cannot be read"]
    )
    assert "It said no." in channel.taken[0].body
    assert "docs/runbook.md#connection_failing" in channel.taken[0].body


def test_of_several_workers_that_see_it_one_tells_it(store: Database) -> None:
    told: list[bool] = []
    start = threading.Barrier(4)

    def see() -> None:
        own = Database(store.url.render_as_string(hide_password=False))
        start.wait()
        told.append(alert(own, raise_alert, "backlog", "the worker", "Three wait.", NOW))
        own.close()

    seers = [threading.Thread(target=see) for _ in range(4)]
    for seer in seers:
        seer.start()
    for seer in seers:
        seer.join()
    assert sorted(told) == [False, False, False, True]
