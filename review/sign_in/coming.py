"""Somebody comes in or goes: the session, the line in the audit, and who they are for those who read it."""

from datetime import datetime

from starlette.responses import Response

from jobs import audit, colleagues
from review import sessions
from review.cookie import forget, remember
from review.page import Ask, go_to
from review.roles import User
from store.database import Database
from store.tables import Colleague


def come_in(ask: Ask, user: User, wanted: str, keep: dict[str, str] | None = None) -> Response:
    """Begins a session for somebody, a new one always, and leads on."""
    store, now = ask.site.store, ask.site.now()
    if ask.session is not None:
        sessions.end(store, ask.session.token)
    session = sessions.begin(store, user, now, dict(keep or {}))
    _note_in(store, user, now)
    answer = go_to(ask, wanted)
    remember(ask.site, answer, session)
    return answer


def go_out(ask: Ask, answer: Response) -> Response:
    """Ends the session; the answer has the browser forget it."""
    if ask.session is not None:
        sessions.end(ask.site.store, ask.session.token)
        if ask.session.user is not None:
            who = ask.session.user.sign_in
            with ask.site.store.connect() as connection:
                audit.note(connection, who, "sign out", who, ask.site.now())
    forget(ask.site, answer)
    return answer


def _note_in(store: Database, user: User, now: datetime) -> None:
    roles = " ".join(sorted(user.roles))
    came = Colleague(sign_in=user.sign_in, name=user.name, email=user.email, roles=roles, first_at=now, last_at=now)
    with store.connect() as connection:
        colleagues.note_came(connection, came)
        audit.note(connection, user.sign_in, "sign in", user.sign_in, now, roles)
