"""Pages: a path, who may see it, and the functions that answer. What a browser asks comes to them checked, as an `Ask`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import FormData, QueryParams
from starlette.responses import RedirectResponse, Response

from review import sessions
from review.roles import Role, User
from review.sessions import Session
from review.site import Site


@dataclass
class Ask:
    """What a browser asks, checked: who asks may do so, and a form comes from a page of ours."""

    site: Site
    session: Session | None
    nonce: str
    path: Mapping[str, str]
    query: QueryParams
    url: str
    """The path and query asked for, without the prefix, as an address has them (percent-encoded)."""
    form: FormData = field(default_factory=FormData)
    caller: str = ""
    """The address that the browser is at, as far as a proxy tells it."""

    @property
    def user(self) -> User:
        """Who asks, on a page that somebody must have signed in for."""
        if self.session is None or self.session.user is None:
            raise LookupError("nobody has signed in")
        return self.session.user

    def said(self, name: str) -> str:
        """A field of the form, without outer spaces; empty where it was not sent."""
        value = self.form.get(name, "")
        return value.replace("\0", "").strip() if isinstance(value, str) else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field of the form, as of checkboxes."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def asked(self, name: str) -> str:
        """A value of the address's query, without outer spaces."""
        return self.query.get(name, "").replace("\0", "").strip()

    def back(self, otherwise: str) -> str:
        """The page that a form came from, where it says so and is ours."""
        return local_path(self.said("back")) or otherwise


Handler = Callable[[Ask], Response]


@dataclass(frozen=True)
class Page:
    """A path with the functions that answer it. `roles` may see it, `changes` may send its form (the same, unless said)."""

    path: str
    name: str
    roles: frozenset[Role]
    get: Handler | None = None
    post: Handler | None = None
    changes: frozenset[Role] | None = None
    uploads: bool = False
    by_token: bool = False
    """For programs, which have a token of their own (review/data/door.py) and no session: neither cookie nor roles count."""

    def roles_of(self, method: str) -> frozenset[Role]:
        """Who may use a method; nobody in it: also somebody who has not signed in."""
        return self.roles if method != "POST" or self.changes is None else self.changes


def local_path(text: str) -> str | None:
    """A path on this site, as browsers read it; None for anything that could lead elsewhere."""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or any(ord(letter) <= 32 or ord(letter) == 127 for letter in text):
        return None
    split = urlsplit(text)
    return text if not split.scheme and not split.netloc else None


def go_to(ask: Ask, path: str) -> Response:
    """Has the browser ask for a page of ours next."""
    return RedirectResponse(ask.site.at(path), status_code=303)


def done(ask: Ask, said: str, path: str) -> Response:
    """Says on the next page what was done."""
    return _next(ask, "done", said, path)


def not_done(ask: Ask, said: str, path: str) -> Response:
    """Says on the next page why it was not done."""
    return _next(ask, "not_done", said, path)


def _next(ask: Ask, key: str, said: str, path: str) -> Response:
    if ask.session is not None:
        ask.session.held[key] = said
        sessions.keep(ask.site.store, ask.session)
    return go_to(ask, path)


class NotFound(Exception):
    """There is no such page, business or other thing; the message says what was looked for."""
