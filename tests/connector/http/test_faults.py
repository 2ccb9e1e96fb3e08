"""Every status and every error of the libraries below becomes a fault that says what to do; none leaks."""

import http.client
import inspect
import socket
import ssl
import traceback

import pytest
import requests.exceptions
import urllib3.exceptions

from connector.contract import ConnectorError, StopEntity
from connector.http import Call
from connector.http.exchange import Session
from connector.http.lower_errors import TABLE, UNKNOWN, fault_of

HIDDEN = "Bearer token-of-a-test"


def classes_of(module):
    found = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, Exception) and not issubclass(kind, Warning)]
    found = [kind for kind in found if not kind.__name__.startswith("_")]
    return [kind for kind in found if kind.__module__.startswith(("requests", "urllib3", "http", "ssl", "socket", "builtins"))]


def subclasses(kind):
    return {kind}.union(*(subclasses(below) for below in kind.__subclasses__()))


SYSTEM = [kind for kind in subclasses(OSError) if kind.__module__ in {"builtins", "socket", "ssl"}]
WALKED = sorted(
    {*classes_of(requests.exceptions), *classes_of(urllib3.exceptions), *classes_of(http.client), *classes_of(ssl), *classes_of(socket), *SYSTEM},
    key=lambda kind: f"{kind.__module__}.{kind.__qualname__}",
)
ROOTS = {OSError, requests.exceptions.RequestException, urllib3.exceptions.HTTPError}


def made(kind):
    """An instance, whatever its constructor wants, with a text that nobody may see."""
    error = kind.__new__(kind)
    error.args = (HIDDEN,)
    return error


@pytest.mark.parametrize("kind", WALKED, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
@pytest.mark.parametrize("where", ["send", "read"])
def test_no_error_of_a_library_leaks(kind, where, monkeypatch, serve, door_to, ends):
    server = serve(lambda asked, peer: peer.answer(200, {}))

    def fail(*args, **kwargs):
        raise made(kind)

    monkeypatch.setattr(*{"send": (Session, "send"), "read": ("connector.http.exchange.read_body",)}[where], fail)
    _, message = ends(door_to(server.url))
    assert HIDDEN not in message
    assert UNKNOWN.words not in message


@pytest.mark.parametrize("kind", WALKED, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_every_class_has_words_of_its_own(kind):
    """A class that a library adds fails here until somebody rules on it: write it into TABLE of connector/http/lower_errors.py."""
    ruled = {error for row in TABLE[:-1] for error in row.errors} | {ssl.SSLCertVerificationError}
    system = issubclass(kind, OSError) and kind.__module__ in {"builtins", "socket"}
    assert kind in ROOTS or system or any(issubclass(kind, error) for error in ruled)


def test_the_walk_meets_them_all():
    assert len(WALKED) > 70
    assert {TimeoutError, ConnectionResetError, socket.gaierror, ssl.SSLEOFError, http.client.IncompleteRead} <= set(WALKED)


def test_an_error_is_known_by_what_it_was_made_of():
    """requests wraps urllib3's, which wraps the system's."""
    refused = ConnectionRefusedError(111, "no")
    inner = urllib3.exceptions.NewConnectionError(None, "no")
    inner.__cause__ = refused
    outer = requests.exceptions.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", inner))
    assert "look whether the service runs" in fault_of(outer).words


def test_a_mistake_of_our_own_is_not_hidden(monkeypatch, serve, door_to):
    def fail(*args, **kwargs):
        raise KeyError("a mistake")

    monkeypatch.setattr(Session, "send", fail)
    with pytest.raises(KeyError):
        door_to("http://127.0.0.1:1").send(Call("", "contacts"))


STATUSES = [
    (400, "StopEntity", "SkipRecord", 1), (401, "StopConnection", "StopConnection", 1), (402, "StopConnection", "StopConnection", 1),
    (403, "StopEntity", "StopEntity", 1), (404, "StopEntity", "SkipRecord", 1), (407, "StopConnection", "StopConnection", 1),
    (408, "TryLater", "TryLater", 4), (409, "StopEntity", "SkipRecord", 1), (410, "StopEntity", "SkipRecord", 1),
    (413, "StopEntity", "SkipRecord", 1), (414, "StopEntity", "StopEntity", 1), (418, "StopEntity", "StopEntity", 1),
    (422, "StopEntity", "SkipRecord", 1), (429, "TryLater", "TryLater", 4), (500, "StopEntity", "StopEntity", 4),
    (501, "StopEntity", "StopEntity", 1), (502, "TryLater", "TryLater", 4), (503, "TryLater", "TryLater", 4), (504, "TryLater", "TryLater", 4),
    (304, "StopEntity", "StopEntity", 1),
]  # fmt: skip


@pytest.mark.parametrize(("status", "of_entity", "of_record", "attempts"), STATUSES, ids=str)
def test_what_a_status_leads_to(status, of_entity, of_record, attempts, serve, door_to, ends):
    server = serve(lambda asked, peer: peer.answer(status, {"message": HIDDEN}))
    kind, message = ends(door_to(server.url), Call("rows", "contacts"))
    assert (kind, len(server.asked)) == (of_entity, attempts)
    assert message.startswith("contacts: ")
    assert f"(answer {status})" in message
    assert HIDDEN not in message
    assert ends(door_to(server.url), Call("rows/1", "contacts 1", one_record=True))[0] == of_record


def test_a_status_may_be_an_answer(serve, door_to):
    server = serve(lambda asked, peer: peer.answer(404, b"no such company", Content_Type="text/plain"))
    answer = door_to(server.url).send(Call("company/1", "company 1", accept={404}))
    assert (answer.status, answer.data) == (404, None)


def test_a_refused_connection_says_where_to_look(serve, door_to, ends):
    server = serve(lambda asked, peer: None)
    server.close()
    kind, message = ends(door_to(server.url))
    assert kind == "StopConnection"
    assert "look whether the service runs" in message
    assert "tried 4 times" in message


def test_a_name_that_is_not_known_says_so(monkeypatch, door_to, ends):
    def unknown(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "DNS" in ends(door_to("https://crm.example.org"))[1]


def test_a_fault_shows_nothing_of_the_layers_below(serve, door_to):
    server = serve(lambda asked, peer: peer.reset())
    with pytest.raises(ConnectorError) as raised:
        door_to(server.url).send(Call("rows", "contacts", params=(("filter", HIDDEN),)))
    assert isinstance(raised.value, StopEntity)
    assert HIDDEN not in "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=True).format())
