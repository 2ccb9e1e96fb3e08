"""A server, a clock that waits for nothing, and a door between them."""

import random
import subprocess

import pytest

from connector.contract import ConnectorError
from connector.http import Call, Door, Limits, Options, Patience
from tests.connector.http.servers import HurriedClock, Server


@pytest.fixture
def clock():
    return HurriedClock()


@pytest.fixture
def serve():
    """Starts servers and stops them."""
    servers = []

    def start(handler, tls=None):
        servers.append(Server(handler, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def door_to(clock):
    """Opens doors with quick limits; what is given goes into the options."""
    doors = []

    def open_door(url, sign_in=None, **options):
        given = {
            "clock": clock,
            "jitter": random.Random(1),
            "limits": Limits(connect=5, read=2, total=4, body=100_000),
            "patience": Patience(attempts=4, seconds=100, turn=50),
        }
        doors.append(Door(url, "council", sign_in, Options(**given | options)))
        return doors[-1]

    yield open_door
    for door in doors:
        door.close()


@pytest.fixture
def ends():
    """How a call ends: the class of the error and its message."""

    def ask(door, call=None):
        with pytest.raises(ConnectorError) as raised:
            door.send(call or Call("rows", "contacts"))
        assert raised.value.__cause__ is None
        assert raised.value.__context__ is None
        return type(raised.value).__name__, str(raised.value)

    return ask


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """A private CA and what it signed, by name: good (127.0.0.1), other (another host), expired."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Council CA",
            "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    for name, host, days in [("good", "IP:127.0.0.1,DNS:crm.example.org", "30"), ("other", "DNS:other.example.org", "30"), ("expired", "IP:127.0.0.1", "-1")]:
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=server")
        (folder / f"{name}.ext").write_text(f"subjectAltName={host}\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    return folder
