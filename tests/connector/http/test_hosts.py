"""The one-host rule: links, redirects and settings lead to allowed hosts or nowhere."""

from dataclasses import replace

import pytest

from connector.contract import StopConnection
from connector.http import Call, bearer, linked
from connector.http.hosts import Hosts, joined

TOKEN = "token-of-a-test-123"
CRM = Hosts("https://org.crm11.dynamics.com/api/data/v9.2/", ["*.my.salesforce.com", "https://login.example.org:8443"])


@pytest.mark.parametrize("url", [
    "https://org.crm11.dynamics.com/x", "https://ORG.CRM11.dynamics.com:443/x?y=1", "https://council.my.salesforce.com/services",
    "https://a.b.my.salesforce.com", "https://login.example.org:8443/token",
])  # fmt: skip
def test_hosts_that_are_allowed(url):
    CRM.require(url)


@pytest.mark.parametrize("url", [
    "https://evil.example.org/x", "http://org.crm11.dynamics.com/x", "https://org.crm11.dynamics.com:444/x", "https://org.crm11.dynamics.com.evil.org/",
    "https://my.salesforce.com/", "https://evilmy.salesforce.com/", "https://my.salesforce.com.evil.org/", "https://council.my.salesforce.com:444/",
    "http://council.my.salesforce.com/", "https://org.crm11.dynamics.com@evil.org/", "https://user:pass@org.crm11.dynamics.com/",
    "https://evil.org\\@org.crm11.dynamics.com/", "https://org.crm11.dynamics.com\\.evil.org/", "https://evil.org#@org.crm11.dynamics.com/",
    "https://org.crm11.dynamics.com.:443/", "https:///x", "//org.crm11.dynamics.com/x", "ftp://org.crm11.dynamics.com/", "file:///etc/passwd",
    "https://org.crm11.dynamics.com\r\nHost: evil.org/", "https://org.crm11.dynamics.com /", "https://[::1/", "https://org.crm11.dynamics.com:99999/", "",
    "https://login.example.org/token", "https://оrg.crm11.dynamics.com/",
])  # fmt: skip
def test_hosts_that_are_not(url):
    with pytest.raises(StopConnection):
        CRM.require(url)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://localhost:1", "http://[::1]:8000/x", "http://127.9.9.9"])
def test_plain_http_to_this_machine(base):
    Hosts(base).require(base)


@pytest.mark.parametrize("base", ["http://crm.example.org", "http://10.0.0.1", "http://localhost.example.org", "http://127.0.0.1.example.org", "http://0.0.0.0"])
def test_plain_http_to_another_is_refused(base):
    with pytest.raises(StopConnection, match="plain http"):
        Hosts(base)


@pytest.mark.parametrize("pattern", ["*.com", "*.", "*", "*.*.com", "crm.example.org", "*.a b.org"])
def test_a_pattern_that_allows_too_much_is_refused(pattern):
    with pytest.raises(StopConnection):
        Hosts("https://crm.example.org", [pattern])


@pytest.mark.parametrize(("link", "url"), [
    ("accounts", "https://a.org/api/accounts"), ("/query/01g", "https://a.org/query/01g"), ("?page=2", "https://a.org/api/list?page=2"),
    ("https://b.org/x#y", "https://b.org/x"), ("//b.org/x", "https://b.org/x"),
])  # fmt: skip
def test_links_relative_to_the_answer(link, url):
    assert joined("https://a.org/api/list?page=1", link) == url


@pytest.fixture
def other(serve):
    return serve(lambda asked, peer: peer.answer(200, {"value": []}))


def test_a_link_to_another_host_gets_no_request(serve, door_to, other, ends):
    crm = serve(lambda asked, peer: peer.answer(200, {"next": f"{other.url}/rows?page=2"}))
    door, first = door_to(crm.url, bearer(TOKEN)), Call("rows", "contacts")
    answer = door.send(first)
    with pytest.raises(StopConnection, match="which is not this connection's host; nothing was sent there"):
        linked(first, answer, answer.data["next"])
    assert ends(door, replace(first, url=answer.data["next"]))[0] == "StopConnection"
    assert (len(crm.asked), other.asked) == (1, [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_origin_gets_no_request(status, serve, door_to, other, ends):
    crm = serve(lambda asked, peer: peer.answer(status, {}, Location=f"{other.url}/rows"))
    kind, message = ends(door_to(crm.url, bearer(TOKEN)))
    assert kind == "StopConnection"
    assert "redirects to another host" in message
    assert ends(door_to(crm.url, bearer(TOKEN), also=(other.url,)))[0] == "StopConnection"
    assert other.asked == []


@pytest.mark.parametrize("location", ["https://127.0.0.1:{port}/rows", "http://127.0.0.1:{port}@evil.example.org/", "http://[::1", "\\\\evil.example.org", "javascript:x"])
def test_a_redirect_to_another_scheme_or_to_nonsense_is_refused(location, serve, door_to, ends):
    crm = serve(lambda asked, peer: peer.answer(302, {}, Location=location.format(port=crm.port)))
    assert ends(door_to(crm.url, bearer(TOKEN)))[0] in {"StopConnection", "StopEntity"}
    assert len(crm.asked) <= 6


def test_a_redirect_on_the_same_origin_is_followed_with_the_token(serve, door_to):
    def handle(asked, peer):
        peer.answer(200, {"at": asked.target}) if asked.path == "/new" else peer.answer(308, b"[" * 500_000, Location="/new?q=1")

    crm = serve(handle)
    answer = door_to(crm.url, bearer(TOKEN)).send(Call("old", "contacts", params=(("q", "1"),)))
    assert (answer.data, answer.url) == ({"at": "/new?q=1"}, f"{crm.url}/new?q=1")
    assert [asked.headers["authorization"] for asked in crm.asked] == [f"Bearer {TOKEN}"] * 2


def test_the_body_of_a_redirect_is_not_read(serve, door_to):
    def handle(asked, peer):
        if asked.path == "/new":
            return peer.answer(200, {})
        peer.raw(b"HTTP/1.1 302 -\r\nLocation: /new\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            peer.raw(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")

    assert door_to(serve(handle).url).send(Call("old", "contacts")).data == {}


def test_redirects_without_end_and_redirected_writes_are_refused(serve, door_to, ends):
    crm = serve(lambda asked, peer: peer.answer(302, {}, Location=asked.path + "x"))
    assert "more than 5 times" in ends(door_to(crm.url))[1]
    assert len(crm.asked) == 6
    assert "has moved" in ends(door_to(crm.url), Call("rows", "contacts", "POST", json={}))[1]
    assert len(crm.asked) == 7


def test_no_cookie_comes_back(serve, door_to):
    crm = serve(lambda asked, peer: peer.answer(200, {}, Set_Cookie="session=abc; Path=/"))
    door = door_to(crm.url)
    door.send(Call("a", "contacts"))
    door.send(Call("b", "contacts"))
    assert "cookie" not in crm.asked[1].headers


def test_the_environment_has_no_say(serve, door_to, other, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password from-netrc\n")
    for name, value in {"HOME": str(tmp_path), "HTTP_PROXY": other.url, "ALL_PROXY": other.url, "REQUESTS_CA_BUNDLE": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    crm = serve(lambda asked, peer: peer.answer(200, {}))
    door_to(crm.url).send(Call("a", "contacts"))
    assert other.asked == []
    assert "authorization" not in crm.asked[0].headers
