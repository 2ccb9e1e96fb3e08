"""Empty databases for tests, benchmarks and scripts: SQLite files, and a throwaway PostgreSQL server made of the machine's own binaries."""

import atexit
import glob
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text

from store import migrate
from store.database import Database

NOT_HERE = "no PostgreSQL server is installed here; install Debian's package postgresql to run this"


class NoPostgres(Exception):
    """This machine has no PostgreSQL server."""


@contextmanager
def empty_databases(kind: str, settings: Mapping[str, str] | None = None) -> Iterator[Callable[[], str]]:
    """A maker of URLs of empty databases; `kind` is sqlite or postgresql. Raises NoPostgres where the machine has no server."""
    with ExitStack() as stack:
        if kind == "postgresql":
            server = stack.enter_context(postgres_server(settings))
            yield lambda: new_database(server)
        else:
            folder, numbers = Path(stack.enter_context(tempfile.TemporaryDirectory())), iter(range(1_000_000))
            yield lambda: f"sqlite:///{folder}/{next(numbers)}.db"


@contextmanager
def postgres_server(settings: Mapping[str, str] | None = None, within: Path | None = None) -> Iterator[str]:
    """A running server's URL without a database name; it is stopped and removed at the end. `settings`: lines of postgresql.conf;
    `within`: the folder that its files go into.

    Raises NoPostgres where the machine has none."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="placebridge-pg-", dir=within))
    folder.chmod(0o777)
    user, data, port = _as_server_user(), folder / "data", _free_port()

    def call(*words: object) -> None:
        done = subprocess.run([*user, *map(str, words)], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(f"{words[0]} failed: {done.stderr.strip()}")

    chosen = " ".join(f"-c {name}={value}" for name, value in (settings or {}).items())
    try:
        call(binaries / "initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        call(binaries / "pg_ctl", "-D", data, "-w", "-o", f"-p {port} -k {folder} {chosen}", "-l", folder / "log", "start")
        try:
            yield f"postgresql://test@127.0.0.1:{port}"
        finally:
            call(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def restart(url: str) -> None:
    """Ends the server of a database at once, as a power cut does, and starts it again with the same options."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        data = str(connection.scalar(text("SHOW data_directory")))
    engine.dispose()
    words = [*_as_server_user(), str(_binaries() / "pg_ctl"), "-D", data, "-w", "-m", "immediate", "-l", f"{data}/../log", "restart"]
    subprocess.run(words, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)


def new_database(server: str, template: str = "", name: str = "") -> str:
    """The URL of a new database: empty, or like another one of the server, to which nobody may be connected."""
    name = name or f"t{uuid.uuid4().hex}"
    with _serving(server) as connection:
        # Copied as files it takes half of the work, where the server can.
        how = " STRATEGY file_copy" if (connection.dialect.server_version_info or ()) >= (15,) else ""
        connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}{how}" if template else "")))
    return f"{server}/{name}"


@contextmanager
def _serving(server: str) -> Iterator[Connection]:
    engine = create_engine(f"{server}/postgres".replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def new_migrated(server: str) -> str:
    """The URL of a new database of today's schema."""
    return new_database(server, _template(server))


@cache
def _template(server: str) -> str:
    """A migrated database of a server, to be copied: that takes a twentieth of migrating anew."""
    url = new_database(server)
    _migrate(url)
    return url.rsplit("/", 1)[1]


def new_migrated_file(file: Path) -> str:
    """The URL of a new SQLite database of today's schema."""
    file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@cache
def _migrated() -> bytes:
    """A migrated SQLite file, to be copied."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.db"
        _migrate(f"sqlite:///{file}")
        return file.read_bytes()


def in_memory() -> Database:
    """A new SQLite database of today's schema, in memory."""
    store, held = Database("sqlite://"), bytearray(_migrated())
    held[18:20] = b"\1\1"  # SQLite opens no database in memory whose header says that it has a write-ahead log
    with store.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.deserialize(bytes(held))
    return store


Fill = Callable[[Database, Path], None]
"""Fills a database of today's schema, and writes files into a folder. A function of a module, by which its model is found."""


def fill_like(store: Database, folder: Path, fill: Fill) -> None:
    """Makes of a store and a folder what `fill` makes of a new store and an empty folder. It is called once in this process, and copied from then on."""
    store.close()
    server = "" if store.is_sqlite else _server_of(store)
    model, files = _model(server, fill)
    if store.file is not None:
        shutil.copy(model, store.file)
    else:
        with _serving(server) as connection:
            connection.execute(text(f"DROP DATABASE {store.url.database}"))
        new_database(server, model, str(store.url.database))
    shutil.copytree(files, folder, dirs_exist_ok=True)


@cache
def _model(server: str, fill: Fill) -> tuple[str, Path]:
    """What `fill` makes: the file or, on a server, the name of the database, and the folder."""
    place = Path(tempfile.mkdtemp(prefix="placebridge-model-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    files = place / "files"
    files.mkdir()
    store = Database(new_migrated(server) if server else new_migrated_file(place / "x.db"))
    fill(store, files)
    store.close()
    return str(store.file or store.url.database), files


def _server_of(store: Database) -> str:
    return store.url.set(drivername="postgresql").render_as_string(hide_password=False).rsplit("/", 1)[0]


def _migrate(url: str) -> None:
    store = Database(url)
    migrate.upgrade(store)
    store.close()


def _binaries() -> Path:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [path for path in [shutil.which("initdb")] if path]
    if not found:
        raise NoPostgres(NOT_HERE)
    return Path(os.path.realpath(found[-1])).parent


def _as_server_user() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
