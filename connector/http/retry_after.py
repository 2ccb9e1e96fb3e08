"""What an answer says of time: how long to wait, and how its clock stands against ours."""

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST = 86_400.0
"""A service that asks for more than a day is asked again after a day."""
SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait by the Retry-After header: a number of seconds or an HTTP date (RFC 9110 10.2.3); None if it says nothing usable.

    A date is held against the answer's own Date where there is one, so that a wrong clock on either side does no harm; else
    against `now`, seconds since 1970. Fractions of a second are no standard, but some services send them."""
    text = headers.get("Retry-After", "").strip()
    if SECONDS.fullmatch(text):
        return min(LONGEST, float(text))
    until = http_date(text)
    if until is None:
        return None
    theirs = http_date(headers.get("Date", ""))
    return min(LONGEST, max(0.0, until - (now if theirs is None else theirs)))


def skew(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds by which the service's clock is ahead of ours (RFC 9110 6.6.1), to about a second and the answer's journey; None if
    it does not say, or the answer was kept for a while on its way (Age, RFC 9111 5.1)."""
    theirs = http_date(headers.get("Date", ""))
    return None if theirs is None or headers.get("Age", "0").strip() != "0" else theirs - now


def http_date(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date in any of the three spellings (RFC 9110 5.6.7); None if it is none."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
