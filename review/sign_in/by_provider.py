"""Signing in by the organisation's OpenID provider: there, back, and out."""

import secrets
from dataclasses import asdict
from typing import Any

import structlog
from starlette.responses import RedirectResponse, Response

from jobs import audit
from review import sessions
from review.cookie import remember
from review.page import Ask, NotFound, go_to, local_path
from review.rendering import render
from review.sign_in import limit
from review.sign_in.asking import TurnedDown, Unreachable, word
from review.sign_in.coming import come_in
from review.sign_in.id_token import Untrue
from review.sign_in.provider import Begun, Provider

log = structlog.get_logger()

BACK = "/sign-in/back"
OUT = "/sign-out/done"
BEGUN = "sign_ins_begun"
TELL = "if that does not help, tell whoever looks after Placebridge here."
MOST_TABS = 5
"""Sign-ins that one browser may have under way, each in a tab of its own."""


def start(ask: Ask) -> Response:
    """To the provider. A link leads here, not a form, which could not lead to another site."""
    provider, wanted = _provider(ask), local_path(ask.asked("next")) or "/"
    if ask.session and ask.session.user:
        return go_to(ask, wanted)
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), wanted)
    try:
        address = provider.start(begun, ask.site.whole(BACK))
    except Unreachable as fault:
        return _unreachable(ask, fault)
    if ask.session is None:
        ask.session = sessions.begin(ask.site.store, None, ask.site.now())
    ask.session.held[BEGUN] = [*_begun(ask), asdict(begun)][-MOST_TABS:]
    sessions.keep(ask.site.store, ask.session)
    answer = RedirectResponse(address, status_code=303)
    remember(ask.site, answer, ask.session)
    return answer


def back(ask: Ask) -> Response:
    """Back from the provider, with a code or with its refusal. Each answer counts once."""
    provider = _provider(ask)
    if ask.session and ask.session.user:
        return go_to(ask, "/")
    begun = _take(ask, ask.query.get("state", ""))
    if begun is None:
        said = "This sign-in was not begun in this browser, has been used already, or took more than 15 minutes. Sign in again."
        return _not_in(ask, 400, "You are not signed in", said, "the answer belongs to no sign-in that was begun")
    if "error" in ask.query:
        why = word(ask.query["error"])
        said = f"The sign-in service did not let you in ({why}). Try again; if that does not help, ask whoever looks after it."
        return _not_in(ask, 403, "You are not signed in", said, f"the provider says {why}")
    now = ask.site.now()
    limit.demand_patience(ask.site.store, ask.caller, now)
    try:
        came = provider.finish(begun, ask.query.get("code", ""), ask.query.get("iss", ""), ask.site.whole(BACK), now)
    except Unreachable as fault:
        return _unreachable(ask, fault)
    except (TurnedDown, Untrue) as fault:
        limit.note_failure(ask.site.store, ask.caller, now)
        said = f"What the sign-in service sent could not be used. Sign in again; {TELL}"
        return _not_in(ask, 403, "You are not signed in", said, str(fault))
    if not came.user.roles:
        with ask.site.store.connect() as connection:
            audit.note(connection, came.user.sign_in, "sign in refused", came.user.sign_in, now, "no role")
        said = (
            "The sign-in service knows you, but you have no role in Placebridge. Ask whoever looks after sign-in at your organisation"
            " for one of: viewer, officer, admin, auditor. Then sign in again."
        )
        return _not_in(ask, 403, "You have no role here", said, "no role")
    return come_in(ask, came.user, begun.wanted, {"id_token": came.id_token})


def end_address(ask: Ask) -> str | None:
    """Where to sign out at the provider as well, for somebody who signed in there."""
    provider, session = ask.site.provider, ask.session
    if provider is None or session is None or "id_token" not in session.held:
        return None
    return provider.end_address(str(session.held["id_token"]), ask.site.whole(OUT))


def _provider(ask: Ask) -> Provider:
    if ask.site.provider is None:
        raise NotFound("Signing in by a provider is not set up here.")
    return ask.site.provider


def _begun(ask: Ask) -> list[Any]:
    return list(ask.session.held.get(BEGUN, [])) if ask.session else []


def _take(ask: Ask, state: str) -> Begun | None:
    """The sign-in that an answer belongs to, which is then no longer under way."""
    found = [each for each in _begun(ask) if secrets.compare_digest(str(each["state"]).encode(), state.encode())]
    if not found or ask.session is None:
        return None
    ask.session.held[BEGUN] = [each for each in _begun(ask) if each not in found]
    sessions.keep(ask.site.store, ask.session)
    return Begun(**found[0])


def _unreachable(ask: Ask, fault: Unreachable) -> Response:
    said = f"The sign-in service cannot be reached, or does not answer as it should. Try again in a few minutes; {TELL}"
    return _not_in(ask, 503, "You cannot sign in now", said, str(fault))


def _not_in(ask: Ask, status: int, title: str, said: str, why: str) -> Response:
    """A page that says so; the log says why, without saying who."""
    log.warning("a sign-in failed", why=why)
    return render(ask, "sign_in/not_in.html", status, title=title, said=said)
