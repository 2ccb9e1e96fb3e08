"""Salesforce's error codes as faults.

Source: REST API Developer Guide, "Status Codes and Error Responses" (errorcodes.htm); the SOAP API's list of exception codes."""

from connector.contract import ConnectorError, StopConnection, StopEntity, TryLater
from connector.http import Again, Answer, Budget, Clock, Fault
from connector.http.statuses import fault_of

PARK = 7_200.0
"""Seconds to leave an organisation alone whose calls of the last 24 hours are used up: they come back hour by hour."""
PERMISSION = "the run-as user may not use the API: give its permission set 'API Enabled'"
WORDS: dict[str, tuple[str, type[ConnectorError], Again]] = {
    "API_DISABLED_FOR_ORG": (PERMISSION, StopConnection, Again.NEVER),
    "API_CURRENTLY_DISABLED": (PERMISSION, StopConnection, Again.NEVER),
    "INVALID_FIELD": ("a field of a column or of 'where' is unknown or hidden from the user: mend or permit it", StopEntity, Again.NEVER),
    "INVALID_TYPE": ("the object is unknown or hidden from the run-as user: run check, which names it", StopEntity, Again.NEVER),
    "MALFORMED_QUERY": ("the query is refused: correct the columns or the condition 'where' in the field map", StopEntity, Again.NEVER),
    "INSUFFICIENT_ACCESS": ("the run-as user may not read it: give its permission set read access to the object", StopEntity, Again.NEVER),
    "QUERY_TIMEOUT": ("the query takes the service too long: try later, or lower BULK_ABOVE", TryLater, Again.WAIT),
    "UNABLE_TO_LOCK_ROW": ("another program holds the rows just now: try later", TryLater, Again.WAIT),
    "SERVER_UNAVAILABLE": ("the service is not available just now; the next run goes on", TryLater, Again.WAIT),
}
"""What to do about a code, whatever its status is."""
QUOTA = "REQUEST_LIMIT_EXCEEDED"
DEAD_LOCATOR = "INVALID_QUERY_LOCATOR"


class Judge:
    """Reads the codes of each answer for the door. A used-up quota holds back all workers of the connection."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.budget: Budget | None = None

    def __call__(self, answer: Answer) -> Fault | None:
        """The fault that the codes stand for; None leaves it to the status."""
        found = codes(answer)
        if QUOTA in found:
            return self._over_quota(answer)
        known = next((WORDS[code] for code in found if code in WORDS), None)
        if known is None:
            return None
        words, then, again = known
        return Fault(words, then, again, untouched=True)

    def _over_quota(self, answer: Answer) -> Fault:
        """The day's calls, or too many long ones at a time, which pass: the message begins with which limit it is."""
        if any(message.startswith("Concurrent") for message in codes(answer).values()):
            return Fault("too many long requests run at a time; the next run goes on", TryLater, Again.WAIT, untouched=True, throttled=True)
        if self.budget is not None:
            self.budget.hold(self._clock.now() + PARK)
        words = f"the organisation's API calls of the last 24 hours are used up; asked again in {PARK / 3600:.0f} hours"
        return Fault(words, TryLater, wait=PARK)


def codes(answer: Answer) -> dict[str, str]:
    """The error codes of an answer, each with its message; none where it is no refusal."""
    if answer.status < 400 or not isinstance(answer.data, list):
        return {}
    return {str(one.get("errorCode")): str(one.get("message", "")) for one in answer.data if isinstance(one, dict)}


def refusal(answer: Answer, what: str, now: float) -> ConnectorError:
    """The error for an answer that was accepted to look at its code, and is a plain refusal after all."""
    fault = fault_of(answer.status, answer.headers, now, one_record=False)
    return fault.error(what) if fault else StopEntity(f"{what}: the answer cannot be used; tell whoever runs the service")
