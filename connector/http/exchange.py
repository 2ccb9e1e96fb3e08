"""One request on the wire and its answer, or the fault that came instead. Nothing is tried again here, and no redirect followed."""

from collections.abc import Mapping
from dataclasses import dataclass

import requests
from requests.auth import AuthBase

from connector.contract import StopEntity
from connector.http.body import read_body
from connector.http.call import Answer, Call
from connector.http.clock import Clock
from connector.http.content import Content, check_kind, read_json
from connector.http.deadline import Deadline
from connector.http.faults import Again, Fault, FaultFound
from connector.http.hosts import Hosts, Origin
from connector.http.lower_errors import LOWER, fault_of
from connector.http.proxy import Proxy
from connector.http.secrets import Secret
from connector.http.transport import Session

REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Limits:
    """How long and how large an answer may be."""

    connect: float = 10.0
    """Seconds for a connection; for each of the host's addresses, and TLS the same again."""
    read: float = 60.0
    """Seconds without a byte."""
    total: float = 120.0
    """Seconds for the whole answer, however steadily it drips."""
    body: int = 64_000_000
    """Bytes, as sent and as decompressed."""


@dataclass(frozen=True)
class Wire:
    """What requests go out by."""

    session: Session
    clock: Clock
    limits: Limits
    proxy: Proxy | None


def exchange(wire: Wire, call: Call, url: str, signature: Mapping[str, Secret], hosts: Hosts, seconds: float) -> Answer | Fault:
    """Sends `call` to `url`, signed, and reads the answer within `seconds`. A redirect is an answer, unread.

    Raises StopConnection, before anything is sent, when the host is not allowed."""
    deadline = Deadline(wire.clock.ticks, min(seconds, wire.limits.total), wire.limits.read)
    try:
        prepared = wire.session.prepare_request(_request(call, url, signature))
    except LOWER as error:
        prepared, fault = None, fault_of(error)
    if prepared is None:
        return fault
    hosts.require(prepared.url or "")
    try:
        with deadline.held():
            return _sent(wire, call, prepared, deadline)
    except LOWER as error:
        fault = fault_of(error)
    return _in_time(fault, deadline, wire.limits)


def _sent(wire: Wire, call: Call, prepared: requests.PreparedRequest, deadline: Deadline) -> Answer:
    url = prepared.url or ""
    proxied = wire.proxy is not None and wire.proxy.serves(Origin.of(url))
    limits = wire.limits
    left = max(deadline.left(), 0.001)
    response = wire.session.send(
        prepared,
        stream=True,
        allow_redirects=False,
        timeout=(min(limits.connect, left), min(limits.read, left)),
        verify=True,
        proxies={"https": wire.proxy.url} if proxied and wire.proxy else {},
    )
    try:
        return _read(call, response, url, limits)
    finally:
        response.close()


def _read(call: Call, response: requests.Response, url: str, limits: Limits) -> Answer:
    if response.status_code in REDIRECTS:
        return Answer(response.status_code, url, response.headers, b"")
    body = read_body(response.raw, response.headers.get("Content-Encoding", ""), limits.body)
    data = _data(call, response, body)
    return Answer(response.status_code, url, response.headers, body, data)


def _data(call: Call, response: requests.Response, body: bytes) -> object:
    """The JSON of an answer; of a refusal only if it is JSON, for it is a fault already."""
    if 200 <= response.status_code < 300:
        if response.status_code in {204, 205}:
            return None
        check_kind(call.expects, response.headers.get("Content-Type", ""), body)
        return read_json(body) if call.expects is Content.JSON else None
    try:
        return read_json(body)
    except FaultFound:
        return None


def _request(call: Call, url: str, signature: Mapping[str, Secret]) -> requests.Request:
    return requests.Request(
        call.method,
        url,
        params=list(call.params),
        headers={"Accept": call.expects.value, "Accept-Encoding": "gzip", "User-Agent": "placebridge", **call.headers},
        json=call.json,
        data=call.body,
        auth=_Signing(signature, call),
    )


class _Signing(AuthBase):
    """Writes the secrets into a request at the last moment, so that none stands in a variable on the way."""

    def __init__(self, signature: Mapping[str, Secret], call: Call) -> None:
        self._signature, self._form = signature, call.form

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._form is not None:
            shown = {name: value.reveal() if isinstance(value, Secret) else value for name, value in self._form.items()}
            prepared.prepare_body(shown, None)
        for name, value in self._signature.items():
            prepared.headers[name] = value.reveal()
        return prepared


def _in_time(fault: Fault, deadline: Deadline, limits: Limits) -> Fault:
    """After the end of the whole time it is that which was too short, whatever broke in the end."""
    if deadline.left() > 0 or fault.again is Again.NEVER:
        return fault
    words = f"the answer was not whole after {limits.total:g} seconds: ask for fewer rows at a time, or try later"
    return Fault(words, StopEntity, Again.WAIT)
