"""Empty databases for tests, benchmarks and scripts: SQLite files, and a throwaway PostgreSQL server made of the machine's own binaries."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

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


def new_database(server: str) -> str:
    """The URL of a new, empty database."""
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(f"{server}/postgres".replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


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
