"""Under which names the site may be asked for.

A page elsewhere can have its own name point at this machine (DNS rebinding), and its visitor's browser then takes the two for one site. The
name that the browser sends tells them apart."""

from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from review.site import Site

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Known:
    """ASGI middleware: answers nothing under a name that is not the site's."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and self.site.hosts is not None and _named(scope) not in self.site.hosts:
            said = "The site is not served under that name. Use the address that you were given for it.\n"
            await PlainTextResponse(said, 421, {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})(scope, receive, send)
            return
        await self.app(scope, receive, send)


def hosts_of(url: str, *also: str) -> frozenset[str]:
    """The names for a site that people reach by that address: its host and this machine's own names."""
    return LOOPBACK | {name.lower() for name in (urlsplit(url).hostname or "", *also) if name}


def _named(scope: Scope) -> str | None:
    """The host that a browser asks for, without port; None where it says none, several, or nonsense."""
    sent = [value for name, value in scope["headers"] if name == b"host"]
    try:
        return urlsplit(f"//{sent[0].decode('ascii')}").hostname if len(sent) == 1 else None
    except ValueError:
        return None
