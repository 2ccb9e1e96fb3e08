"""Reads a hostile CRM through the door alone, seed after seed: `python -m tests.connector.http.hostile --seeds 200`."""

import random
import sys
from urllib.parse import parse_qs, urlsplit

from connector.conformance import Heard, everything_of
from connector.contract import ConnectorError
from connector.http import Call, Door, Limits, Options, Patience, Secret, SlidingBudget, Window, client_credentials, linked, pages
from connector.http import field as at
from tests.connector.hostile.bends import Bends
from tests.connector.hostile.layer import PLOTS, Layer
from tests.connector.hostile.mishaps import JSON_SPOILS, NOISE, REFUSALS, SLOW_REFUSALS, SLOW_SPOILS, SPOILS
from tests.connector.hostile.outcome import Outcome, command
from tests.connector.http.servers import Asked, HurriedClock, Server
from tests.connector.sites import Reply

ROWS = [{"id": f"r{number}", "name": f"Café {number} 🏭 Ltd", "note": "x" * (number % 90)} for number in range(60)]
PAGE = 8
SECRET, TOKEN = "client-secret-4711-abcdef", "access-token-0815-ghijkl"
PATIENCES = [*[Patience(attempts=6, seconds=120, turn=60)] * 3, Patience(attempts=30, seconds=60, turn=60)]
LIMITS = Limits(connect=2, read=0.3, total=0.5, body=200_000)
ENDLESS = "endless"
OWN_PLOTS = [*(plot for plot in PLOTS if plot != "changes"), "none", "none", ENDLESS]
MENDABLE = {"none", "duplicates", "moved"}
FINAL = {"429 for an hour", "declared oversize", "oversize chunks", "gzip bomb", "expired token"}
"""Mishaps that may end a read at once; the last when a sign-in answers so."""
CONNECTING = 5.0
"""Seconds of real time that the machine may take beside what is counted."""


class Table:
    """A site of one table and its sign-in."""

    def __init__(self, seed: int) -> None:
        self.random, self.valid, self.issued, self.endless = random.Random(seed), "", 0, False

    def expire_tokens(self) -> None:
        self.valid = ""

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/token":
            return self._sign_in(asked)
        if not self.valid or asked.headers.get("authorization") != f"Bearer {self.valid}":
            return Reply(401, {"error": "expired"})
        start = int(parse_qs(urlsplit(asked.target).query).get("start", ["0"])[0])
        more = start + PAGE < len(ROWS) or self.endless
        return Reply(200, {"value": ROWS[start : start + PAGE], "@odata.nextLink": f"/rows?start={start + PAGE}" if more else None})

    def _sign_in(self, asked: Asked) -> Reply:
        if f"client_secret={SECRET}".encode() not in asked.body:
            return Reply(401, {"error": "invalid_client"})
        self.issued += 1
        self.valid = f"{TOKEN}-{self.issued}"
        return Reply(200, {"access_token": self.valid, "token_type": "Bearer", "expires_in": self.random.choice([3599, "3599", 30])})


class Hostile:
    """The CRM, its sign-in service, and another host that nothing may be sent to."""

    def __init__(self, seed: int, clock: HurriedClock) -> None:
        self.other = Server(lambda asked, peer: peer.answer(200, {}))
        site = Table(seed)
        self.layer = Layer(site, clock, Bends((("value",),), (("@odata.nextLink",),)), self.other.url)
        self.layer.refusals = REFUSALS | SLOW_REFUSALS
        self.layer.spoils = SPOILS | JSON_SPOILS | SLOW_SPOILS
        self.layer.rage(seed, OWN_PLOTS)
        site.endless = self.layer.plot == ENDLESS
        self.crm, self.sign_in = Server(self.layer), Server(self.layer)

    def close(self) -> None:
        for server in (self.crm, self.sign_in, self.other):
            server.close()


def run(seed: int) -> Outcome:
    """Reads the whole table once."""
    clock = HurriedClock()
    hostile = Hostile(seed, clock)
    outcome, rows = Outcome(seed, hostile.layer.plot), {}
    with Heard() as heard:
        shown = ""
        try:
            for row in read(hostile, clock, outcome, seed):
                rows[row["id"]] = row
        except ConnectorError as error:
            outcome.error, outcome.message, shown = type(error).__name__, str(error), everything_of(error)
        except Exception as error:
            outcome.broken.append(f"{type(error).__name__} leaks: {error}")
    hostile.close()
    outcome.met, outcome.requests = hostile.layer.met, len(hostile.crm.asked)
    judge(outcome, hostile, rows, heard.lines, shown)
    return outcome


def read(hostile: Hostile, clock: HurriedClock, outcome: Outcome, seed: int):
    jitter, patience = random.Random(seed), PATIENCES[seed % len(PATIENCES)]
    options = Options(budget=SlidingBudget([Window(6, 10)]), limits=LIMITS, patience=patience, clock=clock, jitter=jitter)
    sign_in = client_credentials(f"{hostile.sign_in.url}/token", "client-1", Secret(SECRET), clock=clock)
    with Door(hostile.crm.url, "council", sign_in, options) as door:

        class Timed:
            def send(self, call):
                began = clock.ticks()
                try:
                    return door.send(call)
                finally:
                    outcome.longest = max(outcome.longest, clock.ticks() - began)

        first = Call("rows", "rows")

        def following(answer):
            link = at(answer.data, "@odata.nextLink", (str, type(None)))
            return linked(first, answer, link) if link else None

        for answer in pages(Timed(), first, following, most=40):
            yield from at(answer.data, "value", list)


def judge(outcome: Outcome, hostile: Hostile, rows: dict, lines: list[str], shown: str) -> None:
    """What must hold for every seed."""
    if not outcome.error and rows != {row["id"]: row for row in ROWS}:
        outcome.broken.append(f"{len(rows)} rows that are not the calm server's {len(ROWS)}")
    mendable = outcome.plot in MENDABLE and not FINAL & set(outcome.met)
    if mendable and outcome.error not in {"", "TryLater"} and "tried" not in outcome.message:
        outcome.broken.append(f"given up at once: {outcome.message}")
    patience = PATIENCES[outcome.seed % len(PATIENCES)]
    if outcome.longest > patience.seconds + patience.turn + CONNECTING:
        outcome.broken.append(f"a call of {outcome.longest:.0f} s")
    if hostile.other.asked:
        outcome.broken.append("something was sent to the other host")
    if any(SECRET.encode() in asked.raw for asked in hostile.crm.asked) or any(TOKEN.encode() in asked.raw for asked in hostile.sign_in.asked):
        outcome.broken.append("the secret went to the CRM or the token to the sign-in")
    if any(word in asked.target for asked in hostile.crm.asked + hostile.sign_in.asked for word in (SECRET, TOKEN)):
        outcome.broken.append("a secret in an address")
    for word in (SECRET, TOKEN, "private@example.org", "Café"):
        if any(word in line for line in lines) or word in outcome.message:
            outcome.broken.append(f"{word} in a log line or message")
    if SECRET in shown or TOKEN in shown or NOISE.decode() in outcome.message:
        outcome.broken.append("a secret in a traceback")


if __name__ == "__main__":
    sys.exit(command({"the door": run}))
