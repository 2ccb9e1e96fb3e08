"""A folder on an SFTP server as a place of exports: looked at by listing, read from copies that go with the run."""

import errno
import os
import secrets
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TypeVar

import paramiko

from connector.contract import StopConnection, StopEntity, TryLater
from connector.files.folder import Found, stamp_of
from connector.files.naming import ARCHIVE, nothing_there, relative, split_sheet
from connector.files.place import NOTE, TRIAL, Seen, State, state_of
from connector.files.sftp.keeping import Keeping, Writable
from connector.files.sftp.listing import Entry, entry_of, is_name, matches
from connector.files.sftp.server import Server
from connector.http.clock import Clock

TRIES, PAUSE_SECONDS = 3, 2.0
BLOCK = 32 << 10
"""Bytes of one request: what every server must answer (draft-ietf-secsh-filexfer-02, 3)."""
YOUNG_SECONDS, SETTLE_SECONDS = 60, 2.0
"""A file that changed this lately is looked at again after a while: an upload goes on."""
SLOWEST, GRACE_SECONDS = 4 << 10, 60
"""Bytes a second below which a transfer is given up, once it has lasted."""
FEW = 50
"""Files that are asked after one by one; of more, their folders are listed."""
NOTE_LIMIT = 1 << 20
NAMED = 1000
T = TypeVar("T")


