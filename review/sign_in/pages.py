"""The pages of signing in and out."""

from dataclasses import replace

from starlette.responses import Response

from review import sessions
from review.cookie import remember
from review.page import Ask, NotFound, Page, go_to, local_path
from review.rendering import render
from review.roles import EVERYONE, NOBODY_YET, Role
from review.sign_in import by_provider, limit, trying_out
from review.sign_in.coming import come_in, go_out


def show(ask: Ask, wrong: str = "", status: int = 200) -> Response:
    """The page to sign in. Somebody who has signed in goes on."""
    wanted = local_path(ask.asked("next") or ask.said("next")) or "/"
    if ask.session and ask.session.user:
        return go_to(ask, wanted)
    if ask.site.provider is not None:
        return render(ask, "sign_in/by_provider.html", wanted=wanted)
    begun = ask.session is None
    if ask.session is None:
        ask.session = sessions.begin(ask.site.store, None, ask.site.now())
    context = {"wrong": wrong, "roles": list(Role), "trying_out": ask.site.try_out_code is not None}
    answer = render(ask, "sign_in/sign_in.html", status, wanted=wanted, **context)
    if begun:
        remember(ask.site, answer, ask.session)
    return answer


def try_out(ask: Ask) -> Response:
    """Signs in with the code that was printed."""
    if ask.site.try_out_code is None:
        raise NotFound("Signing in by a code is for trying out, and is off here.")
    now, wanted = ask.site.now(), local_path(ask.said("next")) or "/"
    limit.demand_patience(ask.site.store, ask.caller, now)
    user = trying_out.user_of(ask.said("role"))
    if not trying_out.is_right(ask, ask.said("code")):
        limit.note_failure(ask.site.store, ask.caller, now)
        return show(ask, "Enter the code that `placebridge review` printed when it began", 422)
    if user is None:
        return show(ask, "Choose a role", 422)
    return come_in(ask, user, wanted)


def sign_out(ask: Ask) -> Response:
    """Ends the session, here and at the provider."""
    elsewhere = by_provider.end_address(ask)
    if elsewhere is None:
        return go_out(ask, go_to(ask, by_provider.OUT))
    answer = render(replace(ask, session=None), "sign_in/leaving.html", elsewhere=elsewhere)
    answer.headers["Refresh"] = f"0; url={elsewhere}"  # a form of ours may not lead to another site, not even by a redirect
    return go_out(ask, answer)


def signed_out(ask: Ask) -> Response:
    """Says that it is done."""
    return render(ask, "sign_in/signed_out.html", still_in=bool(ask.session and ask.session.user))


PAGES = (
    Page("/sign-in", "sign-in", NOBODY_YET, get=show, post=try_out),
    Page("/sign-in/start", "sign-in-start", NOBODY_YET, get=by_provider.start),
    Page(by_provider.BACK, "sign-in-back", NOBODY_YET, get=by_provider.back),
    Page("/sign-out", "sign-out", EVERYONE, post=sign_out),
    Page(by_provider.OUT, "signed-out", NOBODY_YET, get=signed_out),
)
