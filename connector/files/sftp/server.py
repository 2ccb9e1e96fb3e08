"""The connection to an SFTP server: who it is, who we are, and every fault of that in an admin's words."""

import logging
import socket
from dataclasses import dataclass
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm

from connector.contract import StopConnection
from connector.files.sftp.address import Address
from connector.files.sftp.host_key import HostKey, fingerprint_of

CONNECT_SECONDS, ANSWER_SECONDS, KEEP_ALIVE_SECONDS = 20, 30, 15
CHANNEL = "connector.files.sftp.wire"
logging.getLogger(CHANNEL).setLevel(logging.CRITICAL)  # it would print tracebacks of what is told in words here


@dataclass(frozen=True)
class SignIn:
    """How the user proves who it is: by a key (whose passphrase the password is then), else by a password."""

    password: str | None = None
    private_key: Path | None = None

    def __repr__(self) -> str:
        return "SignIn(…)"


class Server:
    """One connection, opened when it is first wanted and opened again after it broke."""

    def __init__(self, address: Address, sign_in: SignIn, host_key: HostKey | None) -> None:
        self.address, self._sign_in, self._host_key = address, sign_in, host_key
        self._transport: paramiko.Transport | None = None
        self._client: paramiko.SFTPClient | None = None
        self._fault: str | None = None

    @property
    def alive(self) -> bool:
        """Whether the connection stands, as far as is known."""
        return self._transport is not None and self._transport.is_active()

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.address.host}:{self.address.port}"

    def client(self) -> paramiko.SFTPClient:
        """Connects and signs in where that is not done yet. Raises StopConnection, after which it asks no more: many accounts are
        locked after a few wrong passwords."""
        if self._fault is not None:
            raise StopConnection(self._fault)
        if self._client is None or not self.alive:
            self.drop()
            try:
                self._transport = self._proven()
                self._signed_in(self._transport)
                self._client = _opened(self._transport, self.name)
            except StopConnection as fault:
                self._fault = str(fault)
                self.drop()
                raise
        return self._client

    def drop(self) -> None:
        """Closes what is open."""
        transport, self._transport, self._client = self._transport, None, None
        if transport is not None:
            transport.close()

    def _proven(self) -> paramiko.Transport:
        """A connection to the server whose key is known; with any other it is closed before anything is said."""
        shown: list[str] = []
        for kinds in self._host_key.asked_for if self._host_key else [()]:
            transport = self._reached(kinds)
            if transport is None:
                continue
            key = transport.get_remote_server_key()
            if self._host_key and self._host_key.fits(key.asbytes()):
                return transport
            transport.close()
            shown.append(f"{key.get_name()} {fingerprint_of(key.asbytes())}")
        raise StopConnection(_unknown(self.name, shown) if self._host_key is None else _differs(self.name, shown, self._host_key))

    def _reached(self, kinds: tuple[str, ...]) -> paramiko.Transport | None:
        """A connection before anybody signs in; None where the server has no key of these kinds."""
        transport = paramiko.Transport(self._socket())
        transport.set_log_channel(CHANNEL)
        transport.banner_timeout = transport.handshake_timeout = CONNECT_SECONDS
        transport.auth_timeout = ANSWER_SECONDS
        if kinds:
            transport.get_security_options().key_types = kinds
        try:
            transport.start_client(timeout=CONNECT_SECONDS)
            transport.get_remote_server_key()
        except paramiko.IncompatiblePeer as fault:
            transport.close()
            if kinds and "host key" in str(fault):
                return None
            raise StopConnection(
                f"{self.name} and this program know no cipher in common; ask whoever runs the server for a newer SSH"
            ) from None
        except (paramiko.SSHException, EOFError, OSError):
            transport.close()
            raise StopConnection(
                f"{self.name} does not answer as an SSH server does; correct PATH, or ask whoever runs it whether SFTP is on that port"
                " and whether this machine's address is allowed"
            ) from None
        transport.set_keepalive(KEEP_ALIVE_SECONDS)
        return transport

    def _socket(self) -> socket.socket:
        try:
            return socket.create_connection((self.address.host, self.address.port), CONNECT_SECONDS)
        except (socket.gaierror, UnicodeError):
            raise StopConnection(
                f"no host {self.address.host} is found; correct it in PATH, or ask who runs your network's names"
            ) from None
        except ConnectionRefusedError:
            raise StopConnection(
                f"{self.name} refuses the connection: no SFTP server listens there; correct the port in PATH, or have it started"
            ) from None
        except TimeoutError:
            raise StopConnection(
                f"{self.name} does not answer within {CONNECT_SECONDS} seconds; ask whether a firewall lets this machine through"
            ) from None
        except OSError as fault:
            raise StopConnection(f"{self.name} cannot be reached ({fault.strerror}); look at this machine's network") from None

    def _signed_in(self, transport: paramiko.Transport) -> None:
        user, given = self.address.user, self._sign_in
        key = _key_of(given) if given.private_key else None
        try:
            more = transport.auth_publickey(user, key) if key else transport.auth_password(user, given.password or "")
        except paramiko.BadAuthenticationType as fault:
            raise StopConnection(_not_taken(self.name, fault.allowed_types, given)) from None
        except paramiko.AuthenticationException:
            raise StopConnection(_refused(self.name, user, key)) from None
        except (paramiko.SSHException, EOFError, OSError):
            raise StopConnection(
                f"{self.name} broke off the sign-in of {user}; ask whoever runs it whether the account is locked"
            ) from None
        if more:
            raise StopConnection(f"{self.name} wants more of {user} than one proof ({', '.join(more)}); ask for an account that needs one")


