"""How a program comes in: by a token in a header, never in an address. No session is looked at, and none is made."""

import base64
import binascii
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from jobs import data_tokens
from jobs.refused import Refused
from review.page import Ask, NotFound
from review.sign_in.limit import WITHIN, demand_patience, note_failure
from review.site import Site
from store.database import StoreError

log = structlog.get_logger()

HOW: Final = 'Bearer realm="Placebridge data", Basic realm="Placebridge data", charset="UTF-8"'
SEND: Final = "Send a token that an admin made under Data, in a header as `Authorization: Bearer TOKEN`, or as the password of Basic"
LONGEST: Final = 500
"""Letters of a token that are looked at."""


def answer(site: Site, name: str, handler: Callable[[Ask], Response], request: Request) -> Response:
    """What a program gets: the handler's answer, or plain text that says what is wrong."""
    url = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    caller = request.client.host if request.client else ""
    ask = Ask(site, None, "", request.path_params, request.query_params, url, caller=caller)
    try:
        view = request.path_params.get("view", "")
        return _shut(site, caller, request.headers.getlist("authorization"), view) or handler(ask)
    except NotFound as fault:
        return _plain(404, str(fault))
    except (SQLAlchemyError, StoreError) as fault:
        log.error("page failed", page=name, fault=type(fault).__name__)
        return _plain(503, "The database cannot be reached or is busy. Try again in a minute.", {"Retry-After": "60"})


def _shut(site: Site, caller: str, sent: list[str], view: str) -> Response | None:
    """Why somebody does not come in; None where they do. Only a wrong token counts against who sent it: programs ask without one first."""
    if not sent:
        return _plain(401, SEND, {"WWW-Authenticate": HOW})
    now, known_as = site.now(), f"data {caller}"
    try:
        demand_patience(site.store, known_as, now)
    except Refused as fault:
        return _plain(429, str(fault), {"Retry-After": str(WITHIN.seconds)})
    token = token_of(sent[0]) if len(sent) == 1 else ""
    if token and data_tokens.use(site.store, token, view[:LONGEST], now, site.today()):
        return None
    note_failure(site.store, known_as, now)
    said = f"This token opens nothing: it is mistyped, was withdrawn, or its last day has passed. {SEND}"
    return _plain(401, said, {"WWW-Authenticate": HOW})


def token_of(header: str) -> str:
    """The token in an Authorization header: a bearer's, or the password of Basic; empty where there is none."""
    scheme, _, rest = header.strip().partition(" ")
    found = rest.strip()
    if scheme.lower() == "basic":
        try:
            found = base64.b64decode(found, validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            return ""
    elif scheme.lower() != "bearer":
        return ""
    return found if len(found) <= LONGEST else ""


def _plain(status: int, said: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{said}\n", status, headers)
