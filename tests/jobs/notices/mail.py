"""A real mail server (aiosmtpd) on loopback: TLS, sign-in, and refusals as they are asked for."""

import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "placebridge", "smtp-password-4711"


class MailBox:
    """The server, and what it took."""

    def __init__(
        self, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, sign_in: bool = False, **refusals: str
    ) -> None:
        """`refusals`: the answer to MAIL, RCPT or DATA, as in rcpt="550 no"."""
        self.taken: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        options: dict[str, Any] = {"tls_context": starttls, "require_starttls": starttls is not None}
        if sign_in:
            options |= {"authenticator": _check, "auth_required": True, "auth_require_tls": starttls is not None}
        self._controller = _OnAnyPort(_Handler(self, refusals), "127.0.0.1", 0, ssl_context=tls, **options)
        self._controller.start()
        self.port: int = self._controller.port

    def stop(self) -> None:
        self._controller.stop()


class _OnAnyPort(Controller):
    """The library looks whether it listens at the port that it was asked for, which of 0 is another."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _check(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@dataclass
class _Handler:
    box: MailBox
    refusals: dict[str, str] = field(default_factory=dict)

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.refusals.get("mail", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.refusals.get("rcpt", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if "data" in self.refusals:
            return self.refusals["data"]
        self.box.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        self.box.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 taken"
