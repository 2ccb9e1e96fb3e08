"""Bodies: whole or not at all, never too large, never too slow, and of the kind that was asked for."""

import gzip
import time
import tracemalloc
import zlib

import pytest

from connector.http import Call, Content, Limits, Patience
from tests.connector.hostile.mishaps import HEAD, MISHAPS

ONCE = Patience(attempts=1, seconds=100)


def ways(content):
    half = len(content) // 2
    two_members = gzip.compress(content[:half]) + gzip.compress(content[half:])
    return {
        "plain": (content, {}),
        "gzip": (gzip.compress(content), {"Content_Encoding": "gzip"}),
        "gzip in capitals": (gzip.compress(content), {"Content_Encoding": "X-GZIP"}),
        "gzip in two members": (two_members, {"Content_Encoding": "gzip"}),
        "a byte order mark": (b"\xef\xbb\xbf" + content, {}),
        "a vendor's type": (content, {"Content_Type": "application/vnd.api+json; charset=utf-8"}),
        "no type": (content, {"Content_Type": ""}),
        "identity": (content, {"Content_Encoding": "identity"}),
    }


CONTENT = '{"value": [{"name": "Zoë 🏭", "n": 12.5, "on": true, "at": null}]}'.encode()
FOUND = {"value": [{"name": "Zoë 🏭", "n": 12.5, "on": True, "at": None}]}


@pytest.mark.parametrize("way", ways(CONTENT))
def test_every_way_to_send_it_reads_alike(way, serve, door_to):
    body, headers = ways(CONTENT)[way]
    server = serve(lambda asked, peer: peer.answer(200, body, **headers))
    assert door_to(server.url).send(Call("rows", "contacts")).data == FOUND
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_a_text_that_was_cut_in_the_middle_of_an_emoji_does_not_sink_its_page(serve, door_to):
    server = serve(lambda asked, peer: peer.answer(200, b'[{"name": "Acme \\ud83c"}, {"name": "B \\\\ud83c"}]'))
    assert door_to(server.url).send(Call("rows", "contacts")).data == [{"name": "Acme \ufffd"}, {"name": "B \\ud83c"}]


def test_no_content_is_an_answer(serve, door_to):
    server = serve(lambda asked, peer: peer.raw(b"HTTP/1.1 204 -\r\n\r\n"))
    assert door_to(server.url).send(Call("rows", "contacts")).data is None


FAULTS = [
    ("reset in the body", "StopEntity", "broke off"), ("cut", "StopEntity", "is not JSON, or was cut short"),
    ("cut chunks", "StopEntity", "broke off"), ("cut gzip", "StopEntity", "the answer was cut short"), ("damaged gzip", "StopEntity", "compression is damaged"),
    ("another type", "StopEntity", "another kind than application/json"), ("a web page", "StopConnection", "a web page came"),
    ("a web page as JSON", "StopConnection", "a web page came"), ("slow bytes", "StopEntity", "not whole after 1.1 seconds"),
    ("slow headers", "StopEntity", "not whole after 1.1 seconds"), ("no bytes", "StopEntity", "did not come in time"),
    ("endless hundreds", "StopEntity", "not whole after 1.1 seconds"), ("declared oversize", "StopEntity", "larger than 0.1 MB"),
    ("oversize chunks", "StopEntity", "larger than 0.1 MB"), ("gzip bomb", "StopEntity", "larger than 0.1 MB"),
    ("length too long", "StopEntity", "broke off"), ("length too short", "StopEntity", "is not JSON"), ("invalid JSON", "StopEntity", "is not JSON"),
    ("invalid UTF-8", "StopEntity", "is not UTF-8"), ("no body", "StopEntity", "is empty"), ("no HTTP", "StopEntity", "broke off"),
    ("damaged headers", "StopConnection", "headers are damaged"),
]  # fmt: skip


@pytest.mark.parametrize(("mishap", "kind", "words"), FAULTS, ids=[name for name, _, _ in FAULTS])
def test_each_mishap_has_words_of_its_own(mishap, kind, words, serve, door_to, ends, clock):
    server = serve(lambda asked, peer: MISHAPS[mishap](peer, CONTENT * 3, clock))
    door = door_to(server.url, patience=ONCE, limits=Limits(connect=5, read=0.9, total=1.1, body=100_000))
    found, message = ends(door)
    assert (found, words in message) == (kind, True), message


def test_the_bytes_after_a_length_that_is_too_short_are_nobody_s_answer(serve, door_to):
    """A body that goes on with an answer of its own must not become the next call's."""
    forged = b'{"value": "forged"}'
    bodies = [CONTENT + HEAD + b"Content-Length: %d\r\n\r\n" % len(forged) + forged, CONTENT]

    def handle(asked, peer):
        peer.raw(HEAD + b"Content-Length: %d\r\n\r\n" % len(CONTENT) + bodies.pop(0))
        time.sleep(0.05)

    door = door_to(serve(handle).url)
    assert door.send(Call("rows", "contacts")).data == FOUND
    time.sleep(0.02)
    assert door.send(Call("rows", "contacts")).data == FOUND


def test_a_bomb_is_not_unpacked(serve, door_to, ends):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(300)) + packer.flush()
    server = serve(lambda asked, peer: peer.answer(200, bomb, Content_Encoding="gzip"))
    door = door_to(server.url, limits=Limits(body=400_000))
    tracemalloc.start()
    try:
        assert ends(door)[0] == "StopEntity"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_a_compression_that_was_not_asked_for(encoding, serve, door_to, ends):
    server = serve(lambda asked, peer: peer.answer(200, CONTENT, Content_Encoding=encoding))
    assert "compressed in a way" in ends(door_to(server.url))[1]


def test_csv_is_given_as_it_is(serve, door_to, ends):
    server = serve(lambda asked, peer: peer.answer(200, b"Id,Name\n1,A\n", Content_Type="text/csv; charset=UTF-8"))
    answer = door_to(server.url).send(Call("results", "contacts", expects=Content.CSV))
    assert (answer.body, answer.data, server.asked[0].headers["accept"]) == (b"Id,Name\n1,A\n", None, "text/csv")
    assert ends(door_to(server.url))[0] == "StopEntity"


def test_csv_that_was_cut_short_is_not_taken_for_whole(serve, door_to, ends):
    """A table has no end of its own to miss: only the gzip stream's end tells."""
    whole = gzip.compress(b"Id,Name\n" + b"1,A\n" * 500)
    server = serve(lambda asked, peer: peer.answer(200, whole[:-9], Content_Type="text/csv", Content_Encoding="gzip"))
    kind, message = ends(door_to(server.url), Call("results", "contacts", expects=Content.CSV))
    assert (kind, "the answer was cut short" in message) == ("StopEntity", True), message


@pytest.mark.parametrize("body", [b"NaN", b"[" * 5000, b"[" * 5000 + b"]" * 5000, b"{", b"\x00", b'"\xed\xa0\x80"', b"[1e999, NaN]"], ids=repr)
def test_what_is_no_json(body, serve, door_to, ends):
    server = serve(lambda asked, peer: peer.answer(200, body))
    kind, message = ends(door_to(server.url))
    assert kind == "StopEntity"
    assert "NaN" not in message
