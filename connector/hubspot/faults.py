"""What HubSpot's refusals mean where their status does not say it.

Sources: HubSpot's pages "Error handling" (categories, 423, 477) and "API usage guidelines" (429 and its policyName)."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.contract import StopConnection, StopEntity, TryLater
from connector.http.call import Answer
from connector.http.clock import Clock
from connector.http.faults import Again, Fault
from connector.http.retry_after import retry_after

LOCKED_SECONDS = 2.0
POLICY_SECONDS = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0}
SCOPE = re.compile(
    r"crm\.(objects|schemas)\.(appointments|calls|carts|communications|companies|contacts|courses|custom|deals|emails|goals|invoices|leads"
    r"|line_items|listings|marketing_events|meetings|notes|orders|owners|postal_mail|products|quotes|services|subscriptions|tasks|tickets"
    r"|users)\.(sensitive\.|highly_sensitive\.)?read(\.v2)?|sales-email-read|tickets|oauth|e-commerce|media_bridge\.read"
)
"""The scopes that a message may name: words that come from an answer are repeated only if they are one of these."""
REFUSED = (
    "HubSpot refuses the token (answer 401): it was rotated, deleted or mistyped; copy it again from Development > Keys > Service keys "
    "(or from the private app) into this connection's TOKEN"
)
MOVING = "HubSpot is moving this account to another data centre (answer 477); the next run goes on"
SCOPES = "the service key or private app lacks {}; give it, then run again (answer 403)"


class Judge:
    """Says what an answer means. It learns the account's time zone when that has been read."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.zone: str | None = None

    def __call__(self, answer: Answer) -> Fault | None:
        if 200 <= answer.status < 400:
            return None
        data = answer.data if isinstance(answer.data, dict) else {}
        if answer.status == 429:
            return self._too_much(data)
        if answer.status == 423:
            words = "HubSpot has locked it for another request (answer 423); the next run goes on"
            return Fault(words, TryLater, Again.WAIT, LOCKED_SECONDS, untouched=True)
        if answer.status == 477:
            return Fault(MOVING, TryLater, Again.WAIT, retry_after(answer.headers, self._clock.now()), untouched=True)
        if answer.status == 401:
            return Fault(REFUSED, StopConnection)
        if answer.status == 403 and data.get("category") == "MISSING_SCOPES":
            return _scopes(data)
        return None

    def _too_much(self, data: dict[str, object]) -> Fault | None:
        policy = data.get("policyName")
        if policy == "DAILY":
            words = "the account's requests for today are used up (answer 429, DAILY); the first run after its midnight goes on"
            return Fault(words, TryLater, wait=seconds_to_midnight(self._clock.now(), self.zone))
        wait = POLICY_SECONDS.get(policy) if isinstance(policy, str) else None
        if wait is None:
            return None
        words = "HubSpot finds that too much is asked (answer 429); the next run goes on"
        return Fault(words, TryLater, Again.WAIT, wait, untouched=True, throttled=True)


def seconds_to_midnight(now: float, zone: str | None) -> float | None:
    """Seconds from `now` (since 1970) until the daily limit starts anew: midnight of the account's zone; None where that is not known."""
    if not zone:
        return None
    try:
        there = datetime.fromtimestamp(now, ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight.astimezone(UTC) - there.astimezone(UTC)).total_seconds()


def _scopes(data: dict[str, object]) -> Fault:
    named = sorted({scope for scope in _required(data) if SCOPE.fullmatch(scope)})
    what = f"the {'scope' if len(named) == 1 else 'scopes'} {', '.join(named)}" if named else "a scope for it"
    return Fault(SCOPES.format(what), StopEntity)


def _required(data: dict[str, object]) -> list[str]:
    """errors[].context.requiredGranularScopes, where the answer has them; every field of an error may be missing."""
    errors = data.get("errors")
    found: list[str] = []
    for error in errors if isinstance(errors, list) else []:
        context = error.get("context") if isinstance(error, dict) else None
        scopes = context.get("requiredGranularScopes") if isinstance(context, dict) else None
        found += [scope for scope in scopes if isinstance(scope, str)] if isinstance(scopes, list) else []
    return found
