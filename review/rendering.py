"""Rendering: Jinja templates with what all of them need."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from jobs.wording import say_day
from review import sessions
from review.navigation import navigation
from review.page import Ask
from review.words import LEVELS, REACHES, STATES, points_for, theme_name

STATIC = Path(__file__).parent / "static"


@cache
def environment() -> Environment:
    """The templates; what is put into them is escaped, and a name that is not there is a fault."""
    made = Environment(
        loader=PackageLoader("review", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"day": _day, "number": _number, "counted": _counted, "points_for": points_for}
    made.globals |= {
        "STATES": STATES,
        "REACHES": REACHES,
        "LEVELS": LEVELS,
        "asset": asset,
        "query": _query,
        "govuk": component,
        "choices": choices,
    }
    return made


@cache
def _components() -> Environment:
    """GOV.UK Frontend's components, whose templates lean on names that are not there."""
    return Environment(loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}), autoescape=True)


@cache
def _macro(name: str) -> Any:
    macro = "govuk" + "".join(word.capitalize() for word in name.split("-"))
    return getattr(_components().get_template(f"govuk_frontend_jinja/components/{name}/macro.html").module, macro)


def component(kind: str, /, **params: Any) -> Markup:
    """A component of GOV.UK Frontend by its name and its documented options: https://design-system.service.gov.uk/components/"""
    return Markup(_macro(kind)(params))  # noqa: S704 - what it is given is escaped by the component's own template


def choices(values: Iterable[str | tuple[str, str]], empty: str = "") -> list[dict[str, str]]:
    """The items of a select: texts, or pairs of value and text. `empty`: what the choice of none is called, if there is one."""
    pairs = [(value, value) if isinstance(value, str) else value for value in values]
    return [{"value": value, "text": text} for value, text in ([("", empty)] if empty else []) + pairs]


def render(ask: Ask, template: str, status: int = 200, **context: Any) -> Response:
    """A page from a template."""
    said = _take(ask, "done"), _take(ask, "not_done")
    site, session = ask.site, ask.session
    user = session.user if session else None
    common = {
        "at": site.at, "council": site.name, "user": user, "csrf": session.csrf if session else "", "cspNonce": ask.nonce,
        "url": ask.url, "today": site.today(), "now": site.now(), "said_done": said[0], "said_not_done": said[1],
        "theme": lambda name: theme_name(site, name),
        "when": lambda moment: _moment(moment, site.zone), "may": lambda roles: user is not None and user.may(roles),
    }  # fmt: skip
    words = environment().get_template(template).render(**common, navigation=navigation(user, ask.url), **context)
    return HTMLResponse(words, status_code=status)


def _take(ask: Ask, key: str) -> str:
    """What the last page left to be said, which is said once."""
    if ask.session is None or key not in ask.session.held:
        return ""
    said = str(ask.session.held.pop(key))
    sessions.keep(ask.site.store, ask.session)
    return said


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it."""
    return f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def _day(day: date | None, otherwise: str = "") -> str:
    return say_day(day) if day else otherwise


def _moment(moment: datetime | None, zone: Any) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    return f"{say_day(local.date())} {local:%H:%M}"


def _number(number: int) -> str:
    return f"{number:,}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _query(**values: Any) -> str:
    """Names and values as an address's query; empty ones are left out."""
    pairs = [(name, value) for name, held in values.items() for value in (held if isinstance(held, list) else [held])]
    return urlencode([(name, value) for name, value in pairs if value not in ("", None)])
