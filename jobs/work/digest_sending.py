"""Finds which digests are due, writes each into an outbox once, and hands it to the mail server. A crash never sends one twice."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from jobs.notices.channel import NotSent
from jobs.work.digest import Choice, Digest, compose, newest_moment
from jobs.work.digest_mail import Links, Written, mail, write
from store import bulk
from store.database import Database
from store.tables import DigestChoice, DigestMail

LOG = logging.getLogger("jobs.digest")
choices, mails = bulk.table_of(DigestChoice), bulk.table_of(DigestMail)

PAUSE = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(days=1)
EMPTIED = {"address": "", "subject": "", "text": "", "html": ""}

HandIn = Callable[[str, EmailMessage], None]
"""Hands a mail in for an address. Raises NotSent."""


@dataclass(frozen=True)
class DueDigest:
    """A digest whose time has come."""

    officer: str
    choice: Choice
    told_to: datetime
    moment: datetime
    digest: Digest

    @property
    def period(self) -> str:
        """The day that it is for."""
        return self.moment.date().isoformat()


def due(store: Database, now: datetime, zone: ZoneInfo) -> list[DueDigest]:
    """The digests that are due by now (UTC), those with nothing to tell among them. It only reads."""
    with store.reading() as connection:
        rows = connection.execute(select(choices).order_by(choices.c.officer)).all()
    return [found for row in rows if (found := _due(store, row, now, zone)) is not None]


def _due(store: Database, row: Any, now: datetime, zone: ZoneInfo) -> DueDigest | None:
    moment = newest_moment(row.every, row.weekday, now, zone)
    if row.told_to >= moment:
        return None
    choice = Choice(row.address, tuple(row.places), tuple(row.themes), row.every, row.weekday)
    since, until = row.told_to.astimezone(zone).date(), moment.date()
    return DueDigest(row.officer, choice, row.told_to, moment, compose(store, choice, row.officer, since, until, zone))


def make(store: Database, now: datetime, zone: ZoneInfo, links: Links) -> int:
    """Writes every digest that is due into the outbox, once, whoever else does so; how many. One with nothing to tell is passed over."""
    made = 0
    for found in due(store, now, zone):
        written = write(found.digest, links)
        with store.unguarded() as connection:
            made += _put(connection, found, written, now)
    return made


def _put(connection: Connection, found: DueDigest, written: Written, now: datetime) -> bool:
    mine = choices.c.officer == found.officer, choices.c.told_to == found.told_to
    if not connection.execute(update(choices).where(*mine).values(told_to=found.moment)).rowcount or found.digest.is_empty:
        return False
    values = {"state": "waiting", "address": found.choice.address, "subject": written.subject, "text": written.text, "html": written.html,
              "made_at": now, "attempts": 0, "not_before": now, "last_error": ""}  # fmt: skip
    new = bulk.upsert(connection, DigestMail).values(officer=found.officer, period=found.period, **values)
    return connection.execute(new.on_conflict_do_nothing().returning(mails.c.officer)).first() is not None


def send(store: Database, hand_in: HandIn, sender: str, links: Links, now: datetime) -> int:
    """Hands in what waits; how many were taken. One that is refused is tried again for a day.

    One that was begun and not ended, as where a process died, is not tried again: it may have been taken."""
    sent = 0
    _give_up_begun(store, now)
    while (row := _claim(store, now)) is not None:
        written = Written(row.subject, row.text, row.html)
        try:
            hand_in(row.address, mail(written, sender, row.address, row.officer, row.period, row.made_at, links))
        except NotSent as fault:
            _note_failed(store, row, str(fault), now)
        else:
            _note(store, row, {"state": "sent", "sent_at": now, "last_error": "", **EMPTIED})
            sent += 1
    return sent


def _claim(store: Database, now: datetime) -> Any:
    due_mails = select(mails).where(mails.c.state == "waiting", mails.c.not_before <= now)
    waits = due_mails.order_by(mails.c.not_before, mails.c.officer).limit(1)
    with store.unguarded() as connection:
        row = connection.execute(waits.with_for_update(skip_locked=True)).first()
        if row is not None:
            _update(connection, row, {"state": "sending", "attempts": row.attempts + 1, "not_before": now})
    return row


def _note_failed(store: Database, row: Any, fault: str, now: datetime) -> None:
    over = now - row.made_at >= GIVE_UP_AFTER
    if over:
        _note(store, row, {"state": "given_up", "last_error": fault, **EMPTIED})
    else:
        _note(store, row, {"state": "waiting", "not_before": now + PAUSE, "last_error": fault})
    LOG.log(logging.ERROR if over else logging.WARNING, "digest not sent", extra={"action": "digest_failed", "fault": fault})


def _give_up_begun(store: Database, now: datetime) -> None:
    old = mails.c.state == "sending", mails.c.not_before <= now - GIVE_UP_AFTER
    with store.reading() as connection:
        if connection.execute(select(mails.c.officer).where(*old).limit(1)).first() is None:
            return
    with store.unguarded() as connection:
        connection.execute(update(mails).where(*old).values(state="given_up", last_error="it was begun and not ended", **EMPTIED))


def _note(store: Database, row: Any, values: dict[str, Any]) -> None:
    with store.unguarded() as connection:
        _update(connection, row, values)


def _update(connection: Connection, row: Any, values: dict[str, Any]) -> None:
    connection.execute(update(mails).where(mails.c.officer == row.officer, mails.c.period == row.period).values(**values))
