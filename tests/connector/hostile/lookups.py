"""Asks a hostile register as jobs do: run after run about what was not answered yet, until all is."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from connector.conformance import Heard, everything_of
from connector.contract import ConnectorError, Lookup, TryLater
from connector.kind import Context
from connector.kinds import kind_of
from tests.connector.companies_house.standin import CompaniesHouseSite
from tests.connector.hostile.bends import Bends
from tests.connector.hostile.layer import Layer
from tests.connector.hostile.outcome import Outcome
from tests.connector.http.servers import HurriedClock, Server
from tests.connector.postcodes.standin import PostcodesSite
from tests.connector.sites import Site

PLOTS = ("none", "none", "none", "moved", "redirected elsewhere", "wrong shape")
MOST_RUNS, MINUTE = 8, 60.0
KEY = "s3cret-key-of-the-register"


@dataclass
class Register:
    """A register on loopback, and how it is asked."""

    kind: str
    site: Site = field(repr=False)
    keys: list[str]
    rows: str
    settings: Mapping[str, object] = field(default_factory=dict, repr=False)


def companies_house(clock: HurriedClock) -> Register:
    """Nine companies that are known and one that is not; one has officers on several pages."""
    site = CompaniesHouseSite(clock, key=KEY, page_size=3)
    numbers = [f"{number:08}" for number in range(4106400, 4106410)]
    for number in numbers[:-1]:
        site.put("companies", number, {"company_name": f"QUILL {number} LIMITED"})
        site.put("officers", f"{number}/o1", {"name": f"QUILL, Ann {number}"})
    for officer in range(8):
        site.put("officers", f"{numbers[0]}/p{officer}", {"name": f"HAVEN, Bo {officer}"})
    return Register("companies_house", site, numbers, "items", {"api_key": KEY})


def postcodes(clock: HurriedClock) -> Register:
    """Postcodes that are used, one that is terminated and one that is none."""
    site = PostcodesSite()
    used = [f"ZX{number} 1AB" for number in range(1, 9)]
    for postcode in used:
        site.put("postcodes", postcode, {"admin_district": f"District {postcode}", "codes": {"admin_district": "E07000000"}})
    site.put("terminated", "ZX9 9ZZ", {"year_terminated": 2001, "month_terminated": 2})
    return Register("postcodes", site, [*used, "ZX9 9ZZ", "ZX8 8QQ"], "result")


REGISTERS: Mapping[str, Callable[[HurriedClock], Register]] = {"companies_house": companies_house, "postcodes": postcodes}


def run(register_of: Callable[[HurriedClock], Register], seed: int) -> Outcome:
    """One seed: asks until all is answered, then compares with what the calm register says."""
    clock = HurriedClock()
    register, other = register_of(clock), Server(lambda asked, peer: peer.answer(200, {}))
    layer = Layer(register.site, clock, Bends(rows=((register.rows,),)), other.url)
    layer.sign_ins = lambda asked: False
    server = Server(layer)
    try:
        with tempfile.TemporaryDirectory() as folder, Heard() as heard:
            asked = partial(_opened, register, server.url, Path(folder), clock)
            layer.rage(seed, PLOTS)
            outcome, shown = Outcome(seed, layer.plot), []
            answers = _all(asked, register.keys, layer, outcome, shown)
            truth = {one.key: one.facts for one in asked().lookup(register.keys)}
        outcome.met, outcome.requests = layer.met, len(server.asked)
        outcome.broken += ["the answers are not the calm register's"] if answers != truth else []
        outcome.broken += ["something was sent to the other host"] if other.asked else []
        outcome.broken += ["a secret in a log line, message or traceback"] if any(KEY in text for text in [*heard.lines, *shown]) else []
        outcome.broken += ["a secret in an address"] if any(KEY in one.target for one in server.asked) else []
    finally:
        server.close()
        other.close()
    return outcome


def _all(
    asked: Callable[[], Lookup], keys: list[str], layer: Layer, outcome: Outcome, shown: list[str]
) -> dict[str, Mapping[str, Any] | None]:
    answers: dict[str, Mapping[str, Any] | None] = {}
    for number in range(MOST_RUNS + 1):
        layer.calm = number == MOST_RUNS
        outcome.runs += 1
        try:
            for one in asked().lookup([key for key in keys if key not in answers]):
                if one.key in answers:
                    outcome.broken.append("a key is answered twice")
                answers[one.key] = one.facts
            break
        except ConnectorError as error:
            outcome.error, outcome.message = type(error).__name__, str(error)
            shown += [str(error), everything_of(error)]
            layer.clock.sleep((error.wait or MINUTE) if isinstance(error, TryLater) else MINUTE)
        except Exception as error:
            outcome.broken.append(f"{type(error).__name__} leaks: {error}")
            break
    layer.calm = True
    return answers


def _opened(register: Register, url: str, folder: Path, clock: HurriedClock) -> Lookup:
    kind = kind_of(register.kind)
    return kind.open(kind.settings(url=url, **register.settings), Context("register", folder, clock=clock))
