"""Sends what waits in the outbox, by every channel, until it is taken or a day has passed."""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from jobs.notices.channel import Channel, Message, NotSent
from jobs.notices.gathering import Waiting, as_one, next_message
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
    """One message that is ours to send by a channel, and the notices that it tells."""

    channel: str
    notices: Sequence[Waiting]
    message: Message


def deliver(store: Database, channels: Iterable[Channel], now: datetime) -> Delivered:
    """Sends what waits and is due at `now` (UTC); much at once goes out as one message (`gathering`). What fails is tried again at a later
    call, with growing pauses, for a day; then it is given up, and the log says so. A channel that failed is left alone for the rest of the
    call.

    Each delivery is claimed before it is sent, so of several workers one sends it. A process that dies between sending and noting it leaves
    its claim to run out, and the delivery is made again: a notice can come twice (with the same key), and is never lost. It holds no lease
    and heeds none, so it may go on in a thread of its own beside a worker's beat."""
    every = list(channels)
    names, done, began = [channel.name for channel in every], Delivered(), time.monotonic()
    _hand_out(store, names, now)
    _give_up_without_channel(store, names, now, done)
    for channel in every:
        while (claimed := _claim(store, channel.name, now, _later(now, began))) is not None:
            fault = _send(channel, claimed.message)
            if fault is not None:
                _note_failed(store, claimed, fault, _later(now, began), done)
                break
            _note_sent(store, claimed, _later(now, began), done)
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


def _claim(store: Database, channel: str, due_by: datetime, now: datetime) -> _Claimed | None:
    """Takes what a channel is to send next, so that nobody else sends it; None where there is nothing."""
    with store.unguarded() as connection:
        waiting = next_message(connection, channel, due_by)
        if not waiting:
            return None
        for one in waiting:
            _update(connection, one.notice_id, channel, attempts=one.attempts, not_before=now + ABANDONED_AFTER)
    return _Claimed(channel, waiting, as_one(waiting))


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


def _note_sent(store: Database, claimed: _Claimed, now: datetime, done: Delivered) -> None:
    with store.unguarded() as connection:
        for one in claimed.notices:
            _update(connection, one.notice_id, claimed.channel, state="sent", sent_at=now, last_error="")
    done.sent += len(claimed.notices)
    for one in claimed.notices:
        LOG.info("notice sent", extra={"action": "notice_sent", **_facts(claimed, one)})


def _note_failed(store: Database, claimed: _Claimed, fault: str, now: datetime, done: Delivered) -> None:
    done.failed += len(claimed.notices)
    for one in claimed.notices:
        over = now - one.message.at >= GIVE_UP_AFTER
        pause = PAUSES[min(one.attempts, len(PAUSES)) - 1]
        with store.unguarded() as connection:
            state = "given_up" if over else "waiting"
            _update(connection, one.notice_id, claimed.channel, one.attempts, state=state, not_before=now + pause, last_error=fault)
        if over:
            done.given_up += 1
            LOG.error("notice given up", extra={"action": "notice_given_up", "fault": fault, **_facts(claimed, one)})
        else:
            seconds = int(pause.total_seconds())
            LOG.warning("notice not sent", extra={"action": "notice_failed", "fault": fault, "seconds": seconds, **_facts(claimed, one)})


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


def _facts(claimed: _Claimed, one: Waiting) -> dict[str, object]:
    return {"notice": one.message.key, "kind": one.message.kind, "channel": claimed.channel, "attempt": one.attempts}