class RemoteFolder:
    """Looks, fetches and puts away over one connection, which is made again a few times when it breaks."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self._server, self._clock = server, clock
        self._root = server.address.folder
        self._keeping: Keeping | None = None
        self._kept: dict[tuple[str, State], Found] = {}

    # Looking

    def look(self, source: str) -> list[Entry]:
        """Lists only the folders that the source can mean."""
        self._require_root()
        pattern, sheet = split_sheet(relative(source), lambda name: self.one(name) is not None)
        found = matches(self, pattern)
        if not found:
            raise nothing_there(self._some_names(), pattern)
        return [Entry(entry.name, entry.stamp, entry.mode, sheet) for entry in found]

    def lists(self, folder: str) -> list[Entry]:
        """The entries of a folder, links among them as links."""
        prefix = f"{folder}/" if folder else ""
        try:
            found = self._ask(folder or self._root, lambda client: client.listdir_attr(self._path(folder)))
        except FileNotFoundError:
            return []
        return [entry_of(prefix + one.filename, one) for one in found if is_name(one.filename)]

    def one(self, name: str) -> Entry | None:
        """What lies there under a name."""
        try:
            return entry_of(name, self._ask(name, lambda client: client.lstat(self._path(name))))
        except FileNotFoundError:
            return None

    def state(self, name: str) -> State | None:
        """Its size and time."""
        entry = self.one(name)
        return state_of(entry) if entry else None

    def _require_root(self) -> None:
        address = self._server.address
        try:
            found = entry_of("", self._ask(self._root, lambda client: client.stat(self._root)))
        except FileNotFoundError:
            raise StopConnection(
                f"{self._server.name} has no folder {self._root} for {address.user}; correct PATH, or have it made"
            ) from None
        except StopEntity as fault:
            raise StopConnection(str(fault)) from None
        if found.is_file and found.mode:
            raise StopConnection(f"{self._root} on {self._server.name} is a file, not a folder; correct PATH")

    def _some_names(self) -> list[str]:
        """The files that lie there and one folder down."""
        top = self.lists("")
        folders = [entry.name for entry in top if entry.is_folder and entry.name.casefold() != ARCHIVE and not entry.name.startswith(".")]
        entries = (entry for folder in islice(folders, 20) for entry in self.lists(folder))
        return [entry.name for entry in islice((*top, *entries), NAMED) if entry.is_file]

    # Fetching

    def fetch(self, files: Sequence[Seen]) -> list[Found]:
        """Copies what is not copied yet. A file that changes meanwhile is being written: TryLater."""
        if self._keeping is None:
            self._keeping = Keeping()
        wanted = [seen for seen in files if (seen.name, state_of(seen)) not in self._kept]
        self._keeping.demand_room(sum(seen.stamp.size for seen in wanted))
        copies = {seen.name: self._copied(self._keeping, seen) for seen in wanted}
        self._require_settled(wanted)
        self._kept.update({(name, state_of(copy)): copy for name, copy in copies.items()})
        held = [(seen, self._kept[seen.name, state_of(seen)]) for seen in files]
        return [Found(copy.path, copy.name, copy.stamp, seen.sheet) for seen, copy in held]

    def _copied(self, keeping: Keeping, seen: Seen) -> Found:
        path = keeping.new_file()
        out = Writable(path)
        try:
            begun = self._clock.ticks()
            self._ask(seen.name, lambda client: self._read_on(client, keeping, seen, out, begun))
        except FileNotFoundError:
            raise TryLater(f"{seen.name} disappeared while it was fetched; it is left for the next run") from None
        finally:
            out.close()
        if out.size != seen.stamp.size:
            raise _written_now(seen.name)
        os.utime(path, ns=(seen.stamp.mtime_ns, seen.stamp.mtime_ns))
        return Found(path, seen.name, stamp_of(path))

    def _read_on(self, client: paramiko.SFTPClient, keeping: Keeping, seen: Seen, out: Writable, begun: float) -> None:
        """Reads from where the copy ends, so that a connection that broke costs nothing but itself."""
        with client.open(self._path(seen.name), "rb") as file:
            if state_of(entry_of(seen.name, file.stat())) != state_of(seen):
                raise _written_now(seen.name)
            file.seek(out.size)
            while out.size <= seen.stamp.size:
                block = file.read(BLOCK)
                if not block:
                    return
                keeping.write(out, block)
                lasted = self._clock.ticks() - begun
                if lasted > GRACE_SECONDS and out.size < SLOWEST * lasted:
                    raise TryLater(f"{self._server.name} sends {seen.name} too slowly; it is left for the next run")

    def _require_settled(self, files: Sequence[Seen]) -> None:
        if any(abs(self._clock.now() - seen.stamp.mtime_ns / 1e9) < YOUNG_SECONDS for seen in files):
            self._clock.sleep(SETTLE_SECONDS)
        now = {} if len(files) <= FEW else self._states_in({seen.name.rpartition("/")[0] for seen in files})
        for seen in files:
            if (now.get(seen.name) if now else self.state(seen.name)) != state_of(seen):
                raise _written_now(seen.name)

    def _states_in(self, folders: set[str]) -> dict[str, State]:
        return {entry.name: state_of(entry) for folder in folders for entry in self.lists(folder)}

    # Putting away

    def put_away(self, name: str, new_name: str) -> None:
        """Renames it on the server; none of SFTP's renames writes over another file."""
        archive = self._archive(name.rpartition("/")[0])
        with self._moving(name):
            self._ask(name, lambda client: client.rename(self._path(name), self._path(f"{archive}/{new_name}")), tries=1)

    def try_archive(self, folder: str) -> None:
        """Makes and removes a folder in both."""
        archive = _within(folder, ARCHIVE)
        for place in [folder, *([archive] if self._is_archive(archive) else [])]:
            trial = self._path(_within(place, f"{TRIAL}{secrets.token_hex(4)}"))
            with self._moving(place or self._root):
                self._ask(place, lambda client, trial=trial: client.mkdir(trial), tries=1)  # type: ignore[misc]
                self._ask(place, lambda client, trial=trial: client.rmdir(trial), tries=1)  # type: ignore[misc]

    def note(self) -> str:
        """The text of a hidden file."""
        archive = self.one(ARCHIVE)
        if archive is None or not archive.is_folder:
            return ""
        try:
            return self._ask(NOTE, self._read_note).decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def keep_note(self, text: str) -> None:
        """Writes it beside the old one and renames it over that."""
        note = self._path(f"{ARCHIVE}/{NOTE}")
        with self._moving(ARCHIVE):
            if not text:
                with suppress(FileNotFoundError):
                    self._ask(NOTE, lambda client: client.remove(note))
                return
            self._archive("")
            self._ask(NOTE, lambda client: _replace(client, note, text.encode()))

    def _read_note(self, client: paramiko.SFTPClient) -> bytes:
        with client.open(self._path(f"{ARCHIVE}/{NOTE}"), "rb") as file:
            return bytes(file.read(NOTE_LIMIT))

    def _archive(self, folder: str) -> str:
        archive = _within(folder, ARCHIVE)
        if not self._is_archive(archive):
            with self._moving(archive):
                self._ask(archive, lambda client: client.mkdir(self._path(archive)), tries=1)
        return archive

    def _is_archive(self, archive: str) -> bool:
        """Whether it is there. Raises StopEntity where something else is."""
        entry = self.one(archive)
        if entry is not None and not entry.is_folder:
            raise StopEntity(f"{archive} is a link or a file; make it a folder, or take it away")
        return entry is not None

    @contextmanager
    def _moving(self, name: str) -> Iterator[None]:
        try:
            yield
        except (StopEntity, FileNotFoundError) as fault:
            raise StopEntity(
                f"{name} cannot be moved or written in ({fault}); have {self._server.address.user} allowed to write in its folder and in {ARCHIVE}"
            ) from None

    # Asking

    def close(self) -> None:
        """Ends the connection and removes the copies."""
        self._server.drop()
        if self._keeping is not None:
            self._keeping.close()

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}" if name else self._root

    def _ask(self, name: str, work: Callable[[paramiko.SFTPClient], T], tries: int = TRIES) -> T:
        """What the server answers; asks again over a new connection where the old one broke.

        Raises FileNotFoundError, StopEntity for what the server refuses, TryLater where the connection keeps breaking."""
        for left in reversed(range(tries)):
            try:
                client = self._server.client()
            except StopConnection:
                if left == tries - 1:
                    raise
                break
            try:
                return work(client)
            except FileNotFoundError:
                raise
            except PermissionError:
                raise StopEntity(
                    f"{self._server.name} does not let {self._server.address.user} at {name}; ask for the permission"
                ) from None
            except UnicodeDecodeError:
                raise StopEntity(f"a file name in {name} on {self._server.name} is not in UTF-8; have it renamed") from None
            except (EOFError, OSError, struct.error, paramiko.SSHException, paramiko.SFTPError) as fault:
                if self._server.alive and not isinstance(fault, TimeoutError | EOFError):
                    raise StopEntity(f"{self._server.name} refuses {name} ({_plain(fault)}); ask whoever runs it") from None
            self._server.drop()
            if left:
                self._clock.sleep(PAUSE_SECONDS)
        raise TryLater(f"the connection to {self._server.name} broke while {name} was asked for; it is left for the next run")


def _replace(client: paramiko.SFTPClient, path: str, content: bytes) -> None:
    with client.open(f"{path}.tmp", "wb") as file:
        file.write(content)
    client.posix_rename(f"{path}.tmp", path)


def _written_now(name: str) -> TryLater:
    return TryLater(f"{name} changed while it was fetched; it is left for the next run")


def _within(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _plain(fault: BaseException) -> str:
    """A server's own word, on one line."""
    if isinstance(fault, OSError) and fault.errno == errno.EACCES:
        return "permission denied"
    return "".join(letter if letter.isprintable() else " " for letter in str(fault))[:200] or type(fault).__name__
