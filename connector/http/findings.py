"""What `placebridge check` says of every connection over HTTP."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from connector.contract import Finding
from connector.http.clock import Clock

MOST_SKEW = 30.0
"""Seconds by which two clocks may differ before it is worth a line to mend."""
SOON = 30
"""Days before a secret's end at which it is time to get another."""


def skew_finding(skew: float | None) -> Iterator[Finding]:
    """Whether the service's clock and this machine's agree. Nothing where the service does not tell the time."""
    if skew is None:
        return
    ahead = "ahead of" if skew > 0 else "behind"
    fine = abs(skew) <= MOST_SKEW
    said = "agrees with the service's" if fine else f"is wrong: the service's is {abs(skew):,.0f} seconds {ahead} it; set it by NTP"
    yield Finding("clock", fine, f"this machine's clock {said}")


def expiry_finding(expires: date | None, clock: Clock, setting: str = "SECRET_EXPIRES") -> Finding:
    """How long the secret is still good for, as far as the settings say."""
    if expires is None:
        return Finding("secret", True, f"when it ends is not known; write the day into {setting} to be told in time")
    return expiry_on(expires, datetime.fromtimestamp(clock.now(), UTC).date())


def expiry_on(expires: date, today: date) -> Finding:
    """How long a secret whose last day is known is still good for."""
    days = (expires - today).days
    if days < 0:
        return Finding("secret", False, f"it ended on {expires}; make another and write it and its day into the settings")
    left = f"it ends on {expires}, in {days} {'day' if days == 1 else 'days'}"
    return Finding("secret", days > SOON, left if days > SOON else f"{left}; make another and write it and its day into the settings")
