"""Notices by GOV.UK Notify, against a stand-in that its official client drives as well."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from jobs.notices import Message, NotSent
from jobs.notices.by_notify import NotifyChannel, Service
from tests.connector.http.servers import Server
from tests.connector.sites import Reply, serve
from tests.jobs.notices.notify_standin import KEY, REPLY_TO, SECRET, TEMPLATE, NotifyStandIn

MESSAGE = Message("alert/1", "connection_failing", "Placebridge: café cannot be read", "It failed.\n", datetime(2026, 11, 25, tzinfo=UTC))
OTHER_ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def standing() -> Iterator[Callable[[Any], Server]]:
    """Starts stand-ins and stops them."""
    servers: list[Server] = []

    def start(site: Any) -> Server:
        servers.append(serve(site))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def channel(url: str, to: str = "ops@council.example", **service: Any) -> NotifyChannel:
    return NotifyChannel("notify 1", Service(**{"key": KEY, "template": TEMPLATE, "url": url} | service), to)


def fault_of(told: NotifyChannel) -> str:
    with pytest.raises(NotSent) as raised:
        told.send(MESSAGE)
    assert raised.value.__cause__ is None
    assert SECRET not in str(raised.value)
    assert "council.example" not in str(raised.value)
    return str(raised.value)


def test_the_stand_in_answers_the_official_client(standing: Callable[[Any], Server]) -> None:
    site = NotifyStandIn()
    client: Any = NotificationsAPIClient(KEY, base_url=standing(site).url)
    told = {"subject": "S", "body": "B"}
    sent = client.send_email_notification("ops@council.example", TEMPLATE, told, "ref-1", REPLY_TO)
    assert (sent["reference"], sent["content"]["subject"], sent["template"]["id"]) == ("ref-1", "S", TEMPLATE)
    assert client.get_notification_by_id(sent["id"])["body"] == "B"
    with pytest.raises(HTTPError) as raised:
        client.send_email_notification("ops@council.example", TEMPLATE, {"subject": "S"})
    assert raised.value.status_code == 400
    assert raised.value.message == [{"error": "BadRequestError", "message": "Missing personalisation: body"}]
    client.request_session.close()


def test_it_arrives(standing: Callable[[Any], Server]) -> None:
    site = NotifyStandIn()
    channel(standing(site).url, reply_to=REPLY_TO).send(MESSAGE)
    (mail,) = site.sent.values()
    assert (mail["email_address"], mail["subject"], mail["body"], mail["reference"]) == (
        "ops@council.example", MESSAGE.subject, MESSAGE.body, "alert/1",
    )  # fmt: skip


def limited() -> NotifyStandIn:
    site = NotifyStandIn()
    site.limit = 0
    return site


def in_trial() -> NotifyStandIn:
    site = NotifyStandIn(team=set())
    site.mode = "trial"
    return site


FAULTS: dict[str, tuple[Callable[[], Any], dict[str, str], str]] = {
    "a wrong key": (NotifyStandIn, {"key": KEY[:-1] + "e"}, "it does not know the key: copy NOTIFY_KEY again"),
    "another service's key": (NotifyStandIn, {"key": KEY.replace("11111111", "22222222")}, "copy NOTIFY_KEY again"),
    "a wrong clock": (lambda: NotifyStandIn(ahead=300), {}, "this machine's clock is wrong by more than 30 seconds: set it by NTP"),
    "a team key": (lambda: NotifyStandIn(team=set()), {}, "a key of the kind 'team' sends only to people of the team"),
    "trial mode": (in_trial, {}, "the service is in trial mode"),
    "no such template": (NotifyStandIn, {"template": OTHER_ID}, "it has no such template: correct NOTIFY_TEMPLATE"),
    "no such reply-to": (NotifyStandIn, {"reply_to": OTHER_ID}, "it has no such reply-to address: correct NOTIFY_REPLY_TO"),
    "no address": (NotifyStandIn, {"to": "ops"}, "it does not take the address: correct NOTIFY_TO"),
    "too much": (limited, {}, "the service has sent as much as it may today"),
    "another server": (
        lambda: lambda asked: Reply(200, b"<html>", {"Content-Type": "text/html"}),
        {},
        "something else than Notify answers",
    ),
    "a failing one": (
        lambda: lambda asked: Reply(500, {"errors": [{"error": "Exception", "message": "x"}]}),
        {},
        "it fails; nothing to do",
    ),
    "a redirect": (lambda: lambda asked: Reply(302, b"", {"Location": "/x"}), {}, "something else than Notify answers"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_goes_wrong_is_said_with_what_to_do(case: str, standing: Callable[[Any], Server]) -> None:
    site, options, words = FAULTS[case]
    assert words in fault_of(channel(standing(site()).url, **options))


def test_it_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert "it cannot be reached: look at this machine's network" in fault_of(channel(f"http://127.0.0.1:{port}"))
