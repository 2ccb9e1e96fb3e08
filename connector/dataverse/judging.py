"""What Dataverse's own error codes mean where the status does not say it.

Codes: https://learn.microsoft.com/power-apps/developer/data-platform/reference/web-service-error-codes"""

from connector.contract import StopConnection, StopEntity
from connector.http import Answer, Fault


class Expired(StopEntity):
    """A link that was kept is good for nothing any more: read from the start."""


NO_PRIVILEGE = {"0x80040220", "0x80048306", "0x80048d19"}
"""PrivilegeDenied and its kin."""
NO_USER = {"0x80072560", "0x80041d1f"}
"""UserNotMemberOfOrg, UserDisabled."""
EXPIRED = "0x80044352"
"""ExpiredVersionStamp: the delta link is older than ExpireChangeTrackingInDays, or the table's definition has changed."""
READ = (
    "this connection's application user may not read it: in the Power Platform admin center give its security role Read on this table at "
    "organisation level (the full circle), then run again"
)
USER = (
    "the app signs in, but the organisation has no enabled application user for it: add one in the Power Platform admin center, under "
    "the environment's Settings, Users + permissions, Application users, and give it a security role"
)
GONE = "the link to the changes has expired; everything is read again"


def judge(answer: Answer) -> Fault | None:
    """The fault behind a code that is known; None leaves it to the status, as for 429 with its Retry-After."""
    code = code_of(answer)
    if code == EXPIRED:
        return Fault(GONE, Expired)
    if answer.status == 403 and code in NO_PRIVILEGE:
        return Fault(f"{READ} (answer 403, {code})", StopEntity)
    if answer.status in {401, 403} and code in NO_USER:
        return Fault(f"{USER} (answer {answer.status}, {code})", StopConnection)
    return None


def code_of(answer: Answer) -> str:
    """The error's code in small letters, `0x80040220`; empty where there is none."""
    return _text_of(answer, "code").lower()


def message_of(answer: Answer) -> str:
    """The error's words: to be compared with what we know, never to be shown."""
    return _text_of(answer, "message")


def _text_of(answer: Answer, name: str) -> str:
    error = answer.data.get("error") if answer.status >= 400 and isinstance(answer.data, dict) else None
    found = error.get(name) if isinstance(error, dict) else None
    return found if isinstance(found, str) else ""
