"""Who the server is and who we are: every way in, and every way that is refused, in an admin's words."""

import re
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from pydantic import ValidationError

from connector.contract import StopConnection
from connector.kinds import kind_of
from tests.connector.sftp.conftest import Opens, entity, rows
from tests.sftp_servers import Sshd, password_server

LOCKED = {"private_key": "user_locked", "password": "pass phrase £"}


def with_keys(server: Sshd, settings: dict[str, object]) -> dict[str, object]:
    """Key names as the server's files."""
    settings = dict(settings)
    if settings.get("private_key"):
        settings["private_key"] = server.keys / str(settings["private_key"])
    if str(settings.get("host_key", "")).startswith("host_"):
        settings["host_key"] = (server.keys / f"{settings['host_key']}.pub").read_text()
    return settings


def fingerprint(server: Sshd, name: str) -> str:
    said = subprocess.run(["ssh-keygen", "-lf", server.keys / f"{name}.pub"], capture_output=True, text=True, check=True).stdout
    return said.split()[1]


@pytest.mark.parametrize("settings", [{}, LOCKED, {"private_key": "user_rsa"}, {"host_key": "host_rsa"}], ids=str)
def test_a_key_opens_the_door(server: Sshd, opens: Opens, settings: dict[str, object]) -> None:
    server.write("a.csv")
    assert rows(opens(**with_keys(server, settings)), "a.csv") == [("1", "Acme")]


