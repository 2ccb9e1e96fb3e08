"""The pages of signing in and out."""

from starlette.responses import Response

from review import sessions
from review.cookie import forget, remember
from review.page import Ask, Page, go_to, local_path
from review.rendering import render
from review.roles import EVERYONE, NOBODY_YET, Role, User
from review.sign_in import limit, trying_out


def show(ask: Ask, wrong: str = "", status: int = 200) -> Response:
    """The page to sign in. Somebody who has signed in goes on."""
    wanted = local_path(ask.asked("next") or ask.said("next")) or "/"
    if ask.session and ask.session.user:
        return go_to(ask, wanted)
    begun = ask.session is None
    if ask.session is None:
        ask.session = sessions.begin(ask.site.store, None, ask.site.now())
    answer = render(
        ask, "sign_in/sign_in.html", status, wanted=wanted, wrong=wrong, roles=list(Role), trying_out=ask.site.try_out_code is not None
    )
    if begun:
        remember(ask.site, answer, ask.session)
    return answer


def try_out(ask: Ask) -> Response:
    """Signs in with the code that was printed."""
    now, wanted = ask.site.now(), local_path(ask.said("next")) or "/"
    limit.demand_patience(ask.site.store, now)
    user = trying_out.user_of(ask.said("role"))
    if not trying_out.is_right(ask, ask.said("code")):
        limit.note_failure(ask.site.store, now)
        return show(ask, "Enter the code that `placebridge review` printed when it began", 422)
    if user is None:
        return show(ask, "Choose a role", 422)
    return signed_in(ask, user, wanted)


def signed_in(ask: Ask, user: User, wanted: str) -> Response:
    """Begins a session for somebody, and leads on."""
    if ask.session is not None:
        sessions.end(ask.site.store, ask.session.token)
    session = sessions.begin(ask.site.store, user, ask.site.now())
    answer = go_to(ask, wanted)
    remember(ask.site, answer, session)
    return answer


def sign_out(ask: Ask) -> Response:
    """Ends the session."""
    if ask.session is not None:
        sessions.end(ask.site.store, ask.session.token)
    answer = go_to(ask, "/sign-in")
    forget(ask.site, answer)
    return answer


PAGES = (
    Page("/sign-in", "sign-in", NOBODY_YET, get=show, post=try_out),
    Page("/sign-out", "sign-out", EVERYONE, post=sign_out),
)
