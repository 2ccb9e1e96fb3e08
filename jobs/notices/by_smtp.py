"""Notices by email, over SMTP (RFC 5321)."""

import hashlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from connector.contract import ConnectorError
from connector.http.hosts import is_loopback
from connector.http.lower_errors import CERTIFICATE
from connector.http.transport import context_of
from jobs.notices.channel import Message, NotSent, in_notices

PORTS = {"starttls": 587, "tls": 465, "none": 25}
TIMEOUT = 20.0
"""Seconds for one answer of the server."""

ANSWERS: tuple[tuple[type[Exception], tuple[str, str]], ...] = (
    (smtplib.SMTPSenderRefused, ("the sender", "correct SMTP_FROM, or let this machine send by it")),
    (smtplib.SMTPAuthenticationError, ("the sign-in", "correct SMTP_USER and SMTP_PASSWORD")),
    (smtplib.SMTPResponseException, ("the message", "ask whoever runs the mail server")),
)
"""What the server refuses, and what to do. In both tables the first that fits counts."""
BROKEN: tuple[tuple[type[Exception], str], ...] = (
    (
        smtplib.SMTPNotSupportedError,
        "the mail server does not offer what is asked for: look at SMTP_SECURITY (tls, with port 465?) and SMTP_USER",
    ),
    (
        smtplib.SMTPServerDisconnected,
        "the mail server broke the connection off or was too slow: look at SMTP_SECURITY and SMTP_PORT, and at the server",
    ),
    (ssl.SSLError, "no secure connection (TLS) can be made: look at SMTP_SECURITY (starttls goes with port 587, tls with 465)"),
    (socket.gaierror, "the mail server's name is not known here: correct SMTP_HOST, or look at this machine's DNS"),
    (Exception, "the mail server cannot be reached: look whether it runs, at SMTP_HOST and SMTP_PORT, and at the firewall"),
)


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    security: str = "starttls"
    """starttls: in the clear until both agree on TLS, which is demanded. tls: from the first byte. none: only to this machine."""
    port: int = 0
    """0: the security's usual one."""
    user: str = ""
    password: str = field(default="", repr=False)
    ca_bundle: Path | None = None
    timeout: float = TIMEOUT


class SmtpChannel:
    """One address that gets every notice as an email of its own: what one server refuses of it keeps no other from getting theirs."""

    def __init__(self, name: str, server: MailServer, sender: str, recipient: str) -> None:
        """Raises NotSent for settings that cannot be used."""
        if server.security == "none" and not is_loopback(server.host):
            raise NotSent("mail may go without TLS only to this machine; set SMTP_SECURITY to starttls or tls")
        self.name, self._server, self._sender, self._recipient = name, server, sender, recipient

    def send(self, message: Message) -> None:
        """Hands the notice in. Raises NotSent where the server did not say that it has taken it."""
        hand_in(self._server, self._sender, self._recipient, self.mail(message))

    def mail(self, message: Message) -> EmailMessage:
        """The email. Its Message-ID is the notice's for every try, so a mailbox may drop one that comes twice."""
        mail, domain = EmailMessage(policy=SMTP), self._sender.rpartition("@")[2]
        mail["From"], mail["To"], mail["Subject"] = self._sender, self._recipient, message.subject
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{hashlib.sha256(f'{message.key} {self.name}'.encode()).hexdigest()[:40]}@{domain}>"
        mail["List-Id"] = f"Placebridge notices <notices.placebridge.{domain}>"
        # RFC 3834, and Exchange's own word for the same: no out-of-office reply comes back.
        mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"] = "auto-generated", "All"
        mail.set_content(message.body, cte="quoted-printable")
        return mail


def hand_in(server: MailServer, sender: str, recipient: str, mail: EmailMessage) -> None:
    """Hands one email in for one address. Raises NotSent where the server did not say that it has taken it."""
    written = mail.as_bytes()  # smtplib's own way to write it puts > before a line that begins with From
    with _faults_told(), _signed_in(server) as smtp:
        smtp.sendmail(sender, [recipient], written)


@contextmanager
def _signed_in(server: MailServer) -> Iterator[smtplib.SMTP]:
    smtp = _connected(server)
    try:
        if server.security == "starttls":
            smtp.starttls(context=context_of(server.ca_bundle))
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp
        # What was taken stays taken, however the goodbye goes.
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
    finally:
        smtp.close()


def _connected(server: MailServer) -> smtplib.SMTP:
    port = server.port or PORTS[server.security]
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, port, timeout=server.timeout, context=context_of(server.ca_bundle))
    return smtplib.SMTP(server.host, port, timeout=server.timeout)


@contextmanager
def _faults_told() -> Iterator[None]:
    """Every fault of a mail server in words of our own: a server's may name a mailbox."""
    try:
        yield
    except (smtplib.SMTPException, OSError, ConnectorError) as fault:
        words = _words(fault)
    else:
        return
    raise NotSent(f"email: {words}")


def _words(fault: Exception) -> str:
    if isinstance(fault, ConnectorError):
        return in_notices(str(fault))
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code = next(iter(fault.recipients.values()))[0]
        return _refused(code, "the address", "correct SMTP_TO, or ask whoever runs the mail server")
    if isinstance(fault, smtplib.SMTPResponseException):
        what, do = next(words for kind, words in ANSWERS if isinstance(fault, kind))
        return _refused(fault.smtp_code, what, do)
    if isinstance(fault, ssl.SSLCertVerificationError):
        why = CERTIFICATE.get(fault.verify_code, "its certificate is not valid: tell whoever runs it")
        return f"the mail server cannot be trusted: {in_notices(why)}"
    return next(words for kind, words in BROKEN if isinstance(fault, kind))


def _refused(code: int, what: str, do: str) -> str:
    if 400 <= code < 500:
        return f"the mail server will take {what} only later (answer {code}); nothing to do unless it stays so"
    return f"the mail server refuses {what} (answer {code}): {do}"
