"""Notices by webhook, against a real web server."""

import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connector.http import Options
from jobs.notices import Message, NotSent
from jobs.notices.by_webhook import Hook, WebhookChannel

Tls = Callable[[str], ssl.SSLContext]
SECRET, PATH = "webhook-secret-4711", "/hooks/webhook-path-4711?sig=webhook-sig-4711"
BODY = "The connection *café* has failed.\n\nIt said: [this](http://x)\n\nMore: docs/runbook.md#connection_failing\n"
MESSAGE = Message("alert/1", "connection_failing", "Placebridge: café cannot be read", BODY, datetime(2026, 11, 25, 9, 0, tzinfo=UTC))


def fault_of(channel: WebhookChannel) -> str:
    with pytest.raises(NotSent) as raised:
        channel.send(MESSAGE)
    assert raised.value.__cause__ is None
    assert "4711" not in str(raised.value)
    return str(raised.value)


def test_it_is_posted_as_json_and_signed(serve: Any) -> None:
    server = serve(lambda asked, peer: peer.answer(202, b"accepted", Content_Type="text/plain"))
    WebhookChannel(Hook(server.url + PATH, secret=SECRET)).send(MESSAGE)
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.headers["content-type"]) == ("POST", PATH, "application/json")
    assert json.loads(asked.body) == {
        "key": "alert/1", "kind": "connection_failing", "subject": MESSAGE.subject, "body": BODY, "at": "2026-11-25T09:00:00Z",
    }  # fmt: skip
    expected = hmac.new(SECRET.encode(), asked.body, hashlib.sha256).hexdigest()
    assert asked.headers["x-placebridge-signature"] == f"sha256={expected}"


def test_without_a_secret_nothing_is_signed(serve: Any) -> None:
    server = serve(lambda asked, peer: peer.answer(204, b""))
    WebhookChannel(Hook(server.url)).send(MESSAGE)
    assert "x-placebridge-signature" not in server.asked[0].headers


def test_teams_gets_a_card_that_marks_nothing_up(serve: Any) -> None:
    server = serve(lambda asked, peer: peer.answer(202, b""))
    WebhookChannel(Hook(server.url, form="teams")).send(MESSAGE)
    sent = json.loads(server.asked[0].body)
    (attachment,) = sent["attachments"]
    assert (sent["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    title, *texts = attachment["content"]["body"]
    assert (attachment["content"]["type"], title["text"]) == ("AdaptiveCard", MESSAGE.subject)
    assert [text["type"] for text in texts] == ["RichTextBlock"] * 3
    assert "\n\n".join(text["inlines"][0]["text"] for text in texts) + "\n" == BODY


STATUSES = {
    302: "write the address that it points to into WEBHOOK_URL (answer 302)", 400: "look at WEBHOOK_FORMAT (answer 400)",
    401: "copy WEBHOOK_URL again", 403: "copy WEBHOOK_URL again", 404: "nothing is there: copy WEBHOOK_URL again", 410: "make another",
    418: "look at WEBHOOK_URL and WEBHOOK_FORMAT (answer 418)", 429: "nothing to do unless it stays so", 500: "it fails; tell whoever runs it",
    503: "it fails; tell whoever runs it",
}  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_an_answer_that_is_no_yes_is_asked_once_and_said(status: int, serve: Any) -> None:
    server = serve(lambda asked, peer: peer.answer(status, b"webhook-secret-4711", Location="/elsewhere", Retry_After="0"))
    assert STATUSES[status] in fault_of(WebhookChannel(Hook(server.url + PATH, secret=SECRET)))
    assert len(server.asked) == 1


@pytest.mark.parametrize(("certificate", "trusted", "words"), [
    ("good", False, "the notices' CA_BUNDLE setting"), ("other", True, "is for another"), ("expired", True, "has expired"),
])  # fmt: skip
def test_a_server_that_cannot_be_trusted_gets_nothing(
    certificate: str, trusted: bool, words: str, serve: Any, tls_of: Tls, certificates: Path
) -> None:
    server = serve(lambda asked, peer: peer.answer(200, b""), tls_of(certificate))
    bundle = certificates / "ca.pem" if trusted else None
    assert words in fault_of(WebhookChannel(Hook(server.url + PATH, options=Options(ca_bundle=bundle))))
    assert server.asked == []


def test_a_private_ca_is_trusted_where_the_settings_name_it(serve: Any, tls_of: Tls, certificates: Path) -> None:
    server = serve(lambda asked, peer: peer.answer(200, b""), tls_of("good"))
    WebhookChannel(Hook(server.url, options=Options(ca_bundle=certificates / "ca.pem"))).send(MESSAGE)
    assert len(server.asked) == 1


def test_plain_http_goes_to_this_machine_alone() -> None:
    assert "write https://" in fault_of(WebhookChannel(Hook("http://hooks.council.example/webhook-path-4711")))


def test_an_unknown_host() -> None:
    said = fault_of(WebhookChannel(Hook("https://hooks.nowhere.invalid/webhook-path-4711")))
    assert "name" in said


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert "no connection can be made: look whether the service runs" in fault_of(WebhookChannel(Hook(f"http://127.0.0.1:{port}")))
