"""A mistake in the YAML is one message that names its path and says what to write."""

import pytest

from connector.contract import ConnectorError, StopConnection, StopEntity
from tests.connector.rest.world import SetClock, entity, opened

OK = {"sign_in": "none", "paging": {"by": "none"}}
TOP = [
    ({}, "connector.sign_in is missing; write it"),
    ({"sign_in": "bearr"}, "connector.sign_in.by is not right; write none, bearer, basic, header or oauth"),
    ({"sign_in": {"by": "header"}}, "connector.sign_in.name is missing; by: header needs it"),
    ({"sign_in": {"by": "oauth"}}, "connector.sign_in.token_url is missing; by: oauth needs it"),
    ({"sign_in": {"by": "bearer", "scope": "x"}}, "connector.sign_in.scope belongs to by: oauth; leave it out with by: bearer"),
    ({"sign_in": {"by": "header", "name": "X", "value": "hunter2"}}, "connector.sign_in.value holds none of {token}, {user} and {password}; secrets belong in the connection's settings, not here"),
    ({**OK, "headers": {"Authorization": "hunter2"}}, "connector.headers holds a sign-in; that is for sign_in, and the secret belongs in the connection's settings"),
    ({**OK, "pagin": "x"}, "connector.pagin is no word that is known here; perhaps paging is meant"),
    ({**OK, "zzz": "x"}, "connector.zzz is no word that is known here; leave it out"),
    ({**OK, "paging": "next"}, "connector.paging is 'next'; write names and their values below it"),
    ({**OK, "paging": {"by": "page", "size": "x"}}, "connector.paging.size is 'x'; write a number"),
    ({**OK, "paging": {"by": "page", "size": "0"}}, "connector.paging.size is '0'; write a larger number"),
    ({**OK, "paging": {"by": "pag"}}, "connector.paging.by is 'pag'; write none, next, link, page, offset or cursor"),
    ({**OK, "paging": {"by": "next"}}, "connector.paging.at is missing; by: next needs it"),
    ({**OK, "paging": {"by": "page", "sise": "1"}}, "connector.paging.sise is no word that is known here; perhaps size is meant"),
    ({**OK, "order": "id"}, "connector.order is neither kept nor parameters; write the parameters that order the rows, or kept"),
    ({**OK, "order": {"o": {"json": "[1"}}}, "connector.order.o.json is no JSON; look at its end or near character 2"),
    ({**OK, "params": {"d": {"json": "[]", "encode": "rot13"}}}, "connector.params.d.encode write base64 (the URL-safe one, RFC 4648 5), or leave it out"),
    ({**OK, "params": {"d": {"jsn": "[]"}}}, "connector.params.d is neither a text nor {json: ..., encode: base64} with the JSON as one text"),
    ({**OK, "params": {"d": "{sinse}"}}, "connector.params.d holds {sinse}; what can be filled in is {since}, {size}, {page}, {offset}, {cursor}, {fields}"),
    ({**OK, "body": "{"}, "connector.body.json is no JSON; look at its end or near character 1"),
    ({**OK, "total": ["a"]}, "connector.total is no path; write names with dots between, like paging.next"),
    ({**OK, "total": {"heder": "X"}}, "connector.total.header is missing; write it; connector.total.heder is no word that is known here; perhaps header is meant"),
    ({**OK, "fields": {"nested": "maybe"}}, "connector.fields.nested is 'maybe'; write yes or no"),
    ({**OK, "changed": {"params": {"a": "b"}}}, "connector.changed holds {since} nowhere; write it where the time belongs"),
    ({**OK, "changed": {"params": {"a": "{since}"}, "format": "epoch"}}, "connector.changed.format is 'epoch'; write iso, seconds, millis, tryton or a pattern like %Y-%m-%d %H:%M:%S"),
    ({**OK, "changed": {"params": {"a": "{since}"}, "zone": "Mars"}}, "connector.changed.zone is no time zone; write one like Europe/London or UTC"),
    ({**OK, "deleted": "flag"}, "connector.deleted.column is missing; by: flag needs it"),
    ({**OK, "deleted": {"by": "flag", "column": "x", "path": "y"}}, "connector.deleted.path belongs to by: sweep, list; leave it out with by: flag"),
    ({**OK, "limits": [{"requests": "0", "seconds": "x"}]}, "connector.limits.0.requests is '0'; write a larger number; connector.limits.0.seconds is 'x'; write a number"),
]
BLOCK = [
    ({"paging": {"by": "page"}, "order": "kept"}, "connector.paging.param is missing; write the parameter's name, or {page} into body or params"),
    ({"paging": {"by": "offset", "param": "o"}}, "connector.order is missing; paging by offset needs it: write the parameters that order the rows by their id, or kept where the API orders them by something that never changes"),
    ({"paging": {"by": "offset", "param": "o", "size": "1"}, "order": "kept"}, "connector.paging.size is 1; write a larger number, for pages overlap"),
    ({"base": "https://x.example.org"}, "connector.base is no word that is known here; leave it out"),
    ({"changed": {"params": {"s": "{since}"}}, "deleted": {"by": "list", "path": "d", "id": "id", "paging": {"by": "page", "param": "p"}}}, "connector.deleted.order is missing; paging by page needs it"),
]


@pytest.mark.parametrize(("options", "message"), TOP, ids=[message[:60] for _, message in TOP])
def test_a_mistake_at_the_top(options, message):
    with pytest.raises(StopConnection) as raised:
        opened("http://127.0.0.1:1", options, SetClock())
    assert str(raised.value) == message


@pytest.mark.parametrize(("options", "message"), BLOCK, ids=[message[:60] for _, message in BLOCK])
def test_a_mistake_in_a_block(options, message):
    """`check` says the same, and nothing was sent."""
    connector = opened("http://127.0.0.1:1", OK, SetClock())
    with pytest.raises(StopEntity) as raised:
        next(connector.pull(entity(options=options), None))
    assert str(raised.value).startswith(f"business from firms: {message}")
    assert str(raised.value) in [finding.detail for finding in connector.check([entity(options=options)]) if not finding.ok]


@pytest.mark.parametrize(
    ("sign_in", "setting"),
    [("bearer", "TOKEN"), ("basic", "USER"), ({"by": "header", "name": "X"}, "TOKEN"), ({"by": "oauth", "token_url": "/t"}, "CLIENT_SECRET")],
)
def test_a_secret_that_is_missing_is_named(sign_in, setting):
    with pytest.raises(ConnectorError, match=f"the setting {setting} is missing; connector.sign_in in the field map needs it"):
        opened("http://127.0.0.1:1", {**OK, "sign_in": sign_in}, SetClock())


def test_a_base_is_needed_somewhere():
    from connector.kind import Context
    from connector.kinds import kind_of

    kind = kind_of("rest")
    with pytest.raises(StopConnection, match=r"connector\.base is missing"):
        kind.open(kind.settings(), Context("c", None, OK, clock=SetClock()))
