"""Gathers notices: where much goes wrong at once, as when the network is down, ops get few messages and not one for each connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from jobs.notices.channel import Message
from jobs.notices.kinds import RUNBOOK
from jobs.notices.outbox import LONGEST_SUBJECT
from store import bulk
from store.tables import OpsDelivery, OpsNotice

notice, delivery = bulk.table_of(OpsNotice), bulk.table_of(OpsDelivery)

FEW, LATELY = 5, timedelta(hours=1)
"""So many messages within so long go out as they come."""
WAIT = timedelta(minutes=10)
"""What comes after them waits so long for more, and goes out as one."""
MOST = 200
"""Notices that one message tells."""
SEVERAL = "several"


@dataclass(frozen=True)
class Waiting:
    """A notice that a channel is to tell."""

    notice_id: int
    attempts: int
    """Tries, the one that begins included."""
    message: Message


def next_message(connection: Connection, channel: str, due_by: datetime) -> Sequence[Waiting]:
    """The notices that a channel is to tell next, in one message; none where nothing is due, or all of it is to wait for more.

    In the caller's transaction nobody else gets any of them."""
    due = (
        select(notice.c.id, delivery.c.attempts + 1, notice.c.key, notice.c.kind, notice.c.subject, notice.c.body, notice.c.created_at)
        .join(delivery, delivery.c.notice_id == notice.c.id)
        .where(delivery.c.channel == channel, delivery.c.state == "waiting", delivery.c.not_before <= due_by)
        .order_by(delivery.c.not_before, notice.c.id)
        .limit(MOST)
        # SQLite has no such words and needs none: there only one transaction at a time may write.
        .with_for_update(skip_locked=True, of=delivery)
    )
    waiting = [Waiting(notice_id, attempts, Message(*told)) for notice_id, attempts, *told in connection.execute(due)]
    if not waiting:
        return []
    if _is_crowded(connection, channel, due_by - LATELY):
        return waiting if min(one.message.at for one in waiting) <= due_by - WAIT else []
    return waiting if len(waiting) > FEW else waiting[:1]


def _is_crowded(connection: Connection, channel: str, since: datetime) -> bool:
    """Whether a channel has sent a few messages since then. Notices of one message were sent at one moment."""
    sent = select(func.count(delivery.c.sent_at.distinct())).where(delivery.c.channel == channel, delivery.c.sent_at > since)
    return (connection.scalar(sent) or 0) >= FEW


def as_one(waiting: Sequence[Waiting]) -> Message:
    """One message that tells all of these, the oldest first."""
    messages = [one.message for one in sorted(waiting, key=lambda one: one.notice_id)]
    if len(messages) == 1:
        return messages[0]
    titles = [message.subject.removeprefix("Placebridge: ") for message in messages]
    subject = f"Placebridge: {len(messages)} notices: {'; '.join(titles)}"
    listed = "\n".join(f"- {title}" for title in titles)
    do = "run `placebridge doctor`: it says what to do about whatever is still wrong."
    body = f"{len(messages)} things came at once, or soon after each other:\n\n{listed}\n\nWhat to do: {do}\n\nMore: {RUNBOOK}\n"
    shown = subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…"
    return Message(f"{SEVERAL}/{len(messages)}/{messages[0].key}", SEVERAL, shown, body, messages[-1].at)
