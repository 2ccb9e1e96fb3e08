"""Notices by GOV.UK Notify, through its official client."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector.contract import ConnectorError
from connector.http import Proxy
from connector.http.hosts import Origin
from connector.http.transport import Session
from jobs.notices.channel import Message, NotSent, in_notices

TIMEOUT = 30.0
"""Seconds for one answer."""
NO_CLIENT = "GOV.UK Notify needs its client; install it with: pip install 'placebridge[notify]'"
SAID = {
    "team-only": "a key of the kind 'team' sends only to people of the team: make a live key, or add the address to the guest list",
    "trial mode": "the service is in trial mode and sends only to people of the team: ask Notify to make it live, or add the address there",
    "system clock": "this machine's clock is wrong by more than 30 seconds: set it by NTP",
    "API key not found": "it does not know the key: copy NOTIFY_KEY again from the page API integration",
    "Invalid token": "it does not take the key: copy NOTIFY_KEY again from the page API integration",
    "Template not found": "it has no such template: correct NOTIFY_TEMPLATE, and look that the key is of the same service",
    "Missing personalisation": "the template has placeholders that we do not fill: it may have ((subject)) and ((body)), and no others",
    "email_reply_to_id": "it has no such reply-to address: correct NOTIFY_REPLY_TO",
    "email_address": "it does not take the address: correct NOTIFY_TO",
    "template_id": "it does not take the template's id: correct NOTIFY_TEMPLATE",
    "Exceeded send limits": "the service has sent as much as it may today; nothing to do unless it stays so",
}
"""By a part of what Notify says (docs.notifications.service.gov.uk, error codes). Its own text goes no further: it may name an address."""
STATUSES = {
    400: "it refuses the message: look at the template and NOTIFY_TO",
    403: "it refuses the sign-in: look at NOTIFY_KEY",
    429: "it finds that too much is sent; nothing to do unless it stays so",
}


@dataclass(frozen=True)
class Service:
    """A service of Notify's, and the template that it sends."""

    key: str = field(repr=False)
    template: str
    """The id of an email template with ((subject)) and ((body))."""
    url: str
    reply_to: str = ""
    """The id of one of its reply-to addresses; its default one, unless said."""
    proxy: Proxy | None = None
    ca_bundle: Path | None = None


class NotifyChannel:
    """One address that gets every notice as an email from GOV.UK Notify."""

    def __init__(self, name: str, service: Service, recipient: str) -> None:
        self.name, self._service, self._recipient = name, service, recipient

    def send(self, message: Message) -> None:
        """Hands the notice to Notify. Raises NotSent where Notify did not take it, or its client is not installed."""
        with _faults_told():
            client = _client(self._service)
            try:
                client.send_email_notification(
                    email_address=self._recipient,
                    template_id=self._service.template,
                    personalisation={"subject": message.subject, "body": message.body},
                    reference=message.key,
                    email_reply_to_id=self._service.reply_to or None,
                )
            finally:
                client.request_session.close()


def _client(service: Service) -> Any:
    """The official client, over a session of ours: nothing from the environment, TLS always checked, no redirect followed."""
    from notifications_python_client.notifications import NotificationsAPIClient

    origin = Origin.of(service.url)
    client: Any = NotificationsAPIClient(service.key, base_url=service.url, timeout=TIMEOUT)  # type: ignore[no-untyped-call]
    client.request_session = Session(service.ca_bundle, service.proxy)
    if service.proxy is not None and service.proxy.serves(origin):
        client.request_session.proxies = {"https": service.proxy.url}
    return client


@contextmanager
def _faults_told() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError:
        words = NO_CLIENT
    except ConnectorError as fault:
        words = in_notices(str(fault))
    except Exception as fault:
        # Its errors can be named only where it is installed.
        from notifications_python_client.errors import APIError

        if not isinstance(fault, APIError):
            raise
        words = _words(fault)
    else:
        return
    raise NotSent(f"GOV.UK Notify: {words}")


def _words(fault: Any) -> str:
    if fault.response is None:
        return "it cannot be reached: look at this machine's network, and at PROXY and CA_BUNDLE"
    status, said = fault.status_code, _said(fault.message)
    for part, words in SAID.items():
        if part in said:
            return f"{words} (answer {status})"
    if status < 400:
        return "something else than Notify answers: look at NOTIFY_URL and at the proxy"
    return f"{STATUSES.get(status, 'it fails; nothing to do unless it stays so')} (answer {status})"


def _said(told: object) -> str:
    """Notify's errors as one text: a list of objects with `error` and `message`, or a text."""
    if isinstance(told, list):
        return " ".join(str(item.get("message", "")) for item in told if isinstance(item, Mapping))
    return str(told)
