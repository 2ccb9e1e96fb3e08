"""What every answer tells the browser: run no script but ours, be framed by nobody, keep no page of people."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.site import Site


class Headers:
    """ASGI middleware: takes the proxy's prefix off the path, and puts the headers on.

    Source of the policy: https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html"""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        path: str = scope["path"]
        prefix = self.site.prefix
        if prefix and (path == prefix or path.startswith(f"{prefix}/")):
            path = path.removeprefix(prefix) or "/"
        is_static = path.startswith("/static/")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._put(MutableHeaders(scope=message), nonce, is_static and message["status"] == 200)
            await send(message)

        await self.app({**scope, "path": path, "raw_path": None, "nonce": nonce}, receive, answer)

    def _put(self, headers: MutableHeaders, nonce: str, is_static: bool) -> None:
        headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'"
        )
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_static else "no-store"
        if self.site.secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
