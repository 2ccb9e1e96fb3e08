"""Notices by webhook: a POST of JSON, or of a card to a workflow of Microsoft Teams."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

from connector.contract import ConnectorError, StopConnection
from connector.http import Answer, Call, Content, Door, Fault, Limits, Options, Patience
from jobs.notices.channel import Message, NotSent, in_notices

SIGNATURE = "X-Placebridge-Signature"
LIMITS = Limits(connect=10, read=20, total=30, body=1_000_000)
WORDS = {
    400: "it does not understand the message: look at WEBHOOK_FORMAT",
    401: "it wants another sign-in: copy WEBHOOK_URL again from where it was made",
    403: "it refuses: copy WEBHOOK_URL again from where it was made",
    404: "nothing is there: copy WEBHOOK_URL again from where it was made",
    410: "it is gone: make another and write it into WEBHOOK_URL",
    429: "it finds that too much is sent; nothing to do unless it stays so",
}


@dataclass(frozen=True)
class Hook:
    """Where to, and how."""

    url: str = field(repr=False)
    """A secret: whoever knows it can write there."""
    form: str = "json"
    """json or teams."""
    secret: str = field(default="", repr=False)
    """With one, each message is signed by it."""
    options: Options = field(default_factory=Options)
    """Proxy and CA of the door; the rest is set here."""


class WebhookChannel:
    """One address that gets every notice as a POST. Plain http only to this machine; a redirect is refused, and nothing is sent there."""

    def __init__(self, hook: Hook, name: str = "webhook") -> None:
        self.name, self._hook = name, hook

    def send(self, message: Message) -> None:
        """Posts the notice once; another try is the outbox's. Raises NotSent unless the answer is 2xx."""
        body = BODIES[self._hook.form](message)
        try:
            with Door(self._hook.url, "notices", options=_once(self._hook.options)) as door:
                door.send(Call(self._hook.url, "webhook", "POST", headers=self._headers(body), body=body, expects=Content.ANY))
        except ConnectorError as fault:
            words = in_notices(str(fault))
        else:
            return
        raise NotSent(words)

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self._hook.secret:
            headers[SIGNATURE] = signature(self._hook.secret, body)
        return headers


def signature(secret: str, body: bytes) -> str:
    """What stands in the signature's header: `sha256=` and the HMAC-SHA256 of the body's bytes in hexadecimal digits."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def json_body(message: Message) -> bytes:
    """An object with key, kind, subject, body and at."""
    at = message.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return orjson.dumps({"key": message.key, "kind": message.kind, "subject": message.subject, "body": message.body, "at": at})


def teams_body(message: Message) -> bytes:
    """An Adaptive Card as Teams' workflow "when a webhook request is received" takes it. A RichTextBlock marks nothing up."""
    title = {"type": "TextBlock", "text": message.subject, "size": "Medium", "weight": "Bolder", "wrap": True}
    parts = [part for part in message.body.split("\n\n") if part.strip()]
    texts = [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": part.strip()}]} for part in parts]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "msteams": {"width": "Full"},
        "body": [title, *texts],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return orjson.dumps({"type": "message", "attachments": [attachment]})


BODIES: dict[str, Callable[[Message], bytes]] = {"json": json_body, "teams": teams_body}


def _once(options: Options) -> Options:
    return Options(judge=_judged, limits=LIMITS, patience=Patience(attempts=1), proxy=options.proxy, ca_bundle=options.ca_bundle)


def _judged(answer: Answer) -> Fault | None:
    """The answer's status in words of a webhook; the door's are those of a CRM."""
    if 200 <= answer.status < 300:
        return None
    if 300 <= answer.status < 400:
        words = "it redirects, and nothing was sent there: write the address that it points to into WEBHOOK_URL"
    elif answer.status >= 500:
        words = "it fails; tell whoever runs it if it stays so"
    else:
        words = WORDS.get(answer.status, "it refuses: look at WEBHOOK_URL and WEBHOOK_FORMAT")
    return Fault(f"{words} (answer {answer.status})", StopConnection)
