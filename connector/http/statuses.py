"""HTTP statuses as faults. Meanings: RFC 9110 15, RFC 6585 4 (429)."""

from collections.abc import Mapping

from connector.contract import SkipRecord, StopConnection, StopEntity, TryLater
from connector.http.faults import Again, Fault
from connector.http.retry_after import retry_after

BUSY = {429: "the service finds that too much is asked", 503: "the service is not available just now"}
PASSING = {408, 421, 425, 500, 502, 504, 520, 521, 522, 523, 524, 529}
"""Answers that may be another the next time; those above 509 are of services that stand in front of others."""
ABOUT_A_RECORD = {400, 404, 409, 410, 412, 413, 422, 423}
WORDS = {
    400: "the service does not understand the request: correct the columns or 'from' in the field map",
    402: "the service wants to be paid first: look at the subscription",
    403: "this connection's account may not read it: give the account permission, then run again",
    404: "the service does not know it: correct 'from' in the field map or the connection's address",
    407: "the proxy wants a sign-in: put its user name and password into the connection's PROXY setting",
    410: "the service no longer has it: correct 'from' in the field map",
    413: "the service finds the request too large: ask for fewer rows or columns",
    414: "the service finds the address too long: ask for fewer columns",
    431: "the service finds the headers too large: look at the token's length",
}


def fault_of(status: int, headers: Mapping[str, str], now: float, one_record: bool) -> Fault | None:
    """The fault that a status stands for; None for an answer that is none (2xx).

    `now` is our time of day, seconds since 1970. With `one_record` the request was about a single record, which is skipped alone."""
    if 200 <= status < 300:
        return None
    if status in BUSY:
        return _busy(status, retry_after(headers, now))
    if status == 401:
        words = "the service refuses the sign-in (answer 401): look whether the token or secret is right and has not expired"
        return Fault(words, StopConnection, Again.SIGNED_IN, untouched=True)
    if status in PASSING:
        then = StopEntity if status == 500 else TryLater
        return Fault(f"the service fails (answer {status}): try later, and tell whoever runs it if it stays", then, Again.WAIT)
    words = WORDS.get(status, "the service answers with something that cannot be used: correct the connection's address")
    if one_record and status in ABOUT_A_RECORD:
        return Fault(f"the service refuses this record (answer {status})", SkipRecord)
    return Fault(f"{words} (answer {status})", StopConnection if status in {402, 407} else StopEntity)


def _busy(status: int, wait: float | None) -> Fault:
    asks = "" if wait is None else f" and asks to wait {wait:.0f} seconds"
    words = f"{BUSY[status]} (answer {status}){asks}; the next run goes on"
    return Fault(words, TryLater, Again.WAIT, wait, untouched=status == 429 or wait is not None, throttled=True)