@pytest.mark.parametrize("name", ["host_ed25519", "host_rsa"])
def test_the_server_is_known_by_its_line_or_its_fingerprint(server: Sshd, opens: Opens, name: str) -> None:
    server.write("a.csv")
    key = (server.keys / f"{name}.pub").read_text().strip()
    for form in (f"[127.0.0.1]:{server.port} {key} a remark", fingerprint(server, name)):
        assert rows(opens(host_key=form), "a.csv") == [("1", "Acme")]


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "a passphrase is missing": (LOCKED | {"password": None}, "has a passphrase; write it as PASSWORD"),
    "another passphrase": (LOCKED | {"password": "no"}, "cannot be opened: the passphrase differs, or it is no private key"),
    "the public half": ({"private_key": "user.pub"}, "is no private key; write PRIVATE_KEY=a file made by ssh-keygen"),
    "no such key": ({"private_key": "none"}, "there is no private key"),
    "a stranger's key": ({"private_key": "stranger"}, r"does not accept the private key for \w+; have whoever runs it add its public half.*: ssh-ed25519 AAAA"),
    "a password where keys are wanted": ({"private_key": None, "password": "x"}, "does not take a password for this user; it takes publickey. Write PRIVATE_KEY"),
    "nobody there": ({"path": "sftp://council@127.0.0.1:1/x"}, "127.0.0.1:1 refuses the connection: no SFTP server listens there; correct the port in PATH"),
    "no such host": ({"path": "sftp://council@nowhere.invalid/x"}, "no host nowhere.invalid is found; correct it in PATH"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_what_to_do(server: Sshd, opens: Opens, case: str) -> None:
    settings, words = REFUSED[case]
    connector = opens(**with_keys(server, settings))
    with pytest.raises(StopConnection, match=words) as raised:
        connector.fingerprint(entity("a.csv"))
    (finding,) = connector.check([entity("a.csv")])
    assert (finding.ok, finding.detail) == (False, str(raised.value))
    assert "pass phrase" not in finding.detail


def test_without_a_host_key_nothing_is_sent_and_the_key_to_verify_is_told(server: Sshd, opens: Opens) -> None:
    with pytest.raises(StopConnection, match="HOST_KEY is not set") as raised:
        opens(host_key=None).fingerprint(entity("a.csv"))
    right = fingerprint(server, "host_ed25519")
    assert f"only if it is, write HOST_KEY={right}" in str(raised.value)
    server.write("a.csv")
    assert rows(opens(host_key=right), "a.csv") == [("1", "Acme")]


def test_passwords(tmp_path: Path, opens: Opens) -> None:
    (tmp_path / "served").mkdir()
    (tmp_path / "served/a.csv").write_text("Id,Name\n1,Acme\n")
    with password_server(tmp_path / "served") as door:
        right = {"path": f"sftp://council@127.0.0.1:{door.port}", "host_key": door.host_key, "private_key": None, "password": door.password}
        connector = opens(**right)
        assert rows(connector, "a.csv") == [("1", "Acme")]
        connector.close(False)
        wrong = opens(**right | {"password": "s3cret"})
        with pytest.raises(StopConnection, match="does not accept the password of council; correct PASSWORD") as raised:
            wrong.fingerprint(entity("a.csv"))
        assert "s3cret" not in str(raised.value)


def test_a_wrong_password_is_tried_once(tmp_path: Path, opens: Opens) -> None:
    """Whatever is asked, lest the account is locked."""
    with password_server(tmp_path) as door:
        path = f"sftp://council@127.0.0.1:{door.port}"
        connector = opens(path=path, host_key=door.host_key, private_key=None, password="no", after="archive")
        findings = connector.check([entity("a.csv"), entity("b.csv"), entity("*.csv")])
        assert [finding.ok for finding in findings] == [False] * 4
        assert door.met == ["council"]


def test_a_server_with_another_key_is_told_nothing(tmp_path: Path, server: Sshd, opens: Opens) -> None:
    with password_server(tmp_path) as door:
        path = f"sftp://council@127.0.0.1:{door.port}"
        for key in (server.host_key, (server.keys / "host_rsa.pub").read_text(), fingerprint(server, "host_rsa")):
            connector = opens(path=path, host_key=key, private_key=None, password=door.password)
            with pytest.raises(StopConnection, match=r"is not the server that HOST_KEY names .* Nothing was sent to it"):
                connector.fingerprint(entity("a.csv"))
        with pytest.raises(StopConnection, match="HOST_KEY is not set"):
            opens(path=path, host_key=None, private_key=None, password=door.password).fingerprint(entity("a.csv"))
        assert door.met == []
        opens(path=path, host_key=door.host_key, private_key=None, password=door.password).check([])
        with pytest.raises(StopConnection, match="does not accept"):
            opens(path=path, host_key=door.host_key, private_key=None, password="no").fingerprint(entity("a.csv"))
        assert door.met == ["council"]


def test_what_is_no_ssh_server(opens: Opens) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(10)
        connector = opens(path=f"sftp://council@127.0.0.1:{door.getsockname()[1]}/x")

        def answer() -> None:
            with door.accept()[0] as one:
                one.sendall(b"220 FTP here\r\n" * 200)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(StopConnection, match="does not answer as an SSH server does"):
            connector.fingerprint(entity("a.csv"))
        thread.join(10)


SETTINGS: dict[str, tuple[dict[str, object], str]] = {
    "another scheme": ({"path": "ftp://u@h/x"}, "cannot be read over ftp"),
    "no user": ({"path": "sftp://host/x"}, "names no user; write sftp://user@host/folder"),
    "no host": ({"path": "sftp://user@/x"}, "names no host"),
    "no port": ({"path": "sftp://user@host:x/y"}, "with a port as in sftp://user@host:2222/folder"),
    "a password in it": ({"path": "sftp://user:s3cret@host/x"}, "holds a password; write it as PASSWORD"),
    "a fragment": ({"path": "sftp://user@host/x#1"}, "write them as %3F and %23"),
    "upwards": ({"path": "sftp://user@host/x/../y"}, "holds .. in its folder"),
    "no key": ({"path": "sftp://user@host/x", "host_key": "yes"}, "is no server's key; write the server's line of known_hosts"),
    "half a key": ({"path": "sftp://user@host/x", "host_key": "ssh-ed25519 AAAA"}, "is not whole"),
    "another's key": ({"path": "sftp://user@host/x", "host_key": "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA"}, "is not whole"),
    "what to do after": ({"path": "x", "after": "delete"}, "'leave' or 'archive'"),
}  # fmt: skip


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_that_cannot_be_used(case: str) -> None:
    given, words = SETTINGS[case]
    with pytest.raises(ValidationError) as raised:
        kind_of("files").settings(**given)
    told = [str(error.get("ctx", {}).get("error", error["msg"])) for error in raised.value.errors(include_input=False)]
    assert words in " ".join(told)
    assert "s3cret" not in " ".join(told)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"path": "exports", "password": "x"}, "PASSWORD is for SFTP"),
        ({"path": "exports", "private_key": "x", "host_key": f"SHA256:{'A' * 43}"}, "PRIVATE_KEY and HOST_KEY are for SFTP"),
        ({"path": "sftp://u@host/x"}, "nothing says how u signs in to host; write PASSWORD or PRIVATE_KEY"),
    ],
)
def test_settings_that_do_not_go_together(opens: Opens, given: dict[str, object], words: str) -> None:
    with pytest.raises(StopConnection, match=re.escape(words)):
        opens(**{"host_key": None, "private_key": None, **given})


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("sftp://u@h", "/"), ("sftp://u@h/", "/"), ("sftp://u@h/in/", "/in"), ("sftp://u@h/~/in", "in"), ("sftp://u@h/~", "."),
        ("SFTP://u%40x@h:2222/a%20b%23", "/a b#"), ("sftp://u@[::1]:22/x", "/x"),
    ],
)  # fmt: skip
def test_the_address(text: str, folder: str) -> None:
    settings = kind_of("files").settings(path=text)
    assert settings.path.folder == folder  # type: ignore[attr-defined]


def test_a_secret_is_never_shown(server: Sshd) -> None:
    settings = kind_of("files").settings(path=server.path, password="s3cret", host_key=server.host_key)
    assert "s3cret" not in repr(settings) + str(settings)
