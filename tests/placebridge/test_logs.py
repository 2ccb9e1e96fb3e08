"""The service's log: a line for each event, for people or as JSON, with ids and without secrets or people."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from jobs.scrub import scrub
from tests.placebridge import log_lines
from tests.placebridge.commands import ROOT

NEVER = (log_lines.SECRET, log_lines.PERSON, "Quilla", log_lines.MAIL, log_lines.PHONE, "\x1b")


@pytest.fixture(scope="module", params=["json", "people", "auto"])
def written(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The form, and what the program wrote in it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    program = [sys.executable, "-m", "tests.placebridge.log_lines", request.param]
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    return request.param, done.stderr


def lines_of(written: tuple[str, str]) -> dict[str, dict[str, Any]]:
    return {line["event"]: line for line in map(json.loads, written[1].splitlines())}


def test_no_secret_and_no_person_is_in_it(written: tuple[str, str]) -> None:
    assert [never for never in NEVER if never in written[1]] == []


def test_small_talk_of_libraries_is_not_in_it(written: tuple[str, str]) -> None:
    assert "small talk" not in written[1]
    assert "own level is lower" not in written[1]
    assert "too small" not in written[1]
    assert "a library warns of token=[hidden]" in written[1]


def test_for_people_it_is_a_line_that_reads(written: tuple[str, str]) -> None:
    if written[0] != "people":
        return
    begins = next(line for line in written[1].splitlines() if "run begins" in line)
    assert re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z \[info +\] run begins +", begins)
    assert "connection=council" in begins
    assert "due=7" in begins
    assert "[error    ] ours fails" in written[1]
    assert "said='the database is full'" in written[1]


def test_as_json_each_line_is_an_object_with_the_ids(written: tuple[str, str]) -> None:
    if written[0] == "people":
        return
    lines = lines_of(written)
    assert {"timestamp", "level", "event", "logger"} <= set.intersection(*(set(line) for line in lines.values()))
    begins = lines["run begins"]
    assert (begins["level"], begins["logger"], begins["connection"], begins["due"], begins["attempt"]) == (
        "info",
        "placebridge.worker",
        "council",
        7,
        1,
    )
    assert lines["bound for all that follows"]["run"] == 12
    assert lines["with an argument: 5"]["level"] == "info"
    assert lines["ours, with facts"] | {"timestamp": ""} == {
        "timestamp": "", "level": "info", "event": "ours, with facts", "logger": "jobs.notices", "notice": "k1", "secret": "[hidden]",
    }  # fmt: skip


def test_secrets_are_hidden_by_name_and_in_texts(written: tuple[str, str]) -> None:
    if written[0] == "people":
        return
    lines = lines_of(written)
    named = lines["secrets by name"]
    assert (named["token"], named["client_secret"], named["api_key"], named["nested"]) == (
        "[hidden]", "[hidden]", "[hidden]", {"password": "[hidden]", "rows": 5},
    )  # fmt: skip
    told = lines["in a text"]
    assert (told["url"], told["header"], told["user"]) == (
        "https://x.example/y?hapikey=[hidden]&page=2", "Authorization: [hidden]", "https://[hidden]@x/",
    )  # fmt: skip
    assert (lines["people"]["mail"], lines["people"]["phone"]) == ("[email]", "[phone]")
    assert (lines["people"]["holder"], lines["people"]["several"]) == ("<Holder>", ["<Holder>", 3])


def test_no_line_is_forged(written: tuple[str, str]) -> None:
    if written[0] == "people":
        assert sum("that forges" in line for line in written[1].splitlines()) == 1
    else:
        assert any(event.startswith("a line that forges") and "another" in event for event in lines_of(written))


def test_a_fault_is_told_by_what_and_where_and_never_by_its_values(written: tuple[str, str]) -> None:
    if written[0] == "people":
        return
    lines = lines_of(written)
    ours = lines["ours fails"]
    assert (ours["error"], ours["said"], ours["caused_by"]) == ("StoreError", "the database is full", ["KeyError"])
    assert [frame for frame in ours["stack"] if re.search(r":\d+ faults$", frame)]
    assert (lines["a library fails"]["error"], "said" in lines["a library fails"]) == ("ValueError", False)
    assert (lines["the database fails"]["error"], lines["the database fails"]["said"]) == (
        "OperationalError",
        "OperationalError SQLITE_ERROR",
    )
    assert lines["a thread ended by an unforeseen fault"]["error"] == "ValueError"
    assert (lines["ended by an unforeseen fault"]["level"], lines["ended by an unforeseen fault"]["error"]) == ("critical", "ValueError")


SCRUBBED = {
    "client_secret=abc&x=1": "client_secret=[hidden]&x=1",
    '{"password": "a b c", "rows": 3}': '{"password": [hidden], "rows": 3}',
    "Proxy-Authorization: Basic dXNlcjpwdw==": "Proxy-Authorization: [hidden]",
    "sent Bearer abcdef.ghi": "sent Bearer [hidden]",
    "eyJhbGciOi.eyJpc3Mi.abc stands alone": "[hidden] stands alone",
    "postgresql://user:pw@host/name": "postgresql://[hidden]@host/name",
    "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----": "[hidden]",
    "ann.lee+x@council.gov.uk wrote": "[email] wrote",
    "ring +44 191 496 0000 or (0191) 496-0000": "ring [phone] or [phone]",
    "run 20261125 read 1234567890 rows": "run 20261125 read 1234567890 rows",
    "record 8e222534-7f05-4972-86e3-17c5d9f894e2": "record 8e222534-7f05-4972-86e3-17c5d9f894e2",
    "at 2026-11-25T09:00:00Z of company 04106401": "at 2026-11-25T09:00:00Z of company 04106401",
    "the monkey said key: nothing": "the monkey said key: nothing",
}


@pytest.mark.parametrize("text", SCRUBBED)
def test_a_text_is_scrubbed_of_secrets_and_people_and_of_nothing_else(text: str) -> None:
    assert scrub(text) == SCRUBBED[text]
    assert scrub(scrub(text)) == scrub(text)
