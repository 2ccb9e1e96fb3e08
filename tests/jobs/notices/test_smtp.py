"""Notices by email, against a real mail server: what arrives, and what is said when nothing does."""

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobs.notices import Message, NotSent
from jobs.notices.by_smtp import MailServer, SmtpChannel
from tests.jobs.notices.mail import PASSWORD, USER, MailBox

Boxes = Callable[..., MailBox]
Tls = Callable[[str], ssl.SSLContext]
BODY = "The connection café has failed.\n\n.\n.. a line that begins with dots\nFrom here: " + "x" * 1200 + "\n"
MESSAGE = Message("alert/1", "connection_failing", "Placebridge: café cannot be read", BODY, datetime(2026, 11, 25, 9, 0, tzinfo=UTC))


def channel(box: MailBox | None, **server: Any) -> SmtpChannel:
    given = {"host": "127.0.0.1", "port": box.port if box else 1, "timeout": 5.0} | server
    return SmtpChannel("email 1", MailServer(**given), "placebridge@council.example", "ops@council.example")


def fault_of(told: SmtpChannel) -> str:
    with pytest.raises(NotSent) as raised:
        told.send(MESSAGE)
    assert raised.value.__cause__ is None
    assert PASSWORD not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_arrives_whole_over_tls_and_signed_in(security: str, mail_server: Boxes, tls_of: Tls, certificates: Path) -> None:
    box = mail_server(sign_in=security == "starttls", **{security: tls_of("good")})
    sign_in = {"user": USER, "password": PASSWORD} if security == "starttls" else {}
    told = channel(box, security=security, ca_bundle=certificates / "ca.pem", **sign_in)
    told.send(MESSAGE)
    told.send(MESSAGE)
    mail, again = box.taken
    assert box.envelopes[0] == ("placebridge@council.example", ["ops@council.example"])
    assert (mail["Subject"], mail["From"], mail["To"]) == (MESSAGE.subject, "placebridge@council.example", "ops@council.example")
    assert mail.get_content().replace("\r\n", "\n") == BODY
    assert mail["Date"].datetime == MESSAGE.at
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert mail["Message-ID"] == again["Message-ID"]
    assert mail["Message-ID"].endswith("@council.example>")


REFUSALS = {
    "the sender": ({"mail": "550 no"}, "refuses the sender (answer 550): correct SMTP_FROM"),
    "the address": ({"rcpt": "550 no such user ops@council.example"}, "refuses the address (answer 550): correct SMTP_TO"),
    "the address for now": ({"rcpt": "451 greylisted"}, "will take the address only later (answer 451); nothing to do unless it stays so"),
    "the message": ({"data": "554 spam"}, "refuses the message (answer 554): ask whoever runs the mail server"),
    "for want of a sign-in": ({"mail": "530 5.7.0 authentication required"}, "refuses the sender (answer 530)"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_a_server_refuses_is_said_in_words_of_our_own(case: str, mail_server: Boxes) -> None:
    refusals, words = REFUSALS[case]
    said = fault_of(channel(mail_server(**refusals), security="none"))
    assert words in said
    assert "council.example" not in said
    assert said.startswith("email: the mail server ")


def test_a_wrong_password(mail_server: Boxes, tls_of: Tls, certificates: Path) -> None:
    box = mail_server(sign_in=True, starttls=tls_of("good"))
    said = fault_of(channel(box, user=USER, password="another", ca_bundle=certificates / "ca.pem"))
    assert said == "email: the mail server refuses the sign-in (answer 535): correct SMTP_USER and SMTP_PASSWORD"
    assert box.taken == []


@pytest.mark.parametrize(("certificate", "trusted", "words"), [
    ("good", False, "put that CA's file into the notices' CA_BUNDLE setting"), ("other", True, "is for another address"), ("expired", True, "has expired"),
])  # fmt: skip
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_cannot_be_trusted_gets_nothing(
    security: str, certificate: str, trusted: bool, words: str, mail_server: Boxes, tls_of: Tls, certificates: Path
) -> None:
    box = mail_server(**{security: tls_of(certificate)})
    said = fault_of(channel(box, security=security, ca_bundle=certificates / "ca.pem" if trusted else None))
    assert said.startswith("email: the mail server cannot be trusted: ")
    assert words in said
    assert box.taken == []


def test_a_server_without_starttls_gets_nothing(mail_server: Boxes) -> None:
    box = mail_server()
    assert "does not offer what is asked for: look at SMTP_SECURITY" in fault_of(channel(box))
    assert box.taken == []


def test_a_server_that_speaks_no_tls_from_the_first_byte(mail_server: Boxes) -> None:
    assert "no secure connection (TLS) can be made: look at SMTP_SECURITY" in fault_of(channel(mail_server(), security="tls"))


def test_an_unknown_host() -> None:
    assert "name is not known here: correct SMTP_HOST" in fault_of(channel(None, host="mail.nowhere.invalid"))


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert "cannot be reached: look whether it runs" in fault_of(channel(None, port=port))


def test_a_server_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        said = fault_of(channel(None, port=listening.getsockname()[1], timeout=0.2))
    assert said.startswith("email: the mail server ")


def test_a_bundle_that_is_none(tmp_path: Path, mail_server: Boxes, tls_of: Tls) -> None:
    said = fault_of(channel(mail_server(starttls=tls_of("good")), ca_bundle=tmp_path / "none.pem"))
    assert "CA_BUNDLE" in said


def test_without_tls_it_goes_to_this_machine_alone(mail_server: Boxes) -> None:
    box = mail_server()
    channel(box, security="none").send(MESSAGE)
    assert len(box.taken) == 1
    with pytest.raises(NotSent, match="set SMTP_SECURITY to starttls or tls"):
        channel(box, security="none", host="mail.council.example")