def _opened(transport: paramiko.Transport, name: str) -> paramiko.SFTPClient:
    try:
        channel = transport.open_session(timeout=ANSWER_SECONDS)
        channel.settimeout(ANSWER_SECONDS)
        channel.invoke_subsystem("sftp")
        return paramiko.SFTPClient(channel)
    except (paramiko.SSHException, EOFError, OSError):
        raise StopConnection(f"{name} lets the user in but offers no SFTP; ask whoever runs it to allow it for this account") from None


def _key_of(given: SignIn) -> paramiko.PKey:
    path = given.private_key
    wanted = "write PRIVATE_KEY=a file made by ssh-keygen, and its passphrase as PASSWORD"
    try:
        return paramiko.PKey.from_path(path, given.password.encode() if given.password else None)
    except FileNotFoundError:
        raise StopConnection(f"there is no private key {path}; {wanted}") from None
    except OSError as fault:
        raise StopConnection(f"the private key {path} cannot be read ({fault.strerror}); let this program's user read it") from None
    except (paramiko.PasswordRequiredException, TypeError):
        raise StopConnection(f"the private key {path} has a passphrase; write it as PASSWORD") from None
    except (paramiko.SSHException, ValueError, UnsupportedAlgorithm, paramiko.pkey.UnknownKeyType, IndexError):
        raise StopConnection(
            f"the private key {path} cannot be opened: the passphrase differs, or it is no private key; {wanted}"
        ) from None


def _unknown(name: str, shown: list[str]) -> str:
    return (
        f"HOST_KEY is not set, so nobody knows whether {name} is the right server, and nothing was sent to it."
        f" It showed {shown[0]}. Ask whoever runs the server, by a way that you know already, whether that is its key"
        f" (there `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it); only if it is, write HOST_KEY={shown[0].split()[-1]}"
    )


def _differs(name: str, shown: list[str], wanted: HostKey) -> str:
    seen = f"it showed {', '.join(shown)}" if shown else "it has no key of that kind"
    return (
        f"{name} is not the server that HOST_KEY names ({wanted.fingerprint}): {seen}. Nothing was sent to it. Either somebody stands between,"
        " or the server has a new key: ask whoever runs it, by a way that you know already, before you change HOST_KEY"
    )


def _not_taken(name: str, allowed: list[str], given: SignIn) -> str:
    way = "a private key" if given.private_key else "a password"
    other = " Write PRIVATE_KEY." if "publickey" in allowed else " Write PASSWORD without PRIVATE_KEY." if "password" in allowed else ""
    return f"{name} does not take {way} for this user; it takes {', '.join(allowed)}.{other}"


def _refused(name: str, user: str, key: paramiko.PKey | None) -> str:
    if key is None:
        return f"{name} does not accept the password of {user}; correct PASSWORD, or ask whether the account is locked"
    return (
        f"{name} does not accept the private key for {user}; have whoever runs it add its public half to that account:"
        f" {key.get_name()} {key.get_base64()}"
    )
