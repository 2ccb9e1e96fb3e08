"""Alerts: one notice when something goes wrong, none while it stays so, and one when it is well again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select, update

from jobs.notices.kinds import KINDS
from jobs.notices.outbox import tell
from jobs.scrub import scrub
from store import bulk
from store.tables import Alert

alert = bulk.table_of(Alert)


@dataclass(frozen=True)
class OpenAlert:
    """Something that is wrong now."""

    kind: str
    subject: str
    said: str
    opened_at: datetime


def raise_alert(connection: Connection, kind: str, subject: str, said: str, now: datetime) -> bool:
    """Opens an alert and writes its notice, in the caller's transaction; False where it was open already, which tells nobody again.

    `kind`: one of KINDS. `subject`: what is unwell, as a connection's name; never a person. `said`: what was seen, in a sentence."""
    of_kind = KINDS[kind]
    fresh = {"said": scrub(said), "opened_at": now, "cleared_at": None, "seen_at": None}
    opened = connection.execute(
        bulk.upsert(connection, Alert)
        .values(kind=kind, subject=subject, episode=1, **fresh)
        .on_conflict_do_update(
            index_elements=["kind", "subject"], set_={"episode": alert.c.episode + 1, **fresh}, where=alert.c.cleared_at.is_not(None)
        )
        .returning(alert.c.episode)
    ).first()
    if opened is None:
        return False
    return tell(
        connection, _key(kind, subject, opened.episode, "open"), of_kind.title_of(subject), of_kind.body_of(subject, said), kind, now
    )


def clear_alert(connection: Connection, kind: str, subject: str, now: datetime) -> bool:
    """Closes an alert and writes the notice that it is well again, in the caller's transaction; False where none was open."""
    of_this = (alert.c.kind == kind, alert.c.subject == subject, alert.c.cleared_at.is_(None))
    closed = connection.execute(update(alert).where(*of_this).values(cleared_at=now).returning(alert.c.episode, alert.c.opened_at)).first()
    if closed is None:
        return False
    of_kind = KINDS[kind]
    body = of_kind.well_body_of(subject, closed.opened_at)
    return tell(connection, _key(kind, subject, closed.episode, "well"), of_kind.well_title_of(subject), body, kind, now)


def note_seen(connection: Connection, kind: str, subject: str, now: datetime) -> None:
    """Notes that something is wrong which may pass by itself, so that it is told only if it lasts: `seen` says since when."""
    row = {"kind": kind, "subject": subject, "episode": 0, "said": "", "opened_at": now, "cleared_at": now, "seen_at": now}
    new = and_(alert.c.cleared_at.is_not(None), alert.c.seen_at.is_(None))
    new_row = bulk.upsert(connection, Alert).values(**row)
    connection.execute(new_row.on_conflict_do_update(index_elements=["kind", "subject"], set_={"seen_at": now}, where=new))


def seen(connection: Connection) -> dict[tuple[str, str], datetime]:
    """What is wrong by kind and subject, but not told yet, and since when."""
    rows = connection.execute(select(alert.c.kind, alert.c.subject, alert.c.seen_at).where(alert.c.seen_at.is_not(None)))
    return {(row.kind, row.subject): row.seen_at for row in rows}


def pass_over(connection: Connection, kind: str, subject: str, now: datetime) -> None:
    """Closes an alert, or forgets what was seen, and tells nobody: what was unwell is there no more."""
    of_this = (alert.c.kind == kind, alert.c.subject == subject)
    closed = func.coalesce(alert.c.cleared_at, now)
    connection.execute(update(alert).where(*of_this).values(cleared_at=closed, seen_at=None))


def open_alerts(connection: Connection) -> list[OpenAlert]:
    """The alerts that are open, the oldest first."""
    columns = (alert.c.kind, alert.c.subject, alert.c.said, alert.c.opened_at)
    query = select(*columns).where(alert.c.cleared_at.is_(None)).order_by(alert.c.opened_at, alert.c.kind, alert.c.subject)
    return [OpenAlert(*row) for row in connection.execute(query)]


def _key(kind: str, subject: str, episode: int, what: str) -> str:
    return f"{kind}/{subject}/{episode}/{what}"
