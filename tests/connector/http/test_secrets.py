"""Nobody sees a secret: not in a log line, a message, a traceback with its locals, an address or a copy."""

import copy
import pickle
from dataclasses import asdict, dataclass

import pytest

from connector.conformance import Heard, everything_of
from connector.contract import ConnectorError, StopConnection
from connector.http import Answer, Call, Limits, Options, Patience, Proxy, Secret, bearer, client_credentials, key_header, user_and_password
from tests.connector.hostile.mishaps import MISHAPS
from tests.connector.http.servers import HurriedClock

SECRET = "secretOfATest4711"
CONTENT = b'{"value": []}'


@dataclass
class Held:
    token: Secret


def test_it_shows_itself_to_nobody():
    secret = Secret(SECRET)
    shown = [repr(secret), str(secret), f"{secret}", "%s %r" % (secret, secret), repr(Held(secret)), repr(asdict(Held(secret))), repr([secret])]  # noqa: UP031
    assert not any(SECRET in text for text in shown)
    assert copy.deepcopy(secret).reveal() == SECRET
    assert secret == Secret(SECRET) != Secret("other")
    assert not hasattr(secret, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_neither_what_is_asked_nor_what_comes_back_shows_values():
    call = Call("x?q=private", "contacts", "POST", (("q", "private"),), {"X": "private"}, {"q": "private"})
    answer = Answer(200, "https://x?q=private", {"X": "private"}, b"private", {"q": "private"})
    assert "private" not in f"{call!r} {answer!r} {call} {answer}"


@pytest.mark.parametrize("value", ["", "47\n11", "47\r\nX-Other: 1", " 4711", "4711 ", "47’11", "47\x0011", "4711\x7f"], ids=repr)
def test_what_no_header_can_hold_is_refused_without_being_shown(value):
    with pytest.raises(StopConnection, match="the token") as raised:
        bearer(value)
    assert "47" not in str(raised.value)


SIGN_INS = {
    "bearer": lambda service, clock: bearer(SECRET),
    "key": lambda service, clock: key_header("X-Key", SECRET),
    "password": lambda service, clock: user_and_password("someone", SECRET),
    "oauth": lambda service, clock: client_credentials(f"{service.url}/token", "c", Secret(SECRET), clock=clock),
}


def echo(asked, peer):
    """Gives back all that it was sent, in every place there is."""
    shown = asked.raw.decode("latin-1").replace("\r\n", " ")
    peer.raw(f"HTTP/1.1 400 {shown}\r\nContent-Type: {shown}\r\nno header {shown}\r\nSet-Cookie: a={shown}\r\n\r\n{shown}".encode("latin-1"))
    peer.hang_up()


def redirect_with_it(asked, peer):
    peer.answer(302, {}, Location=f"https://evil.example.org/?{SECRET}")


FAILURES = {name: lambda asked, peer, mishap=mishap: mishap(peer, CONTENT, HurriedClock()) for name, mishap in MISHAPS.items()}
FAILURES |= {"echo": echo, "a redirect elsewhere": redirect_with_it, "not found": lambda asked, peer: peer.answer(404, {"no": SECRET})}


@pytest.mark.parametrize("way", SIGN_INS)
@pytest.mark.parametrize("failure", FAILURES)
def test_no_failure_shows_it(way, failure, serve, door_to, clock):
    service = serve(lambda asked, peer: peer.answer(200, {"access_token": f"{SECRET}-token"}) if asked.path == "/token" else FAILURES[failure](asked, peer))
    door = door_to(service.url, SIGN_INS[way](service, clock), patience=Patience(attempts=2, seconds=10), limits=Limits(read=0.2, total=0.3, body=50_000))
    with Heard() as heard, pytest.raises(ConnectorError) as raised:
        door.send(Call("rows", "contacts"))
    assert SECRET not in everything_of(raised.value)
    assert not [line for line in heard.lines if SECRET in line]
    assert not any(SECRET in asked.target for asked in service.asked)


@pytest.mark.parametrize("failure", FAILURES)
def test_no_failure_of_a_sign_in_shows_it(failure, serve, door_to, clock):
    service = serve(FAILURES[failure])
    sign_in = client_credentials(f"{service.url}/token", "c", Secret(SECRET), clock=clock)
    door = door_to(service.url, sign_in, patience=Patience(attempts=2, seconds=10), limits=Limits(read=0.2, total=0.3, body=50_000))
    with Heard() as heard, pytest.raises(ConnectorError) as raised:
        door.sign_in()
    assert SECRET not in everything_of(raised.value)
    assert not [line for line in heard.lines if SECRET in line]


def test_the_proxy_s_password_stands_in_no_setting(serve):
    proxy = Proxy.of(f"http://someone:{SECRET}@proxy.example.org:3128")
    assert SECRET not in repr(Options(proxy=proxy))
    with pytest.raises(StopConnection) as raised:
        Proxy.of(f"ftp://someone:{SECRET}@proxy.example.org")
    assert SECRET not in str(raised.value)


def test_lines_of_the_log_have_fields(serve, door_to):
    answers = [(503, b"private text"), (200, CONTENT)]
    service = serve(lambda asked, peer: peer.answer(*answers.pop(0)))
    with Heard() as heard:
        door_to(service.url).send(Call("rows", "contacts", params=(("filter", "private text"),)))
    ours = [line for line in heard.lines if "'name': 'connector.http'" in line]
    assert [line for line in ours if "'action': 'retry'" in line and "'connection': 'council'" in line and "'what': 'contacts'" in line]
    assert [line for line in ours if "'action': 'answer'" in line and "'status': 200" in line and "'bytes': 13" in line and "'attempt': 2" in line]
    assert not [line for line in ours if "private" in line]
