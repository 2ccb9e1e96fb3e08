"""One call from first to last: its turn, its attempts, the redirects on the way, and signing in anew."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from connector.contract import StopConnection, TryLater
from connector.http import statuses
from connector.http.budget import Budget
from connector.http.call import Answer, Call
from connector.http.exchange import REDIRECTS, Wire, exchange
from connector.http.faults import Again, Fault
from connector.http.hosts import Hosts, Origin, joined
from connector.http.retry_after import skew
from connector.http.retrying import Effort, persist
from connector.http.sign_in import Poster, SignIn

LOG = logging.getLogger("connector.http")
MOST_REDIRECTS = 5
ELSEWHERE = (
    "the service redirects to another host, scheme or port, and nothing was sent there: "
    "correct the connection's address, or look at the proxy"
)


@dataclass(frozen=True)
class Rules:
    """What holds for a call beyond what it says itself."""

    hosts: Hosts
    sign_in: SignIn
    budget: Budget
    judge: Callable[[Answer], Fault | None] | None


@dataclass
class Errand:
    """A call on its way."""

    wire: Wire
    call: Call
    url: str
    rules: Rules
    poster: Poster
    effort: Effort
    connection: str
    note_skew: Callable[[float], None]

    def run(self, jitter: random.Random) -> Answer | Fault:
        """The answer, or the fault that is left when nothing helped.

        Raises what signing in raises, and StopConnection for a host that is refused."""
        return persist(self._attempt, self.effort, jitter, self._hold_back)

    def _attempt(self) -> Answer | Fault:
        found = self._follow()
        if isinstance(found, Fault) and found.again is Again.SIGNED_IN:
            found = self._signed_in_again(found)
        if isinstance(found, Fault) and found.again is Again.WAIT and not (found.untouched or self.call.may_repeat()):
            words = f"{found.words}; what was sent may or may not have been done, so look before sending it again"
            return replace(found, words=words, again=Again.NEVER)
        return found

    def _signed_in_again(self, fault: Fault) -> Answer | Fault:
        if self.effort.signed_in_again or not self.rules.sign_in.renew():
            return fault
        self.effort.signed_in_again = True
        self._say("signing in again", "sign_in_again")
        return self._follow()

    def _follow(self) -> Answer | Fault:
        """One attempt with the redirects that it leads to, each of them a request of its own."""
        url, call = self.url, self.call
        for _ in range(MOST_REDIRECTS + 1):
            found = self._one(call, url)
            if isinstance(found, Fault) or found.status not in REDIRECTS:
                return found
            target = self._target(found)
            if isinstance(target, Fault):
                return target
            url, call = target, replace(call, params=())
        return Fault(f"the service redirects more than {MOST_REDIRECTS} times: correct the connection's address", StopConnection)

    def _target(self, moved: Answer) -> str | Fault:
        """Where a redirect leads (RFC 9110 15.4). Only a read follows it, and only on the same origin."""
        location = moved.headers.get("Location", "")
        if self.call.method not in {"GET", "HEAD"} or not location:
            return Fault(f"the service has moved (answer {moved.status}): correct the connection's address", StopConnection)
        target = joined(moved.url, location)
        if Origin.of(target) != Origin.of(moved.url):
            return Fault(ELSEWHERE, StopConnection)
        return target

    def _one(self, call: Call, url: str) -> Answer | Fault:
        """One request, judged."""
        signature = self.rules.sign_in.headers(self.poster)
        late = self._await_turn()
        if late is not None:
            return late
        self.effort.attempts += 1
        began = self.wire.clock.ticks()
        found = exchange(self.wire, call, url, signature, self.rules.hosts, self.effort.left())
        if isinstance(found, Fault):
            return found
        milliseconds = round((self.wire.clock.ticks() - began) * 1000)
        self._say("answer", "answer", logging.DEBUG, status=found.status, bytes=len(found.body), milliseconds=milliseconds)
        return self._judged(found)

    def _await_turn(self) -> Fault | None:
        while (wait := self.rules.budget.take(self.wire.clock.now())) > 0:
            if not self.effort.wait_for_turn(wait):
                words = f"the rate budget is used up for {wait:.0f} seconds; the next run goes on"
                return Fault(words, TryLater, wait=wait)
            self._say("waited for the rate budget", "turn", seconds=round(wait, 1))
        return None

    def _judged(self, answer: Answer) -> Answer | Fault:
        now = self.wire.clock.now()
        ahead = skew(answer.headers, now)
        if ahead is not None:
            self.note_skew(ahead)
        fault = self.rules.judge(answer) if self.rules.judge else None
        if fault is None and answer.status not in self.call.accept and answer.status not in REDIRECTS:
            fault = statuses.fault_of(answer.status, answer.headers, now, self.call.one_record)
        return fault or answer

    def _hold_back(self, fault: Fault, seconds: float) -> None:
        """Before a wait: the whole connection holds back when the service finds us too quick."""
        if fault.throttled:
            self.rules.budget.hold(self.wire.clock.now() + seconds)
        self._say("trying again", "retry", logging.WARNING, seconds=round(seconds, 1), fault=fault.words)

    def _say(self, text: str, action: str, level: int = logging.INFO, **facts: object) -> None:
        """A line of the log: a sentence for people, and the same facts as fields for programs; names and counts only."""
        if not LOG.isEnabledFor(level):
            return
        told = {"connection": self.connection, "what": self.call.what, "attempt": self.effort.attempts, **facts}
        LOG.log(level, "%s: %s", text, " ".join(f"{name}={value}" for name, value in told.items()), extra={"action": action, **told})
