"""Sends what waits in the outbox, by every channel, until it is taken or a day has passed."""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from jobs.notices.channel import Channel, Message, NotSent
from jobs.scrub import scrub
from store import bulk
from store.database import Database
from store.tables import OpsDelivery, OpsNotice

LOG = logging.getLogger("jobs.notices")
notice, delivery = bulk.table_of(OpsNotice), bulk.table_of(OpsDelivery)

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
"""After each failed try; the last again and again."""
GIVE_UP_AFTER = timedelta(days=1)
STALE_AFTER = timedelta(days=7)
"""A notice that found no channel for so long is not sent any more when there is one."""
ABANDONED_AFTER = timedelta(minutes=10)
"""Longer than any channel takes: a delivery that somebody began and did not end may then be begun by another."""


@dataclass
class Delivered:
    """What one call of `deliver` did."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


@dataclass(frozen=True)
class _Claimed:
    """A delivery that is ours to make."""

    notice_id: int
    channel: str
    attempts: int
    message: Message


def deliver(store: Database, channels: Iterable[Channel], now: datetime) -> Delivered:
    """Sends what waits and is due at `now` (UTC). What fails is tried again at a later call, with growing pauses, for a day; then it is
    given up, and the log says so. A channel that failed is left alone for the rest of the call.

    Each delivery is claimed before it is sent, so of several workers one sends it. A process that dies between sending and noting it leaves
    its claim to run out, and the delivery is made again: a notice can come twice (with the same key), and is never lost. It holds no lease
    and heeds none, so it may go on in a thread of its own beside a worker's beat."""
    by_name = {channel.name: channel for channel in channels}
    done, began = Delivered(), time.monotonic()
    _hand_out(store, list(by_name), now)
    _give_up_without_channel(store, list(by_name), now, done)
    working = dict(by_name)
    while working and (claimed := _claim(store, list(working), now, _later(now, began))) is not None:
        fault = _send(working[claimed.channel], claimed.message)
        if fault is None:
            _note_sent(store, claimed, _later(now, began))
            done.sent += 1
        else:
            _note_failed(store, claimed, fault, _later(now, began), done)
            del working[claimed.channel]
    return done


def _later(now: datetime, began: float) -> datetime:
    """The time by now: a call that sends much lasts, and a claim of it counts from when it was made."""
    return now + timedelta(seconds=time.monotonic() - began)


def _hand_out(store: Database, channels: Sequence[str], now: datetime) -> None:
    """Gives each new notice its deliveries. While there is no channel, notices wait for one, though not for ever."""
    with store.reading() as connection:
        if connection.scalar(select(notice.c.id).where(~notice.c.handed_out).limit(1)) is None:
            return
    with store.unguarded() as connection:
        new = select(notice.c.id, notice.c.key, notice.c.created_at).where(~notice.c.handed_out).order_by(notice.c.id)
        for row in connection.execute(new.with_for_update(skip_locked=True)).all():
            stale = now - row.created_at > STALE_AFTER
            if stale:
                LOG.warning("a notice was never sent: there was no channel", extra={"action": "notice_stale", "notice": row.key})
            if stale or channels:
                _hand_out_one(connection, row.id, () if stale else channels, row.created_at)


def _hand_out_one(connection: Connection, notice_id: int, channels: Sequence[str], at: datetime) -> None:
    connection.execute(update(notice).where(notice.c.id == notice_id).values(handed_out=True))
    rows = [
        {"notice_id": notice_id, "channel": name, "state": "waiting", "attempts": 0, "not_before": at, "last_error": ""}
        for name in channels
    ]
    if rows:
        connection.execute(insert(delivery), rows)


