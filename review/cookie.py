"""The session's cookie."""

from starlette.responses import Response

from review.sessions import LONGEST, Session
from review.site import Site


def name_of(site: Site) -> str:
    """The cookie's name; over https one that browsers take only from https, and without a prefix only from this very host."""
    if not site.secure:
        return "placebridge"
    return "__Secure-placebridge" if site.prefix else "__Host-placebridge"


def remember(site: Site, answer: Response, session: Session) -> None:
    """Has the browser send the session's token with what it asks next."""
    answer.set_cookie(
        name_of(site), session.token, max_age=LONGEST.seconds, path=site.prefix or "/", secure=site.secure, httponly=True, samesite="lax"
    )


def forget(site: Site, answer: Response) -> None:
    """Has the browser throw the cookie away."""
    answer.delete_cookie(name_of(site), path=site.prefix or "/", secure=site.secure, httponly=True, samesite="lax")
