"""A stand-in for GOV.UK Notify: the sign-in, the email route and its error answers, as docs.notifications.service.gov.uk/rest-api.html
says them."""

import json
import time
from typing import Any
from uuid import uuid4

import jwt

from tests.connector.http.servers import Asked
from tests.connector.sites import Reply

SERVICE = "11111111-2222-4333-8444-555555555555"
SECRET = "aaaaaaaa-4711-4bbb-8ccc-dddddddddddd"
KEY = f"placebridge_test-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
REPLY_TO = "8e222534-7f05-4972-86e3-17c5d9f894e2"
PLACEHOLDERS = {"subject", "body"}


class NotifyStandIn:
    """A service with one email template and one reply-to address. `team`: who may get mail; None: anybody."""

    def __init__(self, team: set[str] | None = None, ahead: float = 0.0) -> None:
        self.team, self.ahead = team, ahead
        self.mode = "live"
        self.limit = 1000
        self.sent: dict[str, dict[str, Any]] = {}

    def __call__(self, asked: Asked) -> Reply:
        if (refused := self._sign_in(asked.headers.get("authorization", ""))) is not None:
            return _error(403, "AuthError", refused)
        if asked.method == "POST" and asked.path == "/v2/notifications/email":
            return self._email(json.loads(asked.body))
        if asked.method == "GET" and asked.path.startswith("/v2/notifications/"):
            found = self.sent.get(asked.path.rpartition("/")[2])
            return Reply(200, found) if found else _error(404, "NoResultFound", "No result found")
        return Reply(404, {"result": "error", "message": "The requested URL was not found on the server."})

    def _sign_in(self, header: str) -> str | None:
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer":
            return "Unauthorized: authentication token must be provided"
        claims = jwt.decode(token, options={"verify_signature": False})
        if claims.get("iss") != SERVICE:
            return "Invalid token: service not found"
        if abs(time.time() + self.ahead - claims["iat"]) > 30:
            return "Error: Your system clock must be accurate to within 30 seconds"
        try:
            jwt.decode(token, SECRET, algorithms=["HS256"], leeway=3600)
        except jwt.InvalidSignatureError:
            return "Invalid token: API key not found"
        return None

    def _email(self, given: dict[str, Any]) -> Reply:
        if len(self.sent) >= self.limit:
            return _error(429, "TooManyRequestsError", f"Exceeded send limits ({self.limit}) for today")
        if unknown := set(given) - {"email_address", "template_id", "personalisation", "reference", "email_reply_to_id"}:
            return _error(400, "ValidationError", f"Additional properties are not allowed ({sorted(unknown)[0]} was unexpected)")
        if "@" not in given.get("email_address", ""):
            return _error(400, "ValidationError", "email_address Not a valid email address")
        if given.get("template_id") != TEMPLATE:
            return _error(400, "BadRequestError", "Template not found")
        if missing := PLACEHOLDERS - set(given.get("personalisation", {})):
            return _error(400, "BadRequestError", f"Missing personalisation: {', '.join(sorted(missing))}")
        if given.get("email_reply_to_id", REPLY_TO) != REPLY_TO:
            return _error(400, "BadRequestError", f"email_reply_to_id {given['email_reply_to_id']} does not exist in database")
        if self.team is not None and given["email_address"] not in self.team:
            said = "Can't send to this recipient using a team-only API key" if self.mode == "live" else TRIAL
            return _error(400, "BadRequestError", said)
        return self._accept(given)

    def _accept(self, given: dict[str, Any]) -> Reply:
        made, told = str(uuid4()), given["personalisation"]
        uri = f"https://api.notifications.service.gov.uk/v2/notifications/{made}"
        self.sent[made] = {"id": made, "reference": given.get("reference"), "email_address": given["email_address"], "type": "email",
                           "status": "delivered", "subject": told["subject"], "body": told["body"]}  # fmt: skip
        content = {"subject": told["subject"], "body": told["body"], "from_email": "placebridge@notifications.service.gov.uk"}
        template = {"id": TEMPLATE, "version": 1, "uri": f"https://api.notifications.service.gov.uk/v2/template/{TEMPLATE}"}
        return Reply(201, {"id": made, "reference": given.get("reference"), "content": content, "uri": uri, "template": template})


TRIAL = "Can't send to this recipient when service is in trial mode - see https://www.notifications.service.gov.uk/trial-mode"


def _error(status: int, error: str, message: str) -> Reply:
    return Reply(status, {"status_code": status, "errors": [{"error": error, "message": message}]})