def _claim(store: Database, channels: Sequence[str], due_by: datetime, now: datetime) -> _Claimed | None:
    """Takes the delivery that has been due for longest, so that nobody else sends it; None where there is none."""
    due = (
        select(delivery.c.notice_id, delivery.c.channel, delivery.c.attempts)
        .where(delivery.c.state == "waiting", delivery.c.not_before <= due_by, delivery.c.channel.in_(channels))
        .order_by(delivery.c.not_before, delivery.c.notice_id)
        .limit(1)
        # SQLite has no such words and needs none: there only one transaction at a time may write.
        .with_for_update(skip_locked=True)
    )
    with store.unguarded() as connection:
        row = connection.execute(due).first()
        if row is None:
            return None
        attempts = row.attempts + 1
        _update(connection, row.notice_id, row.channel, attempts=attempts, not_before=now + ABANDONED_AFTER)
        told = connection.execute(select(notice).where(notice.c.id == row.notice_id)).one()
    return _Claimed(row.notice_id, row.channel, attempts, Message(told.key, told.kind, told.subject, told.body, told.created_at))


def _send(channel: Channel, message: Message) -> str | None:
    """What went wrong, or None. No channel's mistake keeps the others from sending."""
    try:
        channel.send(message)
    except NotSent as fault:
        return scrub(str(fault))
    except Exception as fault:
        LOG.error("a channel failed by a fault of its own", exc_info=fault, extra={"action": "notice_fault", "channel": channel.name})
        return f"an unforeseen fault ({type(fault).__name__}); the log says where"
    return None


def _note_sent(store: Database, claimed: _Claimed, now: datetime) -> None:
    with store.unguarded() as connection:
        _update(connection, claimed.notice_id, claimed.channel, state="sent", sent_at=now, last_error="")
    LOG.info("notice sent", extra={"action": "notice_sent", **_facts(claimed)})


def _note_failed(store: Database, claimed: _Claimed, fault: str, now: datetime, done: Delivered) -> None:
    over = now - claimed.message.at >= GIVE_UP_AFTER
    pause = PAUSES[min(claimed.attempts, len(PAUSES)) - 1]
    with store.unguarded() as connection:
        state = "given_up" if over else "waiting"
        _update(connection, claimed.notice_id, claimed.channel, claimed.attempts, state=state, not_before=now + pause, last_error=fault)
    done.failed += 1
    if over:
        done.given_up += 1
        LOG.error("notice given up", extra={"action": "notice_given_up", "fault": fault, **_facts(claimed)})
    else:
        seconds = int(pause.total_seconds())
        LOG.warning("notice not sent", extra={"action": "notice_failed", "fault": fault, "seconds": seconds, **_facts(claimed)})


def _give_up_without_channel(store: Database, channels: Sequence[str], now: datetime, done: Delivered) -> None:
    """Gives up what waits for a channel that is in the settings no more."""
    orphans = (
        select(delivery.c.notice_id, delivery.c.channel, notice.c.key)
        .join(notice, notice.c.id == delivery.c.notice_id)
        .where(delivery.c.state == "waiting", delivery.c.channel.not_in(channels), notice.c.created_at <= now - GIVE_UP_AFTER)
    )
    with store.reading() as connection:
        rows = connection.execute(orphans).all()
    for row in rows:
        fault = "the channel is in the settings no more"
        with store.unguarded() as connection:
            _update(connection, row.notice_id, row.channel, state="given_up", last_error=fault)
        done.given_up += 1
        LOG.error("notice given up", extra={"action": "notice_given_up", "notice": row.key, "channel": row.channel, "fault": fault})


def _update(connection: Connection, notice_id: int, channel: str, at_attempt: int | None = None, **values: Any) -> None:
    """Changes a delivery that still waits; with `at_attempt` only if nobody has claimed it since."""
    of_this = and_(delivery.c.notice_id == notice_id, delivery.c.channel == channel, delivery.c.state == "waiting")
    if at_attempt is not None:
        of_this = and_(of_this, delivery.c.attempts == at_attempt)
    connection.execute(update(delivery).where(of_this).values(**values))


def _facts(claimed: _Claimed) -> dict[str, object]:
    return {"notice": claimed.message.key, "kind": claimed.message.kind, "channel": claimed.channel, "attempt": claimed.attempts}
