"""Real SFTP servers for tests: OpenSSH's own on loopback, a door before it that cuts connections, and one that knows passwords."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncssh

NOT_HERE = "no SSH server is installed here; install Debian's package openssh-server to run this"
BLOCK = 1 << 14


class NoSshd(Exception):
    """This machine has no OpenSSH server."""


@dataclass
class Sshd:
    """A running server, and the folder that it serves as the user that it runs as."""

    port: int
    folder: Path
    keys: Path
    user: pwd.struct_passwd
    log: Path = field(repr=False)

    @property
    def path(self) -> str:
        return f"sftp://{self.user.pw_name}@127.0.0.1:{self.port}{self.folder}"

    @property
    def host_key(self) -> str:
        return (self.keys / "host_ed25519.pub").read_text().strip()

    def with_empty_folder(self) -> "Sshd":
        """The same server, seen by a folder that nobody else uses."""
        mine = replace(self, folder=self.folder / uuid.uuid4().hex)
        mine.folder.mkdir()
        mine.own(mine.folder)
        return mine

    def write(self, name: str, content: str | bytes = "Id,Name\n1,Acme\n", age: float = 3600) -> Path:
        """A file of the server's user, last changed so many seconds ago."""
        path = self.folder / name
        for parent in reversed([parent for parent in path.parents if parent.is_relative_to(self.folder)]):
            if not parent.exists():
                parent.mkdir()
                self.own(parent)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.own(path)
        self.date(path, age)
        return path

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.user.pw_uid, self.user.pw_gid, follow_symlinks=False)

    @staticmethod
    def date(path: Path, age: float) -> None:
        moment = int(time.time() - age)
        os.utime(path, (moment, moment))


@contextmanager
def sshd() -> Iterator[Sshd]:
    """OpenSSH's server, unprivileged, with its own host keys and internal-sftp alone. Raises NoSshd where the machine has none."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/libexec:" + os.environ.get("PATH", ""))
    if program is None:
        raise NoSshd(NOT_HERE)
    as_root = os.geteuid() == 0
    user = pwd.getpwnam("daemon") if as_root else pwd.getpwuid(os.geteuid())
    base = Path(tempfile.mkdtemp(prefix="placebridge-sshd-"))
    base.chmod(0o755)
    server = Sshd(_free_port(), base / "served", base / "keys", user, base / "log")
    try:
        for folder in (server.keys, server.folder):
            folder.mkdir()
            server.own(folder)
        _make_keys(server)
        (base / "conf").write_text(_configuration(server))
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if as_root else []
        with server.log.open("wb") as log:
            running = subprocess.Popen([*as_user, program, "-D", "-e", "-f", base / "conf", "-p", str(server.port)], stderr=log)
        try:
            _wait(server, running)
            yield server
        finally:
            running.terminate()
            running.wait()
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _make_keys(server: Sshd) -> None:
    for name, kind, passphrase in (
        ("host_ed25519", "ed25519", ""),
        ("host_rsa", "rsa", ""),
        ("user", "ed25519", ""),
        ("user_locked", "ed25519", "pass phrase £"),
        ("user_rsa", "rsa", ""),
        ("stranger", "ed25519", ""),
    ):
        path = server.keys / name
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, *(["-b", "2048"] if kind == "rsa" else []), "-N", passphrase, "-C", "", "-f", path], check=True
        )
        server.own(path)
    known = [(server.keys / f"{name}.pub").read_text() for name in ("user", "user_locked", "user_rsa")]
    (server.keys / "authorized").write_text("".join(known))


def _configuration(server: Sshd) -> str:
    return f"""\
ListenAddress 127.0.0.1
HostKey {server.keys}/host_ed25519
HostKey {server.keys}/host_rsa
AuthorizedKeysFile {server.keys}/authorized
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
PidFile none
MaxStartups 100
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


def _wait(server: Sshd, running: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if running.poll() is not None:
            raise RuntimeError(f"sshd ended: {server.log.read_text()}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 1) as probe:
            if probe.recv(4) == b"SSH-":
                return
        time.sleep(0.05)
    raise RuntimeError("sshd does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cutter:
    """A door before a server that cuts each connection after so many bytes from the server; the last number stands for all that follow."""

    def __init__(self, port: int, after: list[int]) -> None:
        self._port, self._after = port, after
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.cut = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for one in [self._door, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _serve(self) -> None:
        number = 0
        while True:
            try:
                inner, _ = self._door.accept()
            except OSError:
                return
            outer = socket.create_connection(("127.0.0.1", self._port))
            self._open += [inner, outer]
            left = self._after[min(number, len(self._after) - 1)]
            number += 1
            threading.Thread(target=self._pass, args=(inner, outer, 1 << 60), daemon=True).start()
            threading.Thread(target=self._pass, args=(outer, inner, left), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, left: int) -> None:
        with suppress(OSError):
            while left > 0 and (block := source.recv(min(BLOCK, left))):
                target.sendall(block)
                left -= len(block)
            self.cut += left <= 0
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


PASSWORD = "pass word £"


@dataclass
class PasswordDoor:
    """A running server that knows one user, council, by a password."""

    port: int
    host_key: str
    met: list[str]
    """Who has begun to sign in."""
    password: str = PASSWORD


class _Guard(asyncssh.SSHServer):
    def __init__(self, met: list[str], open_ones: list[asyncssh.SSHServerConnection]) -> None:
        self._met, self._open_ones = met, open_ones

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._open_ones.append(conn)

    def begin_auth(self, username: str) -> bool:
        self._met.append(username)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username == "council" and password == PASSWORD


@contextmanager
def password_server(folder: Path) -> Iterator[PasswordDoor]:
    """A server that checks a password, as an sshd cannot that is not root."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    met: list[str] = []
    open_ones: list[asyncssh.SSHServerConnection] = []

    def chrooted(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=os.fsencode(folder))

    async def begin() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[key], server_factory=lambda: _Guard(met, open_ones), sftp_factory=chrooted
        )

    async def end() -> None:
        acceptor.close()
        for one in open_ones:
            one.abort()
        await acceptor.wait_closed()
        await asyncio.sleep(0.1)

    acceptor = loop.run_until_complete(begin())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield PasswordDoor(acceptor.get_port(), key.export_public_key().decode().strip(), met)
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
