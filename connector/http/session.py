"""The door: how every connector talks to an outside system over HTTP."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from connector.http.budget import Budget, SlidingBudget
from connector.http.call import Answer, Call
from connector.http.clock import Clock, SystemClock
from connector.http.errand import Errand, Rules
from connector.http.exchange import Limits, Wire
from connector.http.faults import Fault
from connector.http.hosts import Hosts, joined
from connector.http.proxy import Proxy
from connector.http.retrying import Effort, Patience
from connector.http.sign_in import Fixed, Form, SignIn
from connector.http.transport import Session

Judge = Callable[[Answer], Fault | None]


@dataclass(frozen=True)
class Options:
    """What a connection may set; all have a default that is right for most."""

    also: tuple[str, ...] = ()
    """Hosts beyond the base's own, as Hosts has them."""
    budget: Budget = field(default_factory=SlidingBudget)
    """Shared by all the connection's workers."""
    judge: Judge | None = None
    """Says what an answer means where its status does not say it (a vendor's error code); None leaves it to the status."""
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    proxy: Proxy | None = None
    ca_bundle: Path | None = None
    """A PEM file of CAs to trust beside the public ones and this machine's."""
    clock: Clock = field(default_factory=SystemClock)
    jitter: random.Random = field(default_factory=random.Random)


class Door:
    """One connection's HTTP session. It belongs to one worker (thread); several doors may share a budget."""

    def __init__(self, base: str, connection: str, sign_in: SignIn | None = None, options: Options | None = None) -> None:
        """`base` is what relative addresses are relative to; `connection` is the connection's name, for the log.

        Raises StopConnection when a setting cannot be used."""
        self._options = options or Options()
        self._base = base if base.endswith("/") else f"{base}/"
        self._hosts = Hosts(base, self._options.also)
        self._sign_in = sign_in or Fixed()
        session = Session(self._options.ca_bundle, self._options.proxy)
        self._wire = Wire(session, self._options.clock, self._options.limits, self._options.proxy)
        self._connection = connection
        self._effort: Effort | None = None
        self.skew: float | None = None
        """Seconds by which the service's clock is ahead of ours, by its last answer that said so; for `check`."""

    def send(self, call: Call) -> Answer:
        """Sends a request, signed, as often as it takes. The answer's status is 2xx or one that the call accepts.

        Raises SkipRecord (only for `one_record`), StopEntity, StopConnection, or TryLater with the seconds to wait, where known."""
        rules = Rules(self._hosts, self._sign_in, self._options.budget, self._options.judge)
        return self._do(call, joined(self._base, call.url), rules)

    def sign_in(self) -> None:
        """Signs in now, where that takes a request. Raises StopConnection or TryLater."""
        self._sign_in.headers(self)

    def post_form(self, url: str, form: Form) -> Answer:
        """Posts a form without signing in and outside the budget, to that address's host only; 400 and 401 are answers. For sign-ins.

        Raises StopConnection, StopEntity or TryLater."""
        call = Call(url, "sign-in", "POST", form=form, accept={400, 401}, repeatable=True)
        return self._do(call, url, Rules(Hosts(url), Fixed(), SlidingBudget(), None))

    def close(self) -> None:
        """Closes the connections."""
        self._wire.session.close()

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _do(self, call: Call, url: str, rules: Rules) -> Answer:
        """A sign-in on the way to an answer shares that call's time."""
        outer = self._effort
        most = outer.left() if outer else float("inf")
        self._effort = Effort(self._options.clock, self._options.patience, most)
        errand = Errand(self._wire, call, url, rules, self, self._effort, self._connection, self._note_skew)
        try:
            found = errand.run(self._options.jitter)
        finally:
            self._effort = outer
        if isinstance(found, Fault):
            raise found.error(call.what)
        return found

    def _note_skew(self, seconds: float) -> None:
        self.skew = seconds
