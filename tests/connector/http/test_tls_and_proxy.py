"""TLS with a council's private CA, certificates that are not right, and the way out by a proxy."""

import re
import socket
import ssl
import threading

import pytest

from connector.contract import StopConnection
from connector.http import Call, Door, Limits, Options, Patience, Proxy, bearer
from connector.http.hosts import Origin
from tests.connector.http.servers import Hung


@pytest.fixture
def secured(serve, certificates):
    """A server with the certificate of that name."""

    def start(name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
        return serve(lambda asked, peer: peer.answer(200, {"value": []}), context)

    return start


def test_a_private_ca_is_trusted_when_the_settings_name_it(secured, door_to, certificates):
    server = secured("good")
    assert door_to(server.url, ca_bundle=certificates / "ca.pem").send(Call("rows", "contacts")).data == {"value": []}


@pytest.mark.parametrize(("name", "given", "words"), [
    ("good", False, "CA_BUNDLE setting"), ("other", True, "is for another address"), ("expired", True, "has expired"),
])  # fmt: skip
def test_a_certificate_that_is_not_right_says_what_to_do(name, given, words, secured, door_to, certificates, ends):
    server = secured(name)
    kind, message = ends(door_to(server.url, bearer("abc"), ca_bundle=certificates / "ca.pem" if given else None))
    assert (kind, words in message, server.asked) == ("StopConnection", True, []), message


@pytest.mark.parametrize(("greeting", "words"), [(b"HTTP/1.1 400 -\r\n\r\n", "(TLS)"), (b"", "did not come in time")], ids=["plain", "silent"])
def test_a_server_without_tls_says_so(greeting, words, door_to, ends):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet():
            for _ in range(2):
                kept.append(listening.accept()[0])
                kept[-1].sendall(greeting)

        kept = []
        threading.Thread(target=greet, daemon=True).start()
        door = door_to(f"https://127.0.0.1:{listening.getsockname()[1]}", limits=Limits(connect=0.3), patience=Patience(attempts=2))
        kind, message = ends(door)
        for sock in kept:
            sock.close()
    assert (kind.startswith("Stop"), words in message) == (True, True), message


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_bundle_that_cannot_be_read(content, tmp_path):
    bundle = tmp_path / "ca.pem"
    if content:
        bundle.write_text(content)
    with pytest.raises(StopConnection, match="CA_BUNDLE"):
        Door("https://crm.example.org", "council", None, Options(ca_bundle=bundle))


@pytest.fixture
def proxy(serve, secured):
    """A proxy that joins every CONNECT to the good server; it wants `someone:pass word`."""
    server = secured("good")

    def handle(asked, peer):
        if asked.headers.get("proxy-authorization") != "Basic c29tZW9uZTpwYXNzIHdvcmQ=":
            peer.answer(407, b"sign in")
            raise Hung
        peer.raw(b"HTTP/1.1 200 -\r\n\r\n")
        with socket.create_connection(("127.0.0.1", server.port)) as onward:
            back = threading.Thread(target=pump, args=(onward, peer.sock), daemon=True)
            back.start()
            pump(peer.sock, onward)
            onward.shutdown(socket.SHUT_RDWR)
            back.join()
        raise Hung

    found = serve(handle)
    found.behind = server
    return found


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass


def test_by_a_proxy_with_a_password(proxy, door_to, certificates):
    way = Proxy.of(f"http://someone:pass%20word@127.0.0.1:{proxy.port}", "intranet.example.org")
    door = door_to("https://crm.example.org", bearer("abc"), proxy=way, ca_bundle=certificates / "ca.pem")
    assert door.send(Call("rows", "contacts")).data == {"value": []}
    (connect,) = proxy.asked
    assert (connect.method, connect.target) == ("CONNECT", "crm.example.org:443")
    assert b"Bearer" not in connect.raw
    (request,) = proxy.behind.asked
    assert "proxy-authorization" not in request.headers
    assert request.headers["authorization"] == "Bearer abc"


def test_a_proxy_that_wants_a_sign_in_says_so(proxy, door_to, ends):
    kind, message = ends(door_to("https://crm.example.org", proxy=Proxy.of(f"127.0.0.1:{proxy.port}")))
    assert (kind, "the proxy wants a sign-in" in message) == ("StopConnection", True), message


def test_a_proxy_that_is_not_there_says_so(serve, door_to, ends):
    gone = serve(lambda asked, peer: None)
    gone.close()
    kind, message = ends(door_to("https://crm.example.org", proxy=Proxy.of(gone.url)))
    assert (kind, "the proxy cannot be reached" in message) == ("StopConnection", True), message


def test_this_machine_needs_no_proxy(proxy, serve, door_to):
    server = serve(lambda asked, peer: peer.answer(200, {}))
    door_to(server.url, proxy=Proxy.of(f"http://127.0.0.1:{proxy.port}")).send(Call("rows", "contacts"))
    assert proxy.asked == []


@pytest.mark.parametrize(("no_proxy", "url", "direct"), [
    ("", "https://crm.example.org", False), ("*", "https://crm.example.org", True), ("example.org", "https://crm.example.org", True),
    (".example.org", "https://crm.example.org", True), ("*.example.org", "https://crm.example.org", True), ("ample.org", "https://crm.example.org", False),
    ("a.org, CRM.example.org ,", "https://crm.example.org", True), ("crm.example.org:443", "https://crm.example.org", True),
    ("crm.example.org:444", "https://crm.example.org", False), ("10.0.0.0/8", "https://10.1.2.3", True), ("10.0.0.0/8", "https://11.1.2.3", False),
    ("10.0.0.0/8", "https://crm.example.org", False), ("10.1.2.3", "https://10.1.2.3", True), ("", "http://localhost:8000", True),
])  # fmt: skip
def test_which_hosts_need_no_proxy(no_proxy, url, direct):
    assert Proxy.of("http://proxy:3128", no_proxy).serves(Origin.of(url)) is not direct


@pytest.mark.parametrize(("address", "url"), [
    ("proxy:3128", "http://proxy:3128"), ("http://proxy", "http://proxy:80"), ("https://u:p@proxy", "https://proxy:443"), ("http://[::1]:1", "http://[::1]:1"),
])  # fmt: skip
def test_how_a_proxy_may_be_written(address, url):
    assert Proxy.of(address).url == url


@pytest.mark.parametrize("address", ["", "socks5://proxy:1080", "http://", "http://proxy:x", "http://[::1"])
def test_a_proxy_that_cannot_be_used(address):
    with pytest.raises(StopConnection, match=re.escape("http://proxy:3128")):
        Proxy.of(address)
