"""The application: every page behind its lock, and what a browser is told about each answer."""

import secrets
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from jobs.refused import Refused
from review import sessions
from review.body import LARGEST_FORM, TooLarge, within
from review.cookie import name_of
from review.headers import Headers
from review.hosts import Known
from review.page import Ask, NotFound, Page, go_to, not_done
from review.rendering import STATIC, render
from review.routes import PAGES
from review.sign_in import trying_out
from review.site import Site
from store.database import StoreError

log = structlog.get_logger()

LARGEST_FIELD = 200_000
MOST_FIELDS = 5_000
"""A selection of a whole page of the list, and its filters, with room to spare."""
MOST_FILES = 20


def make_app(site: Site) -> Starlette:
    """The ASGI application of a site."""
    routes: list[Route | Mount] = [Route(page.path, partial(_answer, site, page), methods=_methods(page), name=page.name) for page in PAGES]
    routes.append(Mount("/static", StaticFiles(directory=STATIC)))
    app = Starlette(routes=routes, exception_handlers={404: partial(_missing, site), 405: partial(_missing, site)})
    app.add_middleware(Headers, site=site)
    app.add_middleware(Known, site=site)
    return app


def _methods(page: Page) -> list[str]:
    return [method for method, handler in (("GET", page.get), ("POST", page.post)) if handler]


async def _answer(site: Site, page: Page, request: Request) -> Response:
    handler = page.post if request.method == "POST" else page.get
    if handler is None:  # HEAD is GET without its body
        raise HTTPException(405)
    ask = await _ask(site, request)
    try:
        return await _checked(ask, page, request, handler)
    except NotFound as fault:
        return await run_in_threadpool(_fault, ask, 404, "There is no such page", str(fault))
    except Refused as fault:
        return await run_in_threadpool(_refused, ask, str(fault), request.method)
    except (SQLAlchemyError, StoreError) as fault:
        log.error("page failed", page=page.name, fault=type(fault).__name__)
        return _plain_fault(ask, "The database cannot be reached or is busy. Nothing half done was kept. Wait a minute, then try again.")
    except TooLarge as fault:
        return await run_in_threadpool(_fault, ask, 413, "That is too large", str(fault))
    except HTTPException as fault:  # what Starlette says of a form that it cannot read
        said = "What was sent cannot be read, or has too much in it. Go back, shorten it, and send it again. Nothing was changed."
        return await run_in_threadpool(_fault, ask, fault.status_code, "That cannot be read", said)
    except ClientDisconnect:
        raise
    except Exception as fault:
        log.error("page failed", page=page.name, fault=type(fault).__name__, where=_where(fault))
        return _plain_fault(ask, "This page has a fault. What you sent may not have been kept. Tell whoever looks after Placebridge here.")


async def _ask(site: Site, request: Request) -> Ask:
    url = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    nonce = request.scope.get("nonce", "")
    caller = request.client.host if request.client else ""
    ask = Ask(await _current(site), None, nonce, request.path_params, request.query_params, url, caller=caller)
    token = request.cookies.get(name_of(site))
    if token:
        try:
            ask.session = _counting(site, await run_in_threadpool(sessions.find, site.store, token, site.now()))
        except (SQLAlchemyError, StoreError) as fault:
            log.error("sessions cannot be read", fault=type(fault).__name__)
    return ask


def _counting(site: Site, session: sessions.Session | None) -> sessions.Session | None:
    """The session, unless it is of somebody who tried the site out before it was put to work."""
    if session and session.user and session.user.sign_in.startswith(trying_out.SIGN_IN) and site.try_out_code is None:
        return None
    return session
async def _current(site: Site) -> Site:
    """The site with the rules that hold now; where the database is away, with those that it has."""
    try:
        return await run_in_threadpool(site.current)
    except (SQLAlchemyError, StoreError) as fault:
        log.error("rules cannot be read", fault=type(fault).__name__)
        return site


async def _checked(ask: Ask, page: Page, request: Request, handler: Callable[[Ask], Response]) -> Response:
    """The handler's answer, where whoever asks may have it."""
    roles = page.roles_of(request.method)
    if roles:
        if ask.session is None or ask.session.user is None:
            wanted = ask.url if request.method == "GET" else "/"
            return go_to(ask, f"/sign-in?{urlencode({'next': wanted})}")
        if not ask.session.user.may(roles):
            return await run_in_threadpool(_fault, ask, 403, "You may not see this page", _who_may(roles))
    if request.method == "POST":
        ask.form = await _form(ask.site, request, page)
        sent = ask.said("csrf")
        if ask.session is None or not secrets.compare_digest(sent.encode(), ask.session.csrf.encode()):
            return await run_in_threadpool(
                _fault, ask, 403, "This form is too old", "Go back, load the page again, and send the form again. Nothing was changed."
            )
    try:
        _demand_text(ask)
        return await run_in_threadpool(handler, ask)
    finally:
        await ask.form.close()


def _demand_text(ask: Ask) -> None:
    """No text of ours holds a NUL, and PostgreSQL takes none. Raises NotFound, HTTPException."""
    if any("\x00" in value for value in ask.path.values()):
        raise NotFound("Check the address.")
    sent = (*ask.query.multi_items(), *ask.form.multi_items())
    if any("\x00" in part for pair in sent for part in pair if isinstance(part, str)):
        raise HTTPException(400)


async def _form(site: Site, request: Request, page: Page) -> FormData:
    """The form's fields. Raises TooLarge, and HTTPException for one that cannot be read."""
    bounded = within(request, site.setup.largest_upload + LARGEST_FORM if page.uploads else LARGEST_FORM)
    return await bounded.form(max_files=MOST_FILES if page.uploads else 0, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)


def _who_may(roles: frozenset[str]) -> str:
    wanted = " or ".join(sorted(roles))
    return f"It is for people with the role {wanted}. Whoever looks after sign-in at your organisation can give it to you."


def _refused(ask: Ask, said: str, method: str) -> Response:
    if method == "POST":
        return not_done(ask, said, ask.back("/"))
    return _fault(ask, 409, "This cannot be shown", said)


def _fault(ask: Ask, status: int, title: str, said: str) -> Response:
    return render(ask, "fault.html", status, title=title, said=said)


def _plain_fault(ask: Ask, said: str) -> Response:
    """A page that needs no database."""
    bare = Ask(ask.site, None, ask.nonce, ask.path, ask.query, ask.url)
    return render(bare, "fault.html", 503, title="Sorry, something is wrong", said=said)


async def _missing(site: Site, request: Request, fault: Exception) -> Response:
    ask = await _ask(site, request)
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    said = "Check the address. If you followed a link here, tell whoever gave it to you."
    return await run_in_threadpool(_fault, ask, status, "There is no such page", said)


def _where(fault: Exception) -> str:
    """The line of ours in which a fault arose; its message may hold people's data and is not logged."""
    trace, found = fault.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if "site-packages" not in code.co_filename:
            found = f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return found
