"""Mail servers, web servers and certificates for channels to talk to."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.connector.http.conftest import certificates, serve
from tests.jobs.notices.mail import MailBox

__all__ = ["certificates", "mail_server", "serve", "tls_of"]


@pytest.fixture
def tls_of(certificates: Path) -> Callable[[str], ssl.SSLContext]:
    """A server's TLS with the certificate of that name."""

    def context(name: str) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
        return made

    return context


@pytest.fixture
def mail_server() -> Iterator[Callable[..., MailBox]]:
    """Starts mail servers and stops them."""
    boxes: list[MailBox] = []

    def start(**options: object) -> MailBox:
        boxes.append(MailBox(**options))  # type: ignore[arg-type]
        return boxes[-1]

    yield start
    for box in boxes:
        box.stop()
