"""The example of docs/connectors-http.md works, and the document names what the door offers."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import connector.http
from connector.http import Limits, Patience
from connector.http.paging import MOST_PAGES

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "connectors-http.md").read_text(encoding="utf-8")


def test_the_example_reads_all_pages(serve):
    def handle(asked, peer):
        if asked.path == "/token":
            return peer.answer(200, {"access_token": "abc", "expires_in": 3599})
        query = parse_qs(urlsplit(asked.target).query)
        assert asked.headers["authorization"] == "Bearer abc"
        assert asked.headers["prefer"] == "odata.maxpagesize=5000"
        if "$skiptoken" in query:
            return peer.answer(200, {"value": [{"contactid": "2"}]})
        assert query["$select"] == ["contactid,lastname"]
        return peer.answer(200, {"value": [{"contactid": "1"}], "@odata.nextLink": f"{server.url}/api/data/v9.2/contacts?$skiptoken=x"})

    server = serve(handle)
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len([line for line in example.splitlines() if line]) <= 20
    names = {}
    exec(example, names)
    assert list(names["read_contacts"](server.url, f"{server.url}/token", "client", "secret")) == ["1", "2"]


def test_every_name_that_a_connector_needs_is_there():
    assert [name for name in connector.http.__all__ if name not in {"Clock", "SystemClock", "Again", "Content", "Fixed", "Poster"} and name not in TEXT] == []


def test_the_bounds_are_those_of_the_code():
    limits, patience = Limits(), Patience()
    answer = f"{limits.read:g} s without a byte, {limits.total:g} s and {limits.body // 1_000_000} MB for an answer"
    call = f"{patience.attempts} attempts in {patience.seconds:g} s, {patience.turn:g} s for the budget, {MOST_PAGES:,} pages"
    assert f"{answer}, {call}" in " ".join(TEXT.split())
